// @ts-nocheck: this is AssemblyScript

/*
 * Words by number. All lists share a perfect hash table: there is one word to compare with, and
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
import { GATHER, MASKS, TOP, WORDS } from "./memory.ts";

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
  let number = 0;
  let length: usize = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = i < text.length ? text.charCodeAt(i) : 0x20;
    if (c > 0x20) {
      store<u8>(GATHER + length++, c as u8);
    } else if (length > 0) {
      const at = length > 16
        ? placeOfLong(list, GATHER, length)
        : placeOf(list, short(GATHER, length));
      if (load<u32>(at, AT_MARK) != 0 || length > AT_MARK) unreachable();
      memory.copy(at, GATHER, length);
      store<u32>(at, markOf(list, length), AT_MARK);
      store<u32>(at, ++number, AT_NUMBER);
      length = 0;
    }
  }
}

/* What stands behind a word: its list and length, never 0, and its number. */
const AT_MARK: usize = 48;
const AT_NUMBER: usize = 52;

function markOf(list: List, length: usize): u32 {
  return ((list as u32) + 1) << 8 | (length as u32);
}

/** A word of at most 16 bytes, with zeros behind it. */
// @inline
function short(start: usize, length: usize): v128 {
  return v128.and(v128.load(start), v128.load(MASKS + 16 - length));
}

// @inline
function placeOf(list: List, word: v128): usize {
  return place(list, i64x2.extract_lane(word, 0), i64x2.extract_lane(word, 1));
}

// @inline
function placeOfLong(list: List, start: usize, length: usize): usize {
  return place(list, load<u64>(start), load<u64>(start + length - 8));
}

/** The multiplier is one by which no two words meet: change it when `define` fails. */
// @inline
function place(list: List, first: u64, last: u64): usize {
  const key = first ^ rotl<u64>(last, 27) ^ (list as u64) << 59;
  return WORDS + (((key * 0xde962a6da4fd57c5) >> 54) << 6) as usize;
}

/** The number in the list of the word that is the given bytes, or 0. */
export function find(list: List, start: usize, length: usize): u32 {
  if (length > 16) return findLong(list, start, length);
  const word = short(start, length);
  const at = placeOf(list, word);
  const differs = v128.any_true(v128.xor(word, v128.load(at))) |
    (load<u32>(at, AT_MARK) != markOf(list, length));
  return select<u32>(0, load<u32>(at, AT_NUMBER), differs);
}

function findLong(list: List, start: usize, length: usize): u32 {
  const at = placeOfLong(list, start, length);
  if (length > AT_MARK || load<u32>(at, AT_MARK) != markOf(list, length)) return 0;
  // Three looks are enough for 48 bytes; they may overlap.
  const middle = min(length - 16, 16);
  const differences = v128.or(
    v128.or(differ(start, at), differ(start + middle, at + middle)),
    differ(start + length - 16, at + length - 16),
  );
  return select<u32>(0, load<u32>(at, AT_NUMBER), v128.any_true(differences));
}

function differ(a: usize, b: usize): v128 {
  return v128.xor(v128.load(a), v128.load(b));
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
