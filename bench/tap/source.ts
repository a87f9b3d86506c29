/**
 * A server that pours a stream into components, as fast as they take it.
 *
 * @module
 */
import { deadline } from "@std/async/deadline";

const PING = "<iq type='get' id='end' from='home.example' to='keeper.home.example'>" +
  "<ping xmlns='urn:xmpp:ping'/></iq>";

/** A component that is connected and waits for stanzas. */
export class Source implements Disposable {
  readonly #conn: Deno.Conn;
  readonly #reader: AnswerReader;

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
    this.#reader = new AnswerReader(conn);
  }

  /** Accepts a component. */
  static async open(listener: Deno.TcpListener): Promise<Source> {
    const source = new Source(await deadline(listener.accept(), 30_000));
    await source.#reader.until("to=");
    await source.#write(
      "<stream:stream xmlns='jabber:component:accept' id='s1' from='keeper.home.example' " +
        "xmlns:stream='http://etherx.jabber.org/streams'>",
    );
    await source.#reader.until("</handshake>");
    await source.#write("<handshake/>");
    return source;
  }

  /**
   * Pours stanzas. A ping after them tells when they have been read: the component answers it when
   * it gets there.
   *
   * @returns How long it took, in milliseconds.
   */
  async pour(stanzas: Uint8Array): Promise<number> {
    const start = performance.now();
    await this.#write(stanzas);
    await this.#write(PING);
    await deadline(this.#reader.until("id=.end"), 120_000);
    return performance.now() - start;
  }

  [Symbol.dispose](): void {
    this.#conn.close();
  }

  async #write(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }
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
