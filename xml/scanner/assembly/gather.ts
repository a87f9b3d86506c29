// @ts-nocheck: this is AssemblyScript

/*
 * Strings for the host, many at once: each call into the host's text decoder costs more than the
 * text does.
 */

import { At, RECORD_BYTES } from "../vocabulary.ts";
import { GATHER, RECORDS } from "./memory.ts";

/**
 * Copies fields of the first records to GATHER, each with a zero byte behind it; an absent field
 * is an empty string. Bit n of `fields` asks for field n. Returns the length of it all.
 */
export function gather(records: usize, fields: u32): usize {
  let to = GATHER;
  const top = RECORDS + records * RECORD_BYTES;
  for (let record = RECORDS; record < top; record += RECORD_BYTES) {
    const base: usize = load<u32>(record, At.Start);
    for (let left = fields; left != 0; left &= left - 1) {
      const at = record + At.Fields + ctz(left) * 8;
      const from = base + load<u32>(at);
      const length: usize = load<u32>(at, 4);
      // Whole vectors: what is too much is written over by the next field.
      for (let i: usize = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i));
      to += length;
      store<u8>(to++, 0);
    }
  }
  return to - GATHER;
}
