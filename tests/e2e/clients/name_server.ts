/**
 * A name server that knows no service records and takes addresses from a table: clients that ask
 * for `_xmpp-client._tcp` get "no such name" at once, and go on with the domain itself.
 *
 * @module
 */
import { createSocket, type Socket } from "node:dgram";

const HEADER_BYTES = 12;
const TYPE_A = 1;
const NAME_ERROR = 3;

/** Answers on port 53 of an address. */
export class NameServer implements Disposable {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Starts it. */
  static async start(
    ip: string,
    addresses: Readonly<Record<string, string>>,
  ): Promise<NameServer> {
    const socket = createSocket("udp4");
    socket.on("message", (query, from) => {
      socket.send(answer(query, addresses), from.port, from.address);
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once("error", reject);
    socket.bind(53, ip, resolve);
    await promise;
    return new NameServer(socket);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

/** The answer to a query with one question (RFC 1035 §4.1). */
function answer(query: Uint8Array, addresses: Readonly<Record<string, string>>): Uint8Array {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let size; (size = query[at++]!) > 0; at += size) {
    labels.push(new TextDecoder().decode(query.subarray(at, at + size)));
  }
  const type = query[at]! << 8 | query[at + 1]!;
  const question = query.slice(0, at + 4);
  const ip = addresses[labels.join(".").toLowerCase()];
  const found = ip !== undefined && type === TYPE_A;
  const header = new DataView(question.buffer);
  header.setUint16(2, 0x8580 | (ip === undefined ? NAME_ERROR : 0));
  header.setUint16(6, found ? 1 : 0);
  header.setUint32(8, 0);
  if (!found) return question;
  const record = [0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, 4];
  return new Uint8Array([...question, ...record, ...ip.split(".").map(Number)]);
}
