/**
 * The binding to sax-wasm.
 *
 * @module
 */

import { type Attribute, SaxEventType, SAXParser, type Tag } from "sax-wasm";
import { decodeAttribute } from "./references.ts";
import { SAX_WASM_BASE64 } from "./sax_wasm_binary.ts";
import type { RawAttribute } from "./namespaces.ts";

/**
 * How many bytes one write may have. sax-wasm's JavaScript copies what is written to the bottom of
 * the stack of 1 MiB, which grows down towards it.
 */
export const MAX_WRITE = 524_288;

/** Takes the tags of what is written to a {@linkcode Sax}, and its CDATA sections. */
export interface SaxHandler {
  /** An opening tag, or an empty one. Ends before the byte with the index `end`. */
  onOpen(name: string, attributes: readonly RawAttribute[], isEmpty: boolean, end: number): void;
  /** A closing tag, not always of the element that is open; none for an empty element. */
  onClose(end: number): void;
  /** A CDATA section, its markup included. */
  onCdata(start: number, end: number): void;
}

const EVENTS = SaxEventType.OpenTag | SaxEventType.CloseTag | SaxEventType.Cdata;

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * One instance of sax-wasm, which keeps its state in static memory, so each stream has its own.
 *
 * Of what it reports only tags and CDATA sections are used, and it is given whole tokens only: its
 * text events lose newlines, and across writes it loses text and names.
 */
export class Sax {
  readonly #parser = new SAXParser(EVENTS);
  /** Bytes written before; sax-wasm counts from the first write. */
  #written = 0;

  private constructor() {}

  /** Makes an instance; the module is compiled once. */
  static async create(): Promise<Sax> {
    // By default it would drop a U+FEFF that a name or value begins with.
    SAXParser.textDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
    compiled ??= WebAssembly.compile(Uint8Array.fromBase64(SAX_WASM_BASE64));
    const sax = new Sax();
    await sax.#parser.prepareWasm(await compiled);
    return sax;
  }

  /**
   * Reports the tags of a well-formed piece of a stream.
   *
   * @param bytes At most {@linkcode MAX_WRITE} of them.
   * @param handler Called before this returns; positions count from the start of `bytes`.
   */
  write(bytes: Uint8Array, handler: SaxHandler): void {
    const base = this.#written;
    this.#parser.eventHandler = (type, detail) => {
      const end = detail.byteOffsets.end - base;
      if (type === SaxEventType.Cdata) {
        handler.onCdata(detail.byteOffsets.start - base, end);
        return;
      }
      const tag = detail as Tag;
      if (type === SaxEventType.OpenTag) {
        handler.onOpen(tag.name, tag.attributes.map(readAttribute), tag.selfClosing, end);
      } else if (!tag.selfClosing) {
        handler.onClose(end);
      }
    };
    this.#parser.write(bytes);
    this.#written += bytes.length;
  }
}

function readAttribute(attribute: Attribute): RawAttribute {
  return [attribute.name.value, decodeAttribute(attribute.value.value)];
}
