// @ts-nocheck: this is AssemblyScript

/*
 * Text and CDATA. Both are read as far as the input goes: there is no need to see their end.
 */

import { Refusal } from "../vocabulary.ts";
import { AMPERSAND, GREATER, isSpace, LESS, skipSpace } from "./chars.ts";
import { reference } from "./reference.ts";
import { pass } from "./run.ts";
import { closed } from "./tag.ts";
import { depth, end, refuse, setPosition } from "./state.ts";
import { wholeUntil } from "./utf8.ts";

/** Whether the scanner is inside a CDATA section. */
export let inCdata: bool = false;

/** `]]`, as the two bytes before an address; they can only be text there, never markup. */
function isCloser(p: usize): bool {
  return load<u16>(p - 2) == 0x5d5d;
}

/** Stops: at the end of the input, or at a character that does not belong here. */
function stop(p: usize): usize {
  if (p < end) return refuse(Refusal.Character, p);
  setPosition(wholeUntil(end));
  return 0;
}

/** Reads text up to the next tag. */
export function text(p: usize): usize {
  while (true) {
    p = pass(p, i8x16.splat(LESS), i8x16.splat(AMPERSAND), i8x16.splat(GREATER));
    if (p == 0) return 0;
    const c = load<u8>(p);
    if (c == LESS) return p;
    if (c == AMPERSAND) {
      setPosition(p);
      p = reference(p);
      if (p == 0) return 0;
    } else if (c == GREATER) {
      if (isCloser(p)) return refuse(Refusal.CdataEnd, p);
      p++;
    } else if (isSpace(c)) {
      p++;
    } else {
      return stop(p);
    }
  }
}

/** Reads what is between stanzas: white space. */
export function blank(p: usize): usize {
  p = skipSpace(p);
  if (load<u8>(p) == LESS) return p;
  if (p < end) return refuse(closed ? Refusal.AfterEnd : Refusal.Text, p);
  setPosition(p);
  return 0;
}

/** Enters a CDATA section, or refuses a comment or a DTD. */
export function openCdata(p: usize): usize {
  // "<![CDATA[" is nine bytes; the last eight are compared as one number.
  const wanted: u64 = 0x5b41544144435b21;
  const different = load<u64>(p, 1) ^ wanted;
  if (different != 0) {
    const at = p + 1 + (ctz(different) >> 3) as usize;
    if (at < end) return refuse(Refusal.Restricted, p);
    setPosition(p);
    return 0;
  }
  if (depth < 2) return refuse(Refusal.Text, p);
  inCdata = true;
  return p + 9;
}

/** Reads a CDATA section to its end. */
export function cdata(p: usize): usize {
  const close = i8x16.splat(GREATER);
  while (true) {
    p = pass(p, close, close, close);
    if (p == 0) return 0;
    const c = load<u8>(p);
    if (c == GREATER) {
      if (isCloser(p++)) {
        inCdata = false;
        return p;
      }
    } else if (isSpace(c)) {
      p++;
    } else {
      return stop(p);
    }
  }
}
