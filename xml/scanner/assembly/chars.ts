// @ts-nocheck: this is AssemblyScript

/* Characters that mean something in XML. */

export const TAB: u8 = 0x09;
export const NEWLINE: u8 = 0x0a;
export const RETURN: u8 = 0x0d;
export const SPACE: u8 = 0x20;
export const BANG: u8 = 0x21;
export const QUOTE: u8 = 0x22;
export const HASH: u8 = 0x23;
export const AMPERSAND: u8 = 0x26;
export const APOSTROPHE: u8 = 0x27;
export const HYPHEN: u8 = 0x2d;
export const SLASH: u8 = 0x2f;
export const COLON: u8 = 0x3a;
export const SEMICOLON: u8 = 0x3b;
export const LESS: u8 = 0x3c;
export const EQUALS: u8 = 0x3d;
export const GREATER: u8 = 0x3e;
export const QUESTION: u8 = 0x3f;
export const AT_SIGN: u8 = 0x40;

/** Whether c is white space (XML 1.0 §2.3). */
export function isSpace(c: u8): bool {
  return c <= SPACE && (c == SPACE || c == NEWLINE || c == TAB || c == RETURN);
}

/** The first byte at or after p that is not white space. */
export function skipSpace(p: usize): usize {
  while (isSpace(load<u8>(p))) p++;
  return p;
}

/** Whether a document may contain the character (XML 1.0 §2.2). */
export function isChar(c: u32): bool {
  if (c < 0x20) return isSpace(c as u8);
  return c < 0xd800 || (c >= 0xe000 && c < 0xfffe) || (c >= 0x10000 && c < 0x110000);
}

/** Whether c is an ASCII letter. */
export function isLetter(c: u32): bool {
  return (c | 0x20) - 0x61 < 26;
}

/** Whether a name or a part of a name may start with the character (Namespaces §3). */
export function isNameStart(c: u32): bool {
  if (c < 0x80) return isLetter(c) || c == 0x5f;
  return (c >= 0xc0 && c <= 0x2ff && c != 0xd7 && c != 0xf7) ||
    (c >= 0x370 && c <= 0x1fff && c != 0x37e) || c == 0x200c || c == 0x200d ||
    (c >= 0x2070 && c <= 0x218f) || (c >= 0x2c00 && c <= 0x2fef) ||
    (c >= 0x3001 && c <= 0xd7ff) || (c >= 0xf900 && c <= 0xfdcf) ||
    (c >= 0xfdf0 && c <= 0xfffd) || (c >= 0x10000 && c <= 0xeffff);
}

/** Whether the character may follow in a name. */
export function isNamePart(c: u32): bool {
  return isNameStart(c) || c - 0x30 < 10 || c == 0x2d || c == 0x2e || c == 0xb7 ||
    (c >= 0x300 && c <= 0x36f) || c == 0x203f || c == 0x2040;
}
