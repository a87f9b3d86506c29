/**
 * Character and entity references, and the white space that XML normalises.
 *
 * @module
 */

import { illegalCharacter, isNCName } from "./characters.ts";
import { StreamError } from "./stream_error.ts";

const PREDEFINED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  apos: "'",
  quot: '"',
};

/**
 * The character that a reference stands for.
 *
 * @param body What is between `&` and `;`.
 * @throws {StreamError} `restricted-xml` for an entity that is not predefined (RFC 6120 §11.1),
 * `not-well-formed` if XML has no such reference.
 */
export function resolveReference(body: string): string {
  if (Object.hasOwn(PREDEFINED, body)) return PREDEFINED[body]!;
  if (isNCName(body)) {
    throw new StreamError("restricted-xml", `the entity &${body}; is not a predefined one`);
  }
  const digits = /^#(?:x([0-9A-Fa-f]+)|([0-9]+))$/.exec(body);
  const code = digits?.[1] !== undefined ? parseInt(digits[1], 16) : Number(digits?.[2]);
  const character = code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
  if (character === undefined || illegalCharacter(character) !== undefined) {
    throw new StreamError("not-well-formed", "a reference to a character that XML does not have");
  }
  return character;
}

/** The meaning of literal text between two tags (XML 1.0 §2.11 and §4.4). */
export function decodeText(literal: string): string {
  return resolveAll(normalizeNewlines(literal));
}

/** The meaning of a literal attribute value (XML 1.0 §3.3.3; without a DTD all are CDATA). */
export function decodeAttribute(literal: string): string {
  return resolveAll(normalizeNewlines(literal).replace(/[\t\n]/g, " "));
}

/** Turns each literal line end into a newline (XML 1.0 §2.11). */
export function normalizeNewlines(literal: string): string {
  return literal.replace(/\r\n?/g, "\n");
}

function resolveAll(text: string): string {
  return text.includes("&")
    ? text.replace(/&([^;]*);/g, (_, body: string) => resolveReference(body))
    : text;
}
