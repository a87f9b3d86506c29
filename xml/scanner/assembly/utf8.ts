// @ts-nocheck: this is AssemblyScript

/*
 * UTF-8, 16 bytes at a time.
 *
 * The method is that of Keiser and Lemire, "Validating UTF-8 in less than one instruction per
 * byte": three table look-ups by nibble tell what is wrong with each pair of neighbouring bytes,
 * then the third and fourth bytes of long sequences are checked. The bytes before the block are
 * simply loaded again from memory, so that nothing is carried from block to block.
 */

import { Refusal } from "../vocabulary.ts";
import { refuse } from "./state.ts";

/* What can be wrong with a byte and the one after it. */
const TOO_SHORT: i8 = 1 << 0; // a lead byte without continuation
const TOO_LONG: i8 = 1 << 1; // a continuation without lead byte
const OVERLONG_3: i8 = 1 << 2;
const SURROGATE: i8 = 1 << 4;
const OVERLONG_2: i8 = 1 << 5;
const TWO_CONTS: i8 = -128; // right or wrong: depends on what came before
const TOO_LARGE: i8 = 1 << 3;
const TOO_LARGE_1000: i8 = 1 << 6;
const OVERLONG_4: i8 = 1 << 6;
const CARRY: i8 = TOO_SHORT | TOO_LONG | TWO_CONTS;

/** For each lane, not 0 if no valid UTF-8 can have this byte behind the three before it. */
export function faults(p: usize): v128 {
  const byte1High = i8x16(
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TWO_CONTS,
    TWO_CONTS,
    TWO_CONTS,
    TWO_CONTS,
    TOO_SHORT | OVERLONG_2,
    TOO_SHORT,
    TOO_SHORT | OVERLONG_3 | SURROGATE,
    TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4,
  );
  const byte1Low = i8x16(
    CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4,
    CARRY | OVERLONG_2,
    CARRY,
    CARRY,
    CARRY | TOO_LARGE,
    CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000 | SURROGATE,
    CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000,
  );
  const byte2High = i8x16(
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4,
    TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE,
    TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE,
    TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
  );
  const bytes = v128.load(p);
  const before1 = v128.load(p - 1);
  const before2 = v128.load(p - 2);
  const before3 = v128.load(p - 3);

  const pairs = v128.and(
    v128.and(
      i8x16.swizzle(byte1High, i8x16.shr_u(before1, 4)),
      i8x16.swizzle(byte1Low, v128.and(before1, i8x16.splat(0x0f))),
    ),
    i8x16.swizzle(byte2High, i8x16.shr_u(bytes, 4)),
  );
  // The third byte behind E0.. and the fourth behind F0.. must, and no others may, be the second
  // of two continuations.
  const third = i8x16.sub_sat_u(before2, i8x16.splat(0x60));
  const fourth = i8x16.sub_sat_u(before3, i8x16.splat(0x70));
  const expected = v128.and(v128.or(third, fourth), i8x16.splat(0x80 as i8));
  // U+FFFE and U+FFFF are well-formed UTF-8, but no characters of XML.
  const noChar = v128.and(
    v128.and(
      i8x16.eq(before2, i8x16.splat(0xef as i8)),
      i8x16.eq(before1, i8x16.splat(0xbf as i8)),
    ),
    i8x16.ge_u(bytes, i8x16.splat(0xbe as i8)),
  );
  return v128.or(v128.xor(pairs, expected), noChar);
}

/** Refuses the stream for the first faulty byte. */
export function refuseBytes(p: usize): usize {
  const noChar = load<u16>(p - 2) == 0xbfef && load<u8>(p) >= 0xbe;
  return refuse(noChar ? Refusal.Character : Refusal.Utf8, p);
}

/** The start of the sequence that is cut off by the end of the input, or the end. */
export function wholeUntil(end: usize): usize {
  for (let back: usize = 1; back <= 3; back++) {
    const c = load<u8>(end - back);
    if (c < 0x80) return end;
    if (c >= 0xc0) {
      const length: usize = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
      return length > back ? end - back : end;
    }
  }
  return end;
}

/** The bytes of the sequence that starts with c; c starts one. */
export function sequenceLength(c: u8): usize {
  return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/** The character at p, whose bytes are known to be valid UTF-8. */
export function decode(p: usize): u32 {
  const c = load<u8>(p) as u32;
  if (c < 0x80) return c;
  const c1 = (load<u8>(p, 1) & 0x3f) as u32;
  if (c < 0xe0) return (c & 0x1f) << 6 | c1;
  const c2 = (load<u8>(p, 2) & 0x3f) as u32;
  if (c < 0xf0) return (c & 0x0f) << 12 | c1 << 6 | c2;
  return (c & 0x07) << 18 | c1 << 12 | c2 << 6 | (load<u8>(p, 3) & 0x3f) as u32;
}

/** Writes a character; returns the address behind it. */
export function encode(c: u32, to: usize): usize {
  if (c < 0x80) {
    store<u8>(to, c as u8);
    return to + 1;
  }
  if (c < 0x800) {
    store<u8>(to, (0xc0 | c >> 6) as u8);
  } else {
    if (c < 0x10000) {
      store<u8>(to, (0xe0 | c >> 12) as u8);
    } else {
      store<u8>(to++, (0xf0 | c >> 18) as u8);
      store<u8>(to, (0x80 | c >> 12 & 0x3f) as u8);
    }
    store<u8>(++to, (0x80 | c >> 6 & 0x3f) as u8);
  }
  store<u8>(++to, (0x80 | c & 0x3f) as u8);
  return to + 1;
}
