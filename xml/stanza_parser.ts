/**
 * The bytes of one XMPP stream to its header, stanzas and end.
 *
 * @module
 */

import type { Element } from "./element.ts";
import { type FrameKind, Framer } from "./framer.ts";
import { Mark } from "./lexer.ts";
import { MAX_WRITE, Sax } from "./sax.ts";
import { StreamError } from "./stream_error.ts";
import { TreeBuilder } from "./tree_builder.ts";

/** Something complete in a stream. */
export type StreamEvent =
  | {
    /** The stream header. */
    readonly type: "open";
    /** The header without children. */
    readonly element: Element;
    /** The content namespace: that of stanzas without a prefix (RFC 6120 §4.8.2). */
    readonly contentNs: string;
  }
  | {
    /** A child of the stream, mostly a stanza. */
    readonly type: "stanza";
    /** The child with all in it. */
    readonly element: Element;
  }
  | {
    /** The closing tag of the stream. */
    readonly type: "close";
  };

/** How much one stanza may ask for. */
export interface StreamLimits {
  /**
   * How many elements may be inside each other, the stanza included; at least 1.
   *
   * @default {64}
   */
  readonly maxDepth?: number;
  /**
   * The length of a stanza, and of the stream header, in bytes; 1 to 524,288.
   *
   * @default {262144}
   */
  readonly maxStanzaBytes?: number;
}

const STREAM_NS = "http://etherx.jabber.org/streams";

/**
 * A strict parser of one XMPP stream (RFC 6120 §4 and §11). It takes the bytes in pieces of any
 * size, and the result does not depend on where they are split.
 *
 * Whatever is not namespace-well-formed XML in UTF-8 ends the stream, and so does what RFC 6120
 * §11.1 forbids: comments, processing instructions, document types, and entities that are not
 * predefined. An XML declaration may begin the stream; white space may be between stanzas.
 *
 * @example
 * ```ts
 * import { StanzaParser } from "@roomkeeper/roomkeeper/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const parser = await StanzaParser.create();
 * const bytes = new TextEncoder().encode(
 *   "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>" +
 *     "<message><body>5 &gt; 4</body></message></stream:stream>",
 * );
 * const [open, stanza, close] = parser.push(bytes);
 *
 * assertEquals(open?.type, "open");
 * assertEquals(stanza?.type === "stanza" && stanza.element.child("body")?.text, "5 > 4");
 * assertEquals(close?.type, "close");
 * ```
 */
export class StanzaParser {
  readonly #framer: Framer;
  readonly #builder: TreeBuilder;
  #events: StreamEvent[] = [];
  #error: unknown;

  private constructor(sax: Sax, maxDepth: number, maxStanzaBytes: number) {
    this.#builder = new TreeBuilder(sax);
    this.#framer = new Framer(maxDepth, maxStanzaBytes, (kind, bytes) => this.#take(kind, bytes));
  }

  /**
   * Makes a parser for one stream.
   *
   * @param limits What a stanza may ask for.
   * @throws {RangeError} If a limit is out of its range.
   */
  static async create(limits: StreamLimits = {}): Promise<StanzaParser> {
    const { maxDepth = 64, maxStanzaBytes = 262_144 } = limits;
    assertInteger("maxDepth", maxDepth, Number.MAX_SAFE_INTEGER);
    assertInteger("maxStanzaBytes", maxStanzaBytes, MAX_WRITE);
    return new StanzaParser(await Sax.create(), maxDepth, maxStanzaBytes);
  }

  /**
   * Takes the next bytes of the stream. After an error every call throws the same error.
   *
   * @param chunk The bytes, split anywhere.
   * @param events Where to add what is complete now. Pass your own array to have what came before
   * an error in the same chunk.
   * @returns `events`.
   * @throws {StreamError} If the stream has to end with an error:
   *
   * | condition | why |
   * |---|---|
   * | `not-well-formed` | it is not XML with namespaces |
   * | `restricted-xml` | XML that XMPP forbids |
   * | `unsupported-encoding` | it is not UTF-8, or says so |
   * | `bad-namespace-prefix` | a prefix is not declared |
   * | `invalid-namespace` | the root is not in the stream namespace |
   * | `bad-format` | the root is in it, but has another name than `stream` |
   * | `invalid-xml` | there is text between stanzas |
   * | `policy-violation` | a limit is exceeded |
   */
  push(chunk: Uint8Array, events: StreamEvent[] = []): StreamEvent[] {
    if (this.#error !== undefined) throw this.#error;
    this.#events = events;
    try {
      this.#framer.push(chunk);
    } catch (error) {
      this.#error = error;
      throw error;
    }
    return events;
  }

  #take(kind: FrameKind, bytes: Uint8Array): void {
    switch (kind) {
      case Mark.Header:
        this.#open(bytes);
        break;
      case Mark.EmptyStream:
        this.#open(bytes);
        this.#events.push({ type: "close" });
        break;
      case Mark.Stanza:
        this.#events.push({ type: "stanza", element: this.#builder.stanza(bytes) });
        break;
      case Mark.Close:
        this.#builder.close(bytes);
        this.#events.push({ type: "close" });
        break;
    }
  }

  #open(bytes: Uint8Array): void {
    const element = this.#builder.header(bytes);
    if (element.ns !== STREAM_NS) {
      throw new StreamError("invalid-namespace", `the root is in the namespace '${element.ns}'`);
    }
    if (element.name !== "stream") {
      throw new StreamError("bad-format", `the root is ${element.name}, not stream`);
    }
    this.#events.push({ type: "open", element, contentNs: this.#builder.contentNs });
  }
}

function assertInteger(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max) {
    throw new RangeError(`${name} must be an integer from 1 to ${max}: current value is ${value}`);
  }
}
