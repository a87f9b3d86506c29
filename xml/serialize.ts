/**
 * Elements to text.
 *
 * @module
 */

import { illegalCharacter, isNCName, XML_NS, XMLNS_NS } from "./characters.ts";
import type { Element } from "./element.ts";

/** What the place where an element will be written has declared already. */
export interface SerializeScope {
  /**
   * The default namespace in force there, which needs no `xmlns` again.
   *
   * @default {""}
   */
  readonly ns?: string;
  /**
   * The prefixes in force there, by namespace URI, such as that of the stream namespace.
   *
   * @default {{}}
   */
  readonly prefixes?: Readonly<Record<string, string>>;
}

/** An element holds something that no XML document can. */
export class UnserializableError extends Error {
  /** The name of the class. */
  override readonly name = "UnserializableError";
}

/**
 * Writes an element as XML text that may be put into a stream as it is.
 *
 * @example Inside a component's stream
 * ```ts
 * import { serialize, xml } from "@roomkeeper/roomkeeper/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const presence = xml("presence", "jabber:component:accept", { to: "a@example.net" });
 * assertEquals(
 *   serialize(presence, { ns: "jabber:component:accept" }),
 *   "<presence to='a@example.net'/>",
 * );
 * assertEquals(
 *   serialize(presence),
 *   "<presence xmlns='jabber:component:accept' to='a@example.net'/>",
 * );
 * ```
 *
 * @param el The element.
 * @param scope What is declared where the text will go; by default nothing, so that the text is a
 * document of its own.
 * @throws {UnserializableError} If a name, namespace, attribute or text cannot be written in XML.
 */
export function serialize(el: Element, scope: SerializeScope = {}): string {
  const prefixes = new Map(Object.entries(scope.prefixes ?? {}));
  return write(el, scope.ns ?? "", prefixes);
}

function write(el: Element, scopeNs: string, prefixes: ReadonlyMap<string, string>): string {
  assertName(el.name);
  const prefix = el.ns === XML_NS ? "xml" : el.ns === scopeNs ? undefined : prefixes.get(el.ns);
  const name = prefix === undefined ? el.name : `${prefix}:${el.name}`;
  let defaultNs = scopeNs;
  let tag = `<${name}`;
  if (prefix === undefined && el.ns !== scopeNs) {
    assertNamespace(el.ns);
    tag += ` xmlns='${escapeAttr(el.ns)}'`;
    defaultNs = el.ns;
  }
  tag += writeAttributes(el.attrs, prefixes);
  if (el.children.length === 0) return `${tag}/>`;
  let content = "";
  for (const child of el.children) {
    content += typeof child === "string" ? escapeText(child) : write(child, defaultNs, prefixes);
  }
  return `${tag}>${content}</${name}>`;
}

function writeAttributes(
  attrs: Readonly<Record<string, string>>,
  prefixes: ReadonlyMap<string, string>,
): string {
  let text = "";
  // Most attributes are in no namespace, and stanzas are many: nothing is made for these.
  let others: AttributePrefixes | undefined;
  for (const key in attrs) {
    const value = escapeAttr(attrs[key]!);
    if (isNCName(key) && key !== "xmlns") text += ` ${key}='${value}'`;
    else text += `${(others ??= new AttributePrefixes(prefixes)).nameOf(key)}='${value}'`;
  }
  return text;
}

/** The prefixes of one element's attributes. */
class AttributePrefixes {
  readonly #known: ReadonlyMap<string, string>;
  readonly #taken: Set<string>;
  readonly #generated = new Map<string, string>();
  readonly #names = new Set<string>();

  constructor(known: ReadonlyMap<string, string>) {
    this.#known = known;
    this.#taken = new Set(known.values());
  }

  /** How the name with this key is written, behind the declaration of its prefix if it needs one. */
  nameOf(key: string): string {
    const { ns, local } = splitKey(key);
    assertName(local);
    let declaration = "";
    let prefix = ns === XML_NS ? "xml" : this.#known.get(ns) ?? this.#generated.get(ns);
    if (prefix === undefined) {
      prefix = this.#generate(ns);
      declaration = ` xmlns:${prefix}='${escapeAttr(ns)}'`;
    }
    const name = `${prefix}:${local}`;
    if (ns === "" || this.#names.has(name)) {
      throw new UnserializableError(`An attribute cannot be written as '${key}' here`);
    }
    this.#names.add(name);
    return `${declaration} ${name}`;
  }

  #generate(ns: string): string {
    assertNamespace(ns);
    let n = this.#generated.size + 1;
    while (this.#taken.has(`ns${n}`)) n++;
    const prefix = `ns${n}`;
    this.#taken.add(prefix);
    this.#generated.set(ns, prefix);
    return prefix;
  }
}

/** The namespace and name of an attribute from its key in an {@linkcode Element}. */
export function splitKey(key: string): { readonly ns: string; readonly local: string } {
  if (key.startsWith("xml:")) return { ns: XML_NS, local: key.slice(4) };
  const brace = key.startsWith("{") ? key.lastIndexOf("}") : -1;
  if (brace < 0) return { ns: "", local: key };
  return { ns: key.slice(1, brace), local: key.slice(brace + 1) };
}

function assertName(name: string): void {
  if (!isNCName(name)) {
    throw new UnserializableError(`${JSON.stringify(name)} is not a name that XML allows`);
  }
}

function assertNamespace(ns: string): void {
  if (ns === XMLNS_NS || ns === XML_NS) {
    throw new UnserializableError(`The namespace '${ns}' cannot be declared`);
  }
}

/**
 * Escapes text for between two tags.
 *
 * @param text The text as it should be read back.
 * @throws {UnserializableError} If it has a character that XML does not allow.
 */
export function escapeText(text: string): string {
  assertCharacters(text);
  return text.replace(/[&<>\r]/g, escapeCharacter);
}

/**
 * Escapes an attribute value for between quotes of either kind.
 *
 * @param value The value as it should be read back.
 * @throws {UnserializableError} If it has a character that XML does not allow.
 */
export function escapeAttr(value: string): string {
  assertCharacters(value);
  return value.replace(/[&<>'"\t\n\r]/g, escapeCharacter);
}

function assertCharacters(text: string): void {
  const character = illegalCharacter(text);
  if (character === undefined) return;
  const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  throw new UnserializableError(`XML cannot carry the character U+${code}: remove it`);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "'": "&apos;",
  '"': "&quot;",
};

// A parser turns a literal carriage return into a newline, and in attributes tabs and newlines
// into spaces, so these go as character references.
function escapeCharacter(character: string): string {
  return ESCAPES[character] ?? `&#${character.charCodeAt(0)};`;
}
