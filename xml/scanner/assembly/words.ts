// @ts-nocheck: this is AssemblyScript

/*
 * Words by number. Those of one list and one length are chained, so a search compares with the
 * one or two candidates, 16 bytes at a time.
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
import { MASKS, TOP, WORD_BYTES, WORD_HEADS, WORD_NEXT, WORD_NUMBERS, WORDS } from "./memory.ts";

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
    if (c != 0x20) {
      store<u8>(WORDS + (words + 1) * WORD_BYTES + length++, c as u8);
      continue;
    }
    const head = WORD_HEADS + list * (WORD_BYTES + 1) + length;
    words++;
    store<u8>(WORD_NUMBERS + words, number++ as u8);
    store<u8>(WORD_NEXT + words, load<u8>(head));
    store<u8>(head, words as u8);
    length = 0;
  }
}

/** The number in the list of the word that is the given bytes, or 0. */
export function find(list: List, start: usize, length: usize): u32 {
  if (length > WORD_BYTES) return 0;
  let word: usize = load<u8>(WORD_HEADS + list * (WORD_BYTES + 1) + length);
  while (word != 0) {
    if (same(start, WORDS + word * WORD_BYTES, length)) return load<u8>(WORD_NUMBERS + word);
    word = load<u8>(WORD_NEXT + word);
  }
  return 0;
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
