/**
 * Frames to elements.
 *
 * @module
 */

import { Element, type XmlNode } from "./element.ts";
import { Namespaces, type RawAttribute, splitName } from "./namespaces.ts";
import { decodeText, normalizeNewlines } from "./references.ts";
import type { Sax } from "./sax.ts";
import { StreamError } from "./stream_error.ts";

/** An element whose closing tag has not come yet. */
interface OpenElement {
  readonly qualifiedName: string;
  readonly name: string;
  readonly ns: string;
  readonly attrs: Record<string, string>;
  readonly namespaces: Namespaces;
  readonly children: XmlNode[];
}

const LESS = 0x3c;
const CDATA_START = "<![CDATA[".length;
const CDATA_END = "]]>".length;

/** Builds the elements of one stream; the lexer has let the bytes pass. */
export class TreeBuilder {
  readonly #sax: Sax;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #stream: OpenElement | undefined;

  /**
   * Makes a builder at the start of a stream.
   *
   * @param sax An instance that nothing has been written to.
   */
  constructor(sax: Sax) {
    this.#sax = sax;
  }

  /** The namespace of stanzas without a prefix: the content namespace (RFC 6120 §4.8.2). */
  get contentNs(): string {
    return this.#stream?.namespaces.lookup("") ?? "";
  }

  /**
   * The stream header.
   *
   * @throws {StreamError} If its names or namespaces are wrong.
   */
  header(bytes: Uint8Array): Element {
    this.#sax.write(bytes, {
      onOpen: (name, attributes) => this.#stream = open(name, attributes, Namespaces.root),
      onClose: () => {},
      onCdata: () => {},
    });
    return close(this.#stream!);
  }

  /**
   * A child of the stream.
   *
   * @throws {StreamError} If names do not match, or names or namespaces are wrong.
   */
  stanza(bytes: Uint8Array): Element {
    const path: OpenElement[] = [];
    let stanza: Element | undefined;
    let position = 0;
    // sax-wasm's own text events and starts of tags are not exact, but no < is in text.
    const addText = (): number => {
      const end = bytes.indexOf(LESS, position);
      if (end > position) {
        path.at(-1)!.children.push(decodeText(this.#decode(bytes, position, end)));
      }
      return end;
    };
    const finish = (element: OpenElement) => {
      const parent = path.at(-1);
      if (parent === undefined) stanza = close(element);
      else parent.children.push(close(element));
    };
    this.#sax.write(bytes, {
      onOpen: (name, attributes, isEmpty, end) => {
        addText();
        position = end;
        const parent = path.at(-1) ?? this.#stream!;
        const element = open(name, attributes, parent.namespaces);
        if (isEmpty) finish(element);
        else path.push(element);
      },
      onClose: (end) => {
        const name = this.#closingName(bytes.subarray(addText(), end));
        position = end;
        const element = path.pop();
        if (element?.qualifiedName !== name) throw mismatch(name);
        finish(element);
      },
      onCdata: (start, end) => {
        addText();
        position = end;
        const text = this.#decode(bytes, start + CDATA_START, end - CDATA_END);
        path.at(-1)!.children.push(normalizeNewlines(text));
      },
    });
    // sax-wasm tells nothing of a closing tag that it finds no element for.
    if (stanza === undefined) throw mismatch(path.at(-1)?.qualifiedName ?? "");
    return stanza;
  }

  /**
   * Checks the closing tag of the stream.
   *
   * @throws {StreamError} If it is another element's.
   */
  close(bytes: Uint8Array): void {
    const name = this.#closingName(bytes);
    if (name !== this.#stream?.qualifiedName) throw mismatch(name);
  }

  #closingName(tag: Uint8Array): string {
    return this.#decode(tag, "</".length, tag.length - ">".length).trimEnd();
  }

  #decode(bytes: Uint8Array, start: number, end: number): string {
    return this.#decoder.decode(bytes.subarray(start, end));
  }
}

function open(
  qualifiedName: string,
  attributes: readonly RawAttribute[],
  outer: Namespaces,
): OpenElement {
  const { prefix, local } = splitName(qualifiedName);
  const namespaces = outer.declare(attributes);
  return {
    qualifiedName,
    name: local,
    ns: namespaces.lookup(prefix),
    attrs: namespaces.resolve(attributes),
    namespaces,
    children: [],
  };
}

function close({ name, ns, attrs, children }: OpenElement): Element {
  return new Element(name, ns, attrs, children);
}

function mismatch(name: string): StreamError {
  return new StreamError("not-well-formed", `the tags of ${name} do not match`);
}
