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

const LESS = 0x3c, SLASH = 0x2f, BANG = 0x21, GREATER = 0x3e, BRACKET = 0x5d, SPACE = 0x20;
const CDATA_START = "<![CDATA[".length;
const CDATA_END = "]]>".length;

/** Builds the elements of one stream; the lexer has let the bytes pass. */
export class TreeBuilder {
  readonly #sax: Sax;
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
    this.#sax.write(bytes, (attributes) => {
      this.#stream = open(readName(bytes, 0), attributes, Namespaces.root);
    });
    return close(this.#stream!);
  }

  /**
   * A child of the stream.
   *
   * @throws {StreamError} If names do not match, or names or namespaces are wrong.
   */
  stanza(bytes: Uint8Array): Element {
    const content = new Content(bytes);
    this.#sax.write(bytes, (attributes, isEmpty, end) => {
      const outer = content.readToTag() ?? this.#stream!;
      content.open(attributes, outer.namespaces, isEmpty, end);
    });
    return content.finish();
  }

  /**
   * Checks the closing tag of the stream.
   *
   * @throws {StreamError} If it is another element's.
   */
  close(bytes: Uint8Array): void {
    checkClosingTag(bytes, this.#stream);
  }
}

/** A walk through a stanza, which sax-wasm leads from one opening tag to the next. */
class Content {
  readonly #bytes: Uint8Array;
  readonly #path: OpenElement[] = [];
  #position = 0;
  #root: Element | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Reads text, CDATA sections and closing tags; returns the element that is open then. */
  readToTag(): OpenElement | undefined {
    for (;;) {
      // There is a < as long as an element is open, and none in text or attribute values.
      const start = this.#bytes.indexOf(LESS, this.#position);
      if (start > this.#position) this.#add(decodeText(decode(this.#take(start))));
      const kind = this.#bytes[start + 1];
      if (start >= 0 && kind === SLASH) this.#close();
      else if (start >= 0 && kind === BANG) this.#readCdata();
      else return this.#path.at(-1);
    }
  }

  /** Enters the element of the opening tag that the walk has come to. */
  open(
    attributes: readonly RawAttribute[],
    outer: Namespaces,
    isEmpty: boolean,
    end: number,
  ): void {
    const element = open(readName(this.#bytes, this.#position), attributes, outer);
    const next = this.#bytes.indexOf(LESS, this.#position + 1);
    if (next >= 0 && next < end) throw lostTag();
    this.#position = end;
    if (isEmpty) this.#add(close(element));
    else this.#path.push(element);
  }

  /** Reads what is after the last opening tag; returns the outermost element. */
  finish(): Element {
    this.readToTag();
    if (this.#root === undefined || this.#position < this.#bytes.length) throw lostTag();
    return this.#root;
  }

  #close(): void {
    const tag = this.#take(this.#bytes.indexOf(GREATER, this.#position) + 1);
    const element = this.#path.pop();
    checkClosingTag(tag, element);
    this.#add(close(element!));
  }

  #readCdata(): void {
    let end = this.#position + CDATA_START + CDATA_END - 1;
    do {
      end = this.#bytes.indexOf(GREATER, end) + 1;
    } while (this.#bytes[end - 2] !== BRACKET || this.#bytes[end - 3] !== BRACKET);
    this.#add(normalizeNewlines(decode(this.#take(end).subarray(CDATA_START, -CDATA_END))));
  }

  #take(end: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return taken;
  }

  #add(node: XmlNode): void {
    const parent = this.#path.at(-1);
    if (parent !== undefined) parent.children.push(node);
    else if (typeof node !== "string") this.#root = node;
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

function checkClosingTag(tag: Uint8Array, element: OpenElement | undefined): void {
  const name = readName(tag, "<".length);
  if (name !== element?.qualifiedName) {
    throw new StreamError("not-well-formed", `the closing tag of ${name} is not expected here`);
  }
}

/** A tag that the lexer let pass was not reported: better no stream than a wrong stanza. */
function lostTag(): StreamError {
  return new StreamError("internal-server-error", "sax-wasm did not report an opening tag");
}

/** The name after the < or / of a tag. */
function readName(bytes: Uint8Array, before: number): string {
  let end = before + 1;
  while (bytes[end]! > SPACE && bytes[end] !== SLASH && bytes[end] !== GREATER) end++;
  return decode(bytes.subarray(before + 1, end));
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
