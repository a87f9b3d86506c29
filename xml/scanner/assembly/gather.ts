// @ts-nocheck: this is AssemblyScript

/*
 * Strings for the host, many at once: each call into the host's text decoder costs more than the
 * text does.
 */

import { At, RECORD_BYTES } from "../vocabulary.ts";
import { GATHER, RECORDS } from "./memory.ts";

/** How many of the bytes that `gather` wrote come before the first text that is not ASCII. */
export let asciiBytes: usize = 0;

/** In the place of a text that is not ASCII. No text has this character. */
const ELSEWHERE: u8 = 1;

/**
 * Copies fields of the first records to GATHER, each with a zero byte behind it; an absent field
 * is an empty string. Bit n of `fields` asks for field n. First come all fields, but with a mark
 * for those that are not ASCII, then these: strings of ASCII are far cheaper for the host, and a
 * single other character would spoil them all. Returns the length of it all.
 */
export function gather(records: usize, fields: u32): usize {
  const top = RECORDS + records * RECORD_BYTES;
  const middle = copy(top, fields, true, GATHER);
  asciiBytes = middle - GATHER;
  return copy(top, fields, false, middle) - GATHER;
}

function copy(top: usize, fields: u32, ascii: bool, to: usize): usize {
  for (let record = RECORDS; record < top; record += RECORD_BYTES) {
    const base: usize = load<u32>(record, At.Start);
    for (let left = fields; left != 0; left &= left - 1) {
      const at = record + At.Fields + ctz(left) * 8;
      const from = base + load<u32>(at);
      const length: usize = load<u32>(at, 4);
      if (isAscii(from, length) != ascii) {
        if (!ascii) continue;
        store<u8>(to++, ELSEWHERE);
      } else {
        // Whole vectors: what is too much is written over by the next field.
        for (let i: usize = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i));
        to += length;
      }
      store<u8>(to++, 0);
    }
  }
  return to;
}

function isAscii(from: usize, length: usize): bool {
  while (length > 16) {
    if (i8x16.bitmask(v128.load(from)) != 0) return false;
    from += 16;
    length -= 16;
  }
  return (i8x16.bitmask(v128.load(from)) & ((1 << length) - 1)) == 0;
}
