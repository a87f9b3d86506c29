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

/** Vectors of one byte each: the compiler makes them anew at each use, loading them is faster. */
const SHIFT = memory.data<u64>([0x1f1f1f1f1f1f1f1f, 0x1f1f1f1f1f1f1f1f], 16);
const LETTERS = memory.data<u64>([0x9a9a9a9a9a9a9a9a, 0x9a9a9a9a9a9a9a9a], 16);
const HYPHENS = memory.data<u64>([0x2d2d2d2d2d2d2d2d, 0x2d2d2d2d2d2d2d2d], 16);

/** What may follow a name: bit n is the character n. */
const AFTER: u64 = 1 << (GREATER as u64) | 1 << (SPACE as u64) | 1 << (SLASH as u64) |
  1 << (EQUALS as u64);

/** The length of a name if it is short and of `a` to `z` and `-` only, as most are; or 0. */
export function plainName(p: usize): usize {
  const bytes = v128.load(p);
  // The letters are moved to the low end of the signed bytes.
  const letters = i8x16.lt_s(i8x16.add(bytes, v128.load(SHIFT)), v128.load(LETTERS));
  const plain = v128.or(letters, i8x16.eq(bytes, v128.load(HYPHENS)));
  const length = ctz(~i8x16.bitmask(plain)) as usize;
  return length < 16 && load<u8>(p) != HYPHEN ? length : 0;
}

/** Reads a name. */
// @inline
export function name(p: usize): usize {
  const length = plainName(p);
  const next = load<u8>(p + length) as u64;
  if ((length != 0) & (next < 64) & ((AFTER >> next & 1) != 0)) {
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
