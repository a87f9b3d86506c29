// @ts-nocheck: this is AssemblyScript

/*
 * Strings for the host, many at once: each call into the host's text decoder costs more than the
 * text does. Those of ASCII, whose lengths are known, are kept apart: they are far cheaper for the
 * host, and a single other character would spoil them all.
 */

import { At, RECORD_BYTES } from "../vocabulary.ts";
import { pair } from "./attributes.ts";
import { FOREIGN, GATHER, LENGTHS, RECORDS } from "./memory.ts";

/** How many of the bytes that `gather` wrote are ASCII. */
export let asciiBytes: usize = 0;

/**
 * Gathers fields of the first records; bit n of `fields` asks for field n. Their lengths go to
 * LENGTHS, i32 each: 0 for an absent one, and -1 for one that is not ASCII. The texts go to GATHER:
 * first those that are ASCII, then the others, each with a zero byte behind it. Returns the length
 * of it all.
 */
export function gather(records: usize, fields: u32): usize {
  const top = RECORDS + records * RECORD_BYTES;
  let lengths = LENGTHS;
  let foreign = FOREIGN;
  let to = GATHER;
  for (let record = RECORDS; record < top; record += RECORD_BYTES) {
    const base: usize = load<u32>(record, At.Start);
    for (let left = fields; left != 0; left &= left - 1) {
      const at = record + At.Fields + ctz(left) * 8;
      const from = base + load<u32>(at);
      const length: usize = load<u32>(at, 4);
      if (isAscii(from, length)) {
        store<i32>(lengths, length as i32);
        to = copy(from, length, to);
      } else {
        store<i32>(lengths, -1);
        store<u64>(foreign, pair(from, length));
        foreign += 8;
      }
      lengths += 4;
    }
  }
  asciiBytes = to - GATHER;
  for (let text = FOREIGN; text < foreign; text += 8) {
    to = copy(load<u32>(text), load<u32>(text, 4), to);
    store<u8>(to++, 0);
  }
  return to - GATHER;
}

/** Copies a text; returns the address behind. */
function copy(from: usize, length: usize, to: usize): usize {
  // Whole vectors: what is too much is written over by the next text.
  for (let i: usize = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i));
  return to + length;
}

function isAscii(from: usize, length: usize): bool {
  while (length > 16) {
    if (i8x16.bitmask(v128.load(from)) != 0) return false;
    from += 16;
    length -= 16;
  }
  return (i8x16.bitmask(v128.load(from)) & ((1 << length) - 1)) == 0;
}
