/**
 * One end of an XMPP stream over a TCP connection, as far as the demo's servers need it.
 *
 * @module
 */
import { type Element, serialize, StanzaParser, type StreamEvent } from "../xml/mod.ts";
import { NS } from "../xmpp/namespaces.ts";

/** A TCP connection that carries stanzas. */
export class XmppSocket {
  readonly #conn: Deno.Conn;
  #outgoing = "";
  #writing = false;
  #closed = false;

  /** Takes over a connection. */
  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Begins the stream in this direction. */
  open(attrs: string): void {
    this.#write(`<stream:stream xmlns='${NS.component}' xmlns:stream='${NS.stream}' ${attrs}>`);
  }

  /** Sends a stanza. */
  send(stanza: Element): void {
    this.#write(serialize(stanza, { ns: NS.component }));
  }

  /** Ends the stream in this direction, in good order. */
  end(): void {
    this.#write("</stream:stream>");
  }

  /** Everything that arrives, until the connection ends, however it ends. */
  async *events(): AsyncGenerator<StreamEvent> {
    const parser = await StanzaParser.create();
    const buffer = new Uint8Array(16_384);
    for (;;) {
      const length = await this.#conn.read(buffer).catch(() => null);
      if (length === null) return;
      yield* parser.push(buffer.subarray(0, length));
    }
  }

  /** Ends the connection without a word, as a crash would. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }

  #write(text: string): void {
    this.#outgoing += text;
    if (!this.#writing) this.#flush();
  }

  async #flush(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#outgoing !== "") {
        const bytes = new TextEncoder().encode(this.#outgoing);
        this.#outgoing = "";
        for (let sent = 0; sent < bytes.length;) {
          sent += await this.#conn.write(bytes.subarray(sent));
        }
      }
    } catch {
      // The reading side sees the end of the connection.
    }
    this.#writing = false;
  }
}
