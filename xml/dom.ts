/**
 * Elements to and from a DOM, for libraries that want one (XPath, XML signatures, …). This entry is
 * apart from `@roomkeeper/roomkeeper/xml`, so that xmldom is loaded by those alone who use it.
 *
 * @module
 */

import {
  type Document,
  DOMImplementation,
  type Element as DomElement,
  type Node,
} from "@xmldom/xmldom";
import { XML_NS, XMLNS_NS } from "./characters.ts";
import { Element, type XmlNode } from "./element.ts";
import { splitKey } from "./serialize.ts";

/**
 * Makes a new DOM document of an element. Elements get no prefixes; attributes in a namespace get
 * generated ones.
 *
 * @example
 * ```ts
 * import { xml } from "@roomkeeper/roomkeeper/xml";
 * import { toDom } from "@roomkeeper/roomkeeper/xml/dom";
 * import { assertEquals } from "@std/assert";
 *
 * const message = xml("message", "jabber:client", {}, xml("body", "jabber:client", {}, "Hello"));
 * const document = toDom(message);
 * assertEquals(document.getElementsByTagNameNS("jabber:client", "body")[0]?.textContent, "Hello");
 * ```
 *
 * @param el What becomes the document element.
 */
export function toDom(el: Element): Document {
  const document = new DOMImplementation().createDocument(null, "");
  document.appendChild(makeElement(document, el));
  return document;
}

function makeElement(document: Document, el: Element): DomElement {
  const name = el.ns === XML_NS ? `xml:${el.name}` : el.name;
  const node = document.createElementNS(el.ns || null, name);
  let generated = 0;
  for (const [key, value] of Object.entries(el.attrs)) {
    const { ns, local } = splitKey(key);
    const prefix = ns === "" ? "" : ns === XML_NS ? "xml:" : `ns${++generated}:`;
    node.setAttributeNS(ns || null, prefix + local, value);
  }
  for (const child of el.children) {
    node.appendChild(
      typeof child === "string" ? document.createTextNode(child) : makeElement(document, child),
    );
  }
  return node;
}

/**
 * Makes an element of a DOM element, or of the document element of a DOM document. CDATA sections
 * become text; comments and processing instructions, which XMPP does not allow, are left out.
 *
 * @example
 * ```ts
 * import { fromDom } from "@roomkeeper/roomkeeper/xml/dom";
 * import { assertEquals } from "@std/assert";
 * import { DOMParser } from "@xmldom/xmldom";
 *
 * const document = new DOMParser().parseFromString("<a xmlns='urn:x' b='1'>text</a>", "text/xml");
 * const element = fromDom(document);
 * assertEquals([element.ns, element.attr("b"), element.text], ["urn:x", "1", "text"]);
 * ```
 *
 * @param node The document or element.
 * @throws {TypeError} If it is a document without an element.
 */
export function fromDom(node: Document | DomElement): Element {
  const element = node.nodeType === node.DOCUMENT_NODE
    ? (node as Document).documentElement
    : node as DomElement;
  if (element === null) throw new TypeError("Cannot convert a DOM document without an element");
  return readElement(element);
}

function readElement(node: DomElement): Element {
  const attrs: Record<string, string> = Object.create(null);
  for (const attribute of node.attributes) {
    const { name, value } = attribute;
    if (attribute.namespaceURI === XMLNS_NS || /^xmlns(:|$)/.test(name)) continue;
    const ns = attribute.namespaceURI ?? "";
    const local = attribute.localName ?? name;
    attrs[ns === "" ? name : ns === XML_NS ? `xml:${local}` : `{${ns}}${local}`] = value;
  }
  const children: XmlNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (isElement(child)) children.push(readElement(child));
    else if (isText(child)) children.push(child.nodeValue ?? "");
  }
  return new Element(node.localName ?? node.tagName, node.namespaceURI ?? "", attrs, children);
}

function isElement(node: Node): node is DomElement {
  return node.nodeType === node.ELEMENT_NODE;
}

function isText(node: Node): boolean {
  return node.nodeType === node.TEXT_NODE || node.nodeType === node.CDATA_SECTION_NODE;
}
