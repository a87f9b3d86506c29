/** The server's side of XEP-0114, over any byte stream. */

import { createHash } from "node:crypto";
import type { ByteStream } from "../../component/mod.ts";
import { type Element, serialize, StanzaParser, type StreamEvent } from "../../xml/mod.ts";
import { NS } from "../../xmpp/namespaces.ts";

export const DOMAIN = "keeper.example";
export const SECRET = "correct horse battery staple";

/** One component's stream, as its server sees it. */
export class FakeSession {
  readonly #bytes: ByteStream;
  readonly #parser: StanzaParser;
  readonly #events: StreamEvent[] = [];
  /** Whether stanzas from the component to itself come back to it, as a working router does. */
  routing = true;
  /** What came, as text. */
  received = "";

  private constructor(bytes: ByteStream, parser: StanzaParser) {
    this.#bytes = bytes;
    this.#parser = parser;
  }

  static async on(bytes: ByteStream): Promise<FakeSession> {
    return new FakeSession(bytes, await StanzaParser.create());
  }

  /** A session that has accepted the component's handshake. */
  static async accept(bytes: ByteStream, id = "s1"): Promise<FakeSession> {
    const session = await FakeSession.on(bytes);
    await session.greet(id);
    const handshake = await session.stanza();
    const expected = createHash("sha1").update(id + SECRET).digest("hex");
    if (handshake.text !== expected) throw new Error(`The handshake is ${serialize(handshake)}`);
    await session.write("<handshake/>");
    return session;
  }

  /** Waits for the component's header and answers it. */
  async greet(id = "s1", ns: string = NS.component): Promise<Element> {
    const event = await this.event();
    if (event?.type !== "open") throw new Error("No stream header came");
    await this.write(
      `<?xml version='1.0'?><stream:stream xmlns:stream='${NS.stream}' xmlns='${ns}' ` +
        `from='${DOMAIN}' id='${id}'>`,
    );
    return event.element;
  }

  /** The next stanza that is not routed back to the component. */
  async stanza(): Promise<Element> {
    for (;;) {
      const event = await this.event();
      if (event?.type !== "stanza") {
        throw new Error(`No stanza came but ${event?.type ?? "an end"}`);
      }
      const { element } = event;
      if (element.attr("to") !== DOMAIN || !this.routing) return element;
      await this.send(element);
    }
  }

  /** Routes what comes until the component ends its stream or connection. */
  async closed(): Promise<"close" | "end"> {
    for (;;) {
      const event = await this.event();
      if (event === undefined) return "end";
      if (event.type === "close") return "close";
      if (event.type === "stanza" && event.element.attr("to") === DOMAIN && this.routing) {
        await this.send(event.element);
      }
    }
  }

  /** What came next, `undefined` for the end of the connection. */
  async event(): Promise<StreamEvent | undefined> {
    const buffer = new Uint8Array(4096);
    while (this.#events.length === 0) {
      const length = await this.#bytes.read(buffer).catch(() => null);
      if (length === null) return undefined;
      this.received += new TextDecoder().decode(buffer.subarray(0, length));
      this.#parser.push(buffer.subarray(0, length), this.#events);
    }
    return this.#events.shift();
  }

  send(element: Element): Promise<void> {
    return this.write(serialize(element, { ns: NS.component }));
  }

  async write(xml: string): Promise<void> {
    let bytes: Uint8Array = new TextEncoder().encode(xml);
    while (bytes.length > 0) bytes = bytes.subarray(await this.#bytes.write(bytes));
  }

  /** Ends the stream with an error, as servers do. */
  async refuse(condition: string, text?: string): Promise<void> {
    await this.write(
      `<stream:error><${condition} xmlns='${NS.streamErrors}'/>` +
        (text === undefined ? "" : `<text xmlns='${NS.streamErrors}'>${text}</text>`) +
        "</stream:error></stream:stream>",
    );
    this.cut();
  }

  cut(): void {
    this.#bytes.close();
  }
}
