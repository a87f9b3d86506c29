/**
 * An XML element as an immutable tree, and a terse builder for it.
 *
 * @module
 */

/** A child of an {@linkcode Element}: another element, or text. */
export type XmlNode = Element | string;

/**
 * One XML element with its namespace resolved. Instances are frozen: to change one, build another.
 *
 * The tree is in normal form: adjacent texts are joined and empty ones dropped, so two trees are
 * deeply equal exactly when their XML means the same (but for the order of attributes).
 *
 * Nothing is checked here; {@linkcode serialize} refuses what XML cannot carry.
 *
 * @example Take a stanza apart
 * ```ts
 * import { Element } from "@roomkeeper/roomkeeper/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const body = new Element("body", "jabber:client", {}, ["Hello"]);
 * const message = new Element("message", "jabber:client", { to: "room@muc.example" }, [body]);
 *
 * assertEquals(message.attr("to"), "room@muc.example");
 * assertEquals(message.child("body")?.text, "Hello");
 * assertEquals(message.child("x", "jabber:x:data"), undefined);
 * ```
 */
export class Element {
  /** The local name, without prefix. */
  readonly name: string;
  /** The namespace URI; `""` is no namespace. */
  readonly ns: string;
  /**
   * The attributes, without namespace declarations, in an object without prototype. The key is the
   * name for an attribute in no namespace (`to`), `xml:` and the name for one of XML's own
   * (`xml:lang`), and `{namespace URI}name` for any other.
   */
  readonly attrs: Readonly<Record<string, string>>;
  /** The child elements and texts in document order. */
  readonly children: readonly XmlNode[];

  /**
   * Makes an element; the attributes and children are copied.
   *
   * @param name The local name.
   * @param ns The namespace URI, `""` for none.
   * @param attrs The attributes, by the keys that {@linkcode Element.attrs} describes.
   * @param children The child elements and texts in document order.
   */
  constructor(
    name: string,
    ns: string,
    attrs: Readonly<Record<string, string>> = {},
    children: readonly XmlNode[] = [],
  ) {
    this.name = name;
    this.ns = ns;
    this.attrs = Object.freeze(Object.assign(Object.create(null), attrs));
    this.children = Object.freeze(normalize(children));
    Object.freeze(this);
  }

  /**
   * The value of an attribute, or `undefined` if the element does not have it.
   *
   * @param name The key, as in {@linkcode Element.attrs}.
   */
  attr(name: string): string | undefined {
    return this.attrs[name];
  }

  /**
   * The first child element of this name and namespace.
   *
   * @param name The local name.
   * @param ns The namespace URI; this element's own by default.
   */
  child(name: string, ns: string = this.ns): Element | undefined {
    for (const child of this.children) {
      if (typeof child !== "string" && child.name === name && child.ns === ns) return child;
    }
    return undefined;
  }

  /**
   * All child elements, or those of one name, or of one name and namespace.
   *
   * @param name The local name; any by default.
   * @param ns The namespace URI; any by default.
   */
  elements(name?: string, ns?: string): Element[] {
    return this.children.filter((child): child is Element =>
      typeof child !== "string" &&
      (name === undefined || child.name === name) &&
      (ns === undefined || child.ns === ns)
    );
  }

  /** The texts directly in this element, joined; those of child elements are not in it. */
  get text(): string {
    return this.children.filter((child) => typeof child === "string").join("");
  }
}

/** Joins adjacent texts and drops empty ones, always into a new array. */
function normalize(children: readonly XmlNode[]): XmlNode[] {
  const nodes: XmlNode[] = [];
  let text = "";
  for (const child of children) {
    if (typeof child === "string") {
      text += child;
      continue;
    }
    if (text !== "") nodes.push(text);
    text = "";
    nodes.push(child);
  }
  if (text !== "") nodes.push(text);
  return nodes;
}

/**
 * Builds an {@linkcode Element} in one expression. Attributes and children that are `undefined` are
 * left out, so optional parts need no `if`.
 *
 * @example A stanza
 * ```ts
 * import { serialize, xml } from "@roomkeeper/roomkeeper/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const ping = xml(
 *   "iq",
 *   "jabber:client",
 *   { type: "get", id: "p1", to: "muc.example", from: undefined },
 *   xml("ping", "urn:xmpp:ping"),
 * );
 *
 * assertEquals(
 *   serialize(ping, { ns: "jabber:client" }),
 *   "<iq type='get' id='p1' to='muc.example'><ping xmlns='urn:xmpp:ping'/></iq>",
 * );
 * ```
 *
 * @param name The local name.
 * @param ns The namespace URI, `""` for none.
 * @param attrs The attributes, by the keys that {@linkcode Element.attrs} describes.
 * @param children The child elements and texts in document order.
 */
export function xml(
  name: string,
  ns: string,
  attrs: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly (XmlNode | undefined)[]
): Element {
  const present: Record<string, string> = Object.create(null);
  for (const [key, value] of Object.entries(attrs)) if (value !== undefined) present[key] = value;
  return new Element(name, ns, present, children.filter((child) => child !== undefined));
}
