// @ts-nocheck: this is AssemblyScript

/*
 * Words by number. Each list is a perfect hash table: there is one word to compare with, and
 * nothing for the processor to guess wrong.
 */

import {
  AFFILIATIONS,
  ATTRS,
  CONDITIONS,
  DECLARATION,
  ERROR_TYPES,
  NAMES,
  NAMESPACES,
  ROLES,
  STATUSES,
  TYPES,
} from "../vocabulary.ts";
import { MASKS, TOP, WORD_BYTES, WORD_NUMBERS, WORD_PLACES, WORDS } from "./memory.ts";

/** The lists. */
export enum List {
  Names,
  Attrs,
  Namespaces,
  Types,
  ErrorTypes,
  Affiliations,
  Roles,
  Conditions,
  Statuses,
  Declaration,
}

let words: usize = 0;

/** Fills in the tables; the program's first act. */
export function define(): void {
  if (TOP > (memory.size() as usize) << 16) unreachable();
  memory.fill(MASKS, 0xff, 16);
  defineList(List.Names, NAMES);
  defineList(List.Attrs, ATTRS);
  defineList(List.Namespaces, NAMESPACES);
  defineList(List.Types, TYPES);
  defineList(List.ErrorTypes, ERROR_TYPES);
  defineList(List.Affiliations, AFFILIATIONS);
  defineList(List.Roles, ROLES);
  defineList(List.Conditions, CONDITIONS);
  defineList(List.Statuses, STATUSES);
  defineList(List.Declaration, DECLARATION);
}

function defineList(list: List, text: string): void {
  let number = 1;
  let length: usize = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = i < text.length ? text.charCodeAt(i) : 0x20;
    if (c > 0x20) {
      store<u8>(WORDS + (words + 1) * WORD_BYTES + length++, c as u8);
      continue;
    }
    if (length == 0) continue;
    const word = WORDS + ++words * WORD_BYTES;
    const place = WORD_PLACES + list * 256 + hash(keyOf(word, length));
    if (load<u8>(place) != 0) unreachable();
    store<u8>(place, words as u8);
    store<u8>(WORD_NUMBERS + words, number++ as u8);
    length = 0;
  }
}

/** A word of up to 8 bytes is its own key; from a longer one the first and last 8 are mixed. */
function keyOf(start: usize, length: usize): u64 {
  const first = load<u64>(start);
  if (length <= 8) return first & u64.MAX_VALUE >> ((8 - length) << 3);
  return first ^ rotl<u64>(load<u64>(start + length - 8), 27);
}

/** The multiplier is one by which no two words of a list meet: change it when `define` fails. */
function hash(key: u64): usize {
  return ((key * 0xf4767f26294365b3) >> 56) as usize;
}

/** The number in the list of the word that is the given bytes, or 0. */
export function find(list: List, start: usize, length: usize): u32 {
  return findHere(list, start, length);
}

/** The same, compiled into the caller. */
// @inline
export function findHere(list: List, start: usize, length: usize): u32 {
  if (length > 8) return findLong(list, start, length);
  // An empty one becomes the bytes behind it, which start with a quote, as no word does.
  const key = keyOf(start, length);
  const word: usize = load<u8>(WORD_PLACES + list * 256 + hash(key));
  const at = WORDS + word * WORD_BYTES;
  return select<u32>(
    load<u8>(WORD_NUMBERS + word),
    0,
    (load<u64>(at) ^ key | load<u8>(at, 8)) == 0,
  );
}

function findLong(list: List, start: usize, length: usize): u32 {
  const word: usize = load<u8>(WORD_PLACES + list * 256 + hash(keyOf(start, length)));
  const at = WORDS + word * WORD_BYTES;
  // Unused bytes of a word are zero.
  const found = word != 0 && length < WORD_BYTES && load<u8>(at + length) == 0 &&
    same(start, at, length);
  return found ? load<u8>(WORD_NUMBERS + word) : 0;
}

/** Whether two ranges hold the same bytes. May read, but not heed, up to 15 bytes more. */
export function same(a: usize, b: usize, length: usize): bool {
  while (length > 16) {
    if (v128.any_true(v128.xor(v128.load(a), v128.load(b)))) return false;
    a += 16;
    b += 16;
    length -= 16;
  }
  const differences = v128.xor(v128.load(a), v128.load(b));
  return !v128.any_true(v128.and(differences, v128.load(MASKS + 16 - length)));
}
