/**
 * The port of a server for components, where all that it writes to them is recorded; at its end both
 * ways of reading must have made the same of that.
 *
 * @module
 */
import { concat } from "@std/bytes/concat";
import { tapBothWays } from "../../actors/support/both_ways.ts";
import { compareStream } from "../../xml/scanner/differential.ts";
import { Relay } from "./relay.ts";

/** The port that components connect to. */
const PORT = 5347;
/** The port that the server itself listens at. */
export const SERVERS_PORT = 15_347;

/** In pieces of these sizes, over and over, the streams are read again. */
const PIECES = [1_460, 1, 333, 7, 4_096, 31];

/** Port 5347 of a server's address; open while the server runs. */
export class RecordedPort {
  readonly #ip: string;
  readonly #streams: Uint8Array[][] = [];
  #relay: Relay | undefined;

  /** @param ip The server's address. */
  constructor(ip: string) {
    this.#ip = ip;
  }

  /** What the server wrote on each connection. */
  get streams(): Uint8Array[] {
    return this.#streams.map((chunks) => concat(chunks));
  }

  /** Lets components in, as the server listens. */
  open(): void {
    const place = (port: number) => ({ hostname: this.#ip, port });
    this.#relay = new Relay(place(PORT), place(SERVERS_PORT), {
      listen: () => {
        const chunks: Uint8Array[] = [];
        this.#streams.push(chunks);
        return (bytes) => chunks.push(bytes);
      },
    });
  }

  /** Passes on the last words of the server, which has ended. */
  async close(): Promise<void> {
    await this.#relay?.drain();
    this.#relay = undefined;
  }

  /**
   * Reads all streams both ways, as scanned records and as parsed stanzas, and has saxes judge the
   * records.
   *
   * @throws {AssertionError} If there is a difference; the message has the stanza.
   */
  async check(): Promise<void> {
    for (const bytes of this.streams) {
      const { refused } = await tapBothWays(bytes, PIECES);
      if (refused !== undefined) {
        const text = new TextDecoder().decode(bytes);
        throw new Error(`A server's stream is refused: ${text}`, { cause: refused });
      }
      compareStream(bytes, PIECES);
    }
  }
}
