// @ts-nocheck: this is AssemblyScript

/*
 * Qualified names (Namespaces in XML §4): `local` or `prefix:local`.
 */

import { Refusal } from "../vocabulary.ts";
import { COLON, EQUALS, isNamePart, isNameStart } from "./chars.ts";
import { end, refuse, unexpected } from "./state.ts";
import { decode, faults, refuseBytes, sequenceLength } from "./utf8.ts";

/** The length of the prefix of the name read last, 0 if it has none. */
export let prefixLength: usize = 0;

/** How many bytes are ASCII letters, digits, `-`, `.` or `_` before there is another one. */
function plainLength(bytes: v128): usize {
  // A byte is in the set if the sets of its two nibbles have a bit in common.
  const byLow = i8x16(18, 22, 22, 22, 22, 22, 22, 22, 22, 22, 20, 4, 4, 5, 5, 12);
  const byHigh = i8x16(0, 0, 1, 2, 4, 24, 4, 16, 0, 0, 0, 0, 0, 0, 0, 0);
  const classes = v128.and(
    i8x16.swizzle(byLow, v128.and(bytes, i8x16.splat(0x0f))),
    i8x16.swizzle(byHigh, i8x16.shr_u(bytes, 4)),
  );
  return ctz(i8x16.bitmask(i8x16.eq(classes, i8x16.splat(0))) | 0x10000);
}

/** The length of an attribute's name if it is short, plain and followed by `=`; otherwise 0. */
export function plainName(p: usize): usize {
  // All that comes next waits for this length; that the name is right is checked beside it.
  const bytes = v128.load(p);
  const length = ctz(i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(EQUALS))) | 0x10000) as usize;
  return length - 1 < 15 && plainLength(bytes) == length && load<u8>(p) > COLON ? length : 0;
}

/** Reads a name. */
export function name(p: usize): usize {
  const length = plainLength(v128.load(p));
  const next = load<u8>(p + length);
  // Digits, `-` and `.` are below the letters and may not come first.
  if (length - 1 < 15 && next < 0x80 && next != COLON && load<u8>(p) > COLON) {
    prefixLength = 0;
    return p + length;
  }
  return anyName(p);
}

/** Reads a name that is long, has a prefix, or is not ASCII. */
function anyName(p: usize): usize {
  const start = p;
  prefixLength = 0;
  let first = true;
  while (true) {
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
