/**
 * Which namespaces the prefixes stand for at one place of a document (Namespaces in XML 1.0).
 *
 * @module
 */

import { isNCName, XML_NS, XMLNS_NS } from "./characters.ts";
import { StreamError } from "./stream_error.ts";

/** An attribute as it is written. */
export type RawAttribute = readonly [name: string, value: string];

/** A name taken apart. */
export interface QName {
  /** What is before the colon; `""` if there is none. */
  readonly prefix: string;
  /** What is after the colon. */
  readonly local: string;
}

/** The declarations in force in an element. */
export class Namespaces {
  readonly #own: ReadonlyMap<string, string>;
  readonly #outer: Namespaces | undefined;

  private constructor(own: ReadonlyMap<string, string>, outer?: Namespaces) {
    this.#own = own;
    this.#outer = outer;
  }

  /** What is in force outside of the root element. */
  static readonly root: Namespaces = new Namespaces(new Map([["", ""], ["xml", XML_NS]]));

  /**
   * What is in force inside an element with these attributes.
   *
   * @throws {StreamError} `not-well-formed` if one of them declares what cannot be declared.
   */
  declare(attributes: readonly RawAttribute[]): Namespaces {
    const own = new Map<string, string>();
    for (const [name, uri] of attributes) {
      if (name !== "xmlns" && !name.startsWith("xmlns:")) continue;
      const prefix = name.slice("xmlns:".length);
      checkDeclaration(name, prefix, uri);
      if (own.has(prefix)) throw new StreamError("not-well-formed", `${name} is there twice`);
      own.set(prefix, uri);
    }
    return own.size === 0 ? this : new Namespaces(own, this);
  }

  /**
   * The namespace URI that a prefix stands for.
   *
   * @param prefix The prefix; `""` for the default namespace.
   * @throws {StreamError} `bad-namespace-prefix` if the prefix is not declared.
   */
  lookup(prefix: string): string {
    // deno-lint-ignore no-this-alias
    for (let scope: Namespaces | undefined = this; scope !== undefined; scope = scope.#outer) {
      const uri = scope.#own.get(prefix);
      if (uri !== undefined) return uri;
    }
    throw new StreamError("bad-namespace-prefix", `the prefix ${prefix} is not declared`);
  }

  /**
   * The attributes without the declarations, by the keys of an {@linkcode Element}.
   *
   * @throws {StreamError} `not-well-formed` if a name is wrong or there twice.
   */
  resolve(attributes: readonly RawAttribute[]): Record<string, string> {
    const resolved: Record<string, string> = Object.create(null);
    for (const [name, value] of attributes) {
      const { prefix, local } = splitName(name);
      if (prefix === "xmlns" || name === "xmlns") continue;
      const ns = prefix === "" ? "" : this.lookup(prefix);
      const key = ns === "" ? local : ns === XML_NS ? `xml:${local}` : `{${ns}}${local}`;
      if (key in resolved) throw new StreamError("not-well-formed", `${name} is there twice`);
      resolved[key] = value;
    }
    return resolved;
  }
}

/**
 * Takes a name apart at its colon.
 *
 * @throws {StreamError} `not-well-formed` if XML does not allow the name.
 */
export function splitName(name: string): QName {
  const colon = name.indexOf(":");
  const prefix = name.slice(0, Math.max(colon, 0));
  const local = name.slice(colon + 1);
  if (!isNCName(local) || colon >= 0 && !isNCName(prefix)) {
    throw new StreamError("not-well-formed", `${JSON.stringify(name)} is no name`);
  }
  return { prefix, local };
}

function checkDeclaration(name: string, prefix: string, uri: string): void {
  const isXml = prefix === "xml";
  if (
    isXml !== (uri === XML_NS) || prefix === "xmlns" || uri === XMLNS_NS ||
    prefix !== "" && uri === ""
  ) {
    throw new StreamError("not-well-formed", `${name} cannot be declared as '${uri}'`);
  }
}
