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

/** Takes an opening tag, or that of an empty element, which ends before the index `end`. */
export type OpeningTagHandler = (
  attributes: readonly RawAttribute[],
  isEmpty: boolean,
  end: number,
) => void;

const SPACE = 0x20;

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * One instance of sax-wasm, which keeps its state in static memory, so each stream has its own.
 *
 * Only the places of opening tags and their attributes are used, and it is given whole frames: its
 * texts lack newlines and a U+FEFF they begin with, it finds closing tags for elements that they do
 * not close, and across writes it loses text and names.
 */
export class Sax {
  readonly #parser = new SAXParser(SaxEventType.OpenTag);
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** Bytes written before; sax-wasm counts from the first write. */
  #written = 0;

  private constructor() {}

  /** Makes an instance; the module is compiled once. */
  static async create(): Promise<Sax> {
    compiled ??= WebAssembly.compile(Uint8Array.fromBase64(SAX_WASM_BASE64));
    const sax = new Sax();
    await sax.#parser.prepareWasm(await compiled);
    return sax;
  }

  /**
   * Reports the opening tags of a frame.
   *
   * @param bytes At most {@linkcode MAX_WRITE} of them.
   * @param onOpen Called before this returns.
   */
  write(bytes: Uint8Array, onOpen: OpeningTagHandler): void {
    const base = this.#written;
    const spaced = withSpacesOnly(bytes);
    const decode = (start: number, end: number) => this.#decoder.decode(bytes.subarray(start, end));
    const readAttribute = ({ name, value }: Attribute): RawAttribute => {
      const nameEnd = name.byteOffsets.end - base;
      // The start is late if the first character is not ASCII; white space is always before it.
      const nameStart = spaced.lastIndexOf(SPACE, nameEnd - 1) + 1;
      const { start, end } = value.byteOffsets;
      return [decode(nameStart, nameEnd), decodeAttribute(decode(start - base, end - base))];
    };
    this.#parser.eventHandler = (_type, detail) => {
      const tag = detail as Tag;
      onOpen(tag.attributes.map(readAttribute), tag.selfClosing, tag.byteOffsets.end - base);
    };
    this.#parser.write(spaced);
    this.#written += bytes.length;
  }
}

/** The bytes with a space for other white space, which sax-wasm does not know everywhere. */
function withSpacesOnly(bytes: Uint8Array): Uint8Array {
  let replaced = bytes;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i]! >= SPACE) continue;
    if (replaced === bytes) replaced = bytes.slice();
    replaced[i] = SPACE;
  }
  return replaced;
}
