// @ts-nocheck: this is AssemblyScript

/*
 * Qualified names (Namespaces in XML §4): `local` or `prefix:local`.
 */

import { Refusal } from "../vocabulary.ts";
import { COLON, EQUALS, GREATER, HYPHEN, isNamePart, isNameStart, SLASH, SPACE } from "./chars.ts";
import { end, refuse, unexpected } from "./state.ts";
import { decode, faults, refuseBytes, sequenceLength } from "./utf8.ts";

/** The length of the prefix of the name read last, 0 if it has none. */
export let prefixLength: usize = 0;

/** The length of a name if it is short and of `a` to `z` and `-` only, as most are; or 0. */
export function plainName(p: usize): usize {
  const bytes = v128.load(p);
  // The letters are moved to the low end of the signed bytes.
  const letters = i8x16.lt_s(i8x16.add(bytes, i8x16.splat(0x1f)), i8x16.splat(-102));
  const plain = v128.or(letters, i8x16.eq(bytes, i8x16.splat(HYPHEN)));
  const length = ctz(~i8x16.bitmask(plain)) as usize;
  return length < 16 && load<u8>(p) != HYPHEN ? length : 0;
}

/** Reads a name. */
// @inline
export function name(p: usize): usize {
  const length = plainName(p);
  const next = load<u8>(p + length);
  if (length != 0 && (next == GREATER || next == SPACE || next == SLASH || next == EQUALS)) {
    prefixLength = 0;
    return p + length;
  }
  return anyName(p);
}

/** Reads a name of any characters, with or without a prefix. */
function anyName(p: usize): usize {
  const start = p;
  prefixLength = 0;
  let first = true;
  while (true) {
    const plain = plainName(p);
    p += plain;
    if (plain != 0) first = false;
    const c = load<u8>(p);
    if (c == COLON) {
      if (first || prefixLength != 0) return refuse(Refusal.Syntax, p);
      prefixLength = p - start;
      first = true;
      p++;
      continue;
    }
    let length: usize = 1;
    if (c >= 0x80) {
      length = sequenceLength(c);
      // The byte after the sequence is looked at too, where it tells that this one is cut off.
      const wrong = ctz(i8x16.bitmask(i8x16.ne(faults(p), i8x16.splat(0))) | 0x10000) as usize;
      if (wrong < length) return p + wrong >= end ? 0 : refuseBytes(p + wrong);
    }
    const char = decode(p);
    if (!(first ? isNameStart(char) : isNamePart(char))) {
      return first ? unexpected(p) : p;
    }
    first = false;
    p += length;
  }
}
