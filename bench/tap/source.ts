/**
 * A server that pours a stream into components, as fast as they take it.
 *
 * @module
 */
import { deadline } from "@std/async/deadline";

/** What is poured, and how often. */
export interface Pour {
  /** The stanzas, without stream header and end. */
  readonly stanzas: Uint8Array;
  /** For how long it is poured to get warm, in milliseconds. */
  readonly warmUpMs: number;
  /** How often it is poured and measured. */
  readonly runs: number;
}

const PING = "<iq type='get' id='end' from='home.example' to='keeper.home.example'>" +
  "<ping xmlns='urn:xmpp:ping'/></iq>";

/**
 * Accepts one component and pours. A ping after the stanzas tells when they have been read: the
 * component answers it when it gets there.
 *
 * @returns How long each measured run took, in milliseconds.
 */
export async function pourInto(listener: Deno.TcpListener, pour: Pour): Promise<number[]> {
  using conn = await deadline(listener.accept(), 30_000);
  const times: number[] = [];
  const reader = new AnswerReader(conn);
  await reader.until("to=");
  await write(
    conn,
    "<stream:stream xmlns='jabber:component:accept' id='s1' from='keeper.home.example' " +
      "xmlns:stream='http://etherx.jabber.org/streams'>",
  );
  await reader.until("</handshake>");
  await write(conn, "<handshake/>");
  const run = async () => {
    const start = performance.now();
    await write(conn, pour.stanzas);
    await write(conn, PING);
    await deadline(reader.until("id=.end"), 120_000);
    return performance.now() - start;
  };
  for (let warm = 0; warm < pour.warmUpMs;) warm += await run();
  while (times.length < pour.runs) times.push(await run());
  return times;
}

async function write(conn: Deno.Conn, data: string | Uint8Array): Promise<void> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/** Reads what a component says, up to a pattern. */
class AnswerReader {
  readonly #conn: Deno.Conn;
  #text = "";

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  async until(pattern: string): Promise<void> {
    const buffer = new Uint8Array(4096);
    const wanted = new RegExp(pattern);
    for (let match = wanted.exec(this.#text);; match = wanted.exec(this.#text)) {
      if (match !== null) {
        this.#text = this.#text.slice(match.index + match[0].length);
        return;
      }
      const length = await this.#conn.read(buffer);
      if (length === null) throw new Error("The component has hung up");
      this.#text += new TextDecoder().decode(buffer.subarray(0, length));
    }
  }
}
