// @ts-nocheck: this is AssemblyScript

/*
 * The XML declaration (XML 1.0 §2.8), which only the very start of a stream may have.
 */

import { Refusal } from "../vocabulary.ts";
import {
  APOSTROPHE,
  EQUALS,
  GREATER,
  isLetter,
  isSpace,
  QUESTION,
  QUOTE,
  skipSpace,
} from "./chars.ts";
import { refuse, unexpected } from "./state.ts";
import { find, List } from "./words.ts";

enum Say {
  Version = 1,
  Encoding = 2,
  Standalone = 3,
}

/** Reads the declaration, or refuses a processing instruction. */
export function declaration(p: usize, first: bool): usize {
  const start = p;
  // "<?xml", of which "<?" is known.
  for (let i: usize = 2; i < 5; i++) {
    const c = load<u8>(p + i);
    const wanted: u8 = i == 2 ? 0x78 : i == 3 ? 0x6d : 0x6c;
    if (c != wanted) return c == 0 ? unexpected(p + i) : refuse(Refusal.Restricted, start);
  }
  p += 5;
  const c = load<u8>(p);
  if (!isSpace(c)) return c == 0 ? unexpected(p) : refuse(Refusal.Restricted, start);
  if (!first) return refuse(Refusal.Declaration, start);

  let said: u32 = 0;
  while (true) {
    const gap = p;
    p = skipSpace(p);
    if (load<u8>(p) == QUESTION) break;
    if (p == gap) return unexpected(p);
    const word = p;
    while (isLetter(load<u8>(p))) p++;
    const say = find(List.Declaration, word, p - word);
    p = skipSpace(p);
    if (load<u8>(p) != EQUALS) return unexpected(p);
    p = skipSpace(p + 1);
    const quote = load<u8>(p);
    if (quote != APOSTROPHE && quote != QUOTE) return unexpected(p);
    const value = ++p;
    while (isValuePart(load<u8>(p))) p++;
    if (load<u8>(p) != quote) return unexpected(p);
    // In order, none twice, and the version is a must.
    if (say <= said || (said == 0 && say != Say.Version)) return refuse(Refusal.Declaration, word);
    const reason = judge(say, value, p - value);
    if (reason != Refusal.None) return refuse(reason, value);
    said = say;
    p++;
  }
  if (load<u8>(++p) != GREATER) return unexpected(p);
  return said == 0 ? refuse(Refusal.Declaration, p) : p + 1;
}

function isValuePart(c: u8): bool {
  return isLetter(c) || c - 0x30 < 10 || c == 0x2d || c == 0x2e || c == 0x5f;
}

/** Only XML 1.0 in UTF-8 will do (RFC 6120 §11). */
function judge(say: u32, value: usize, length: usize): Refusal {
  const start = load<u32>(value);
  if (say == Say.Version) {
    return length == 3 && (start & 0xffffff) == 0x302e31 ? Refusal.None : Refusal.Declaration;
  }
  if (say == Say.Encoding) {
    const isUtf8 = length == 5 && (start | 0x202020) == 0x2d667475 && load<u8>(value, 4) == 0x38;
    return isUtf8 ? Refusal.None : Refusal.Encoding;
  }
  const isYes = length == 3 && (start & 0xffffff) == 0x736579;
  const isNo = length == 2 && (start & 0xffff) == 0x6f6e;
  return isYes || isNo ? Refusal.None : Refusal.Declaration;
}
