/**
 * Which characters and names XML 1.0 (fifth edition) and Namespaces in XML 1.0 (third edition) allow.
 *
 * @module
 */

/** The namespace that the prefix `xml` always stands for. */
export const XML_NS = "http://www.w3.org/XML/1998/namespace";
/** The namespace of namespace declarations. */
export const XMLNS_NS = "http://www.w3.org/2000/xmlns/";

// With the u flag a lone surrogate is a character of its own, and outside of all these ranges.
const ILLEGAL = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

const NAME_START = "A-Z_a-z\\xC0-\\xD6\\xD8-\\xF6\\xF8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF" +
  "\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD" +
  "\\u{10000}-\\u{EFFFF}";
const NC_NAME_START = new RegExp(`^[${NAME_START}]$`, "u");
const NC_NAME = new RegExp(
  `^[${NAME_START}][${NAME_START}\\-.0-9\\xB7\\u0300-\\u036F\\u203F-\\u2040]*$`,
  "u",
);

/** The first character of a text that no XML document may contain (XML 1.0 §2.2 Char), if any. */
export function illegalCharacter(text: string): string | undefined {
  return ILLEGAL.exec(text)?.[0];
}

/** Whether this is a name without a colon (Namespaces in XML §3 NCName). */
export function isNCName(name: string): boolean {
  return NC_NAME.test(name);
}

/** Whether a name may begin with this code point, but for the colon. */
export function isNameStart(code: number): boolean {
  if (code < 0x80) {
    return code >= 0x61 && code <= 0x7a || code >= 0x41 && code <= 0x5a || code === 0x5f;
  }
  return NC_NAME_START.test(String.fromCodePoint(code));
}
