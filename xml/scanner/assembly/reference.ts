// @ts-nocheck: this is AssemblyScript

/*
 * References (XML 1.0 §4.1) and the values that attributes get by them (§3.3.3).
 */

import { MAX_REFERENCE_BYTES, Refusal } from "../vocabulary.ts";
import { AMPERSAND, HASH, isChar, isLetter, isSpace, SEMICOLON, SPACE } from "./chars.ts";
import { refuse, unexpected } from "./state.ts";
import { encode } from "./utf8.ts";

/** The character that the reference read last stands for. */
let referred: u32 = 0;

/** Reads a reference: to a character, or to one of the five entities that need no DTD. */
export function reference(p: usize): usize {
  const start = p++;
  if (load<u8>(p) == HASH) return characterReference(start);
  while (isLetter(load<u8>(p))) p++;
  if (p - start > (MAX_REFERENCE_BYTES as usize)) return refuse(Refusal.ReferenceTooLong, start);
  if (load<u8>(p) != SEMICOLON) return unexpected(p);
  const length = p - start;
  const letters = load<u32>(start + 1);
  if (length == 3 && (letters & 0xffff) == 0x746c) referred = 0x3c; // lt
  else if (length == 3 && (letters & 0xffff) == 0x7467) referred = 0x3e; // gt
  else if (length == 4 && (letters & 0xffffff) == 0x706d61) referred = 0x26; // amp
  else if (length == 5 && letters == 0x746f7571) referred = 0x22; // quot
  else if (length == 5 && letters == 0x736f7061) referred = 0x27; // apos
  else return refuse(Refusal.Entity, p);
  return p + 1;
}

function characterReference(start: usize): usize {
  let p = start + 2;
  const base: u32 = load<u8>(p) == 0x78 ? 16 : 10;
  if (base == 16) p++;
  const digits = p;
  let value: u32 = 0;
  while (true) {
    const c = load<u8>(p) as u32;
    let digit = c - 0x30;
    if (digit > 9) {
      digit = (c | 0x20) - 0x61;
      if (digit > 5 || base == 10) break;
      digit += 10;
    }
    if (value < 0x110000) value = value * base + digit;
    p++;
  }
  if (p - start > (MAX_REFERENCE_BYTES as usize)) return refuse(Refusal.ReferenceTooLong, start);
  if (load<u8>(p) != SEMICOLON || p == digits) return unexpected(p);
  if (!isChar(value)) return refuse(Refusal.Reference, p);
  referred = value;
  return p + 1;
}

/** Writes the value that the bytes of an attribute stand for; returns its length. */
export function normalise(start: usize, stop: usize, to: usize): usize {
  let out = to;
  while (start < stop) {
    const c = load<u8>(start);
    if (c == AMPERSAND) {
      start = reference(start);
      out = encode(referred, out);
    } else {
      store<u8>(out++, isSpace(c) ? SPACE : c);
      // A line break of two characters is one space.
      start += c == 0x0d && load<u8>(start + 1) == 0x0a ? 2 : 1;
    }
  }
  return out - to;
}
