// @ts-nocheck: this is AssemblyScript

/*
 * The names of known attributes. They are what there is most of, so they have a table of their own:
 * the four bytes behind the space lead to the only one that it can be. A short name has two places,
 * one for each quote.
 */

import { ATTRS } from "../vocabulary.ts";
import { APOSTROPHE, EQUALS, QUOTE, SPACE } from "./chars.ts";
import { ATTRIBUTE_BYTES, ATTRIBUTES, GATHER, KNOWN } from "./memory.ts";

/** What is known of an attribute: its name as ` name=`, a mask for it, and three numbers. */
export enum At {
  Mask = 16,
  /** The length of ` name=`. */
  Length = 32,
  /** Where its value goes. */
  Value = 36,
  /** Its bit. */
  Bit = 40,
}

/** Fills in the table. */
export function defineAttributes(): void {
  // What no attribute's name is.
  for (let i: usize = 0; i < 256; i++) store<u8>(ATTRIBUTES + i * ATTRIBUTE_BYTES, 0xff);
  let attr = 0;
  let length: usize = 0;
  for (let i = 0; i <= ATTRS.length; i++) {
    const c = i < ATTRS.length ? ATTRS.charCodeAt(i) : 0x20;
    if (c > 0x20) store<u8>(GATHER + ++length, c as u8);
    else if (length > 0) {
      attr++;
      if (length > 14) unreachable();
      store<u8>(GATHER, SPACE);
      store<u8>(GATHER + length + 1, EQUALS);
      store<u8>(GATHER + length + 2, QUOTE);
      defineAttribute(attr, length + 2);
      store<u8>(GATHER + length + 2, APOSTROPHE);
      if (length < 3) defineAttribute(attr, length + 2);
      length = 0;
    }
  }
}

function defineAttribute(attr: i32, length: usize): void {
  const at = attributeAt(load<u32>(GATHER + 1));
  if (load<u8>(at) != 0xff) unreachable();
  memory.copy(at, GATHER, length);
  memory.fill(at + At.Mask, 0xff, length);
  store<u32>(at, length as u32, At.Length);
  store<u32>(at, (KNOWN + attr * 8) as u32, At.Value);
  store<u32>(at, 1 << attr, At.Bit);
}

/** The place of the only attribute that there can be with these four bytes behind the space. */
// @inline
export function attributeAt(key: u32): usize {
  return ATTRIBUTES + ((key * 0x9e3779b1) >> 24) * ATTRIBUTE_BYTES;
}

/** Whether ` name=` is what stands at the place. */
// @inline
export function isAttribute(name: v128, at: usize): bool {
  return !v128.any_true(v128.xor(v128.and(name, v128.load(at, At.Mask)), v128.load(at)));
}
