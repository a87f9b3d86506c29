// @ts-nocheck: this is AssemblyScript

/*
 * The attributes of one tag. The values of known ones are kept by number, the names of all others
 * only to find twins among them.
 */

import { Attr, MAX_ATTRIBUTES, Ns, Refusal } from "../vocabulary.ts";
import {
  AMPERSAND,
  APOSTROPHE,
  EQUALS,
  GREATER,
  isSpace,
  LESS,
  QUOTE,
  skipSpace,
  SLASH,
} from "./chars.ts";
import { KNOWN, OTHER_ENTRY, OTHERS } from "./memory.ts";
import { name, prefixLength } from "./name.ts";
import { declare, isXmlns, resolve } from "./prefixes.ts";
import { reference } from "./reference.ts";
import { pass } from "./run.ts";
import { refuse, unexpected } from "./state.ts";
import { find, List, same } from "./words.ts";

/** Bit n: the known attribute n is there; its value holds references, tabs or line breaks. */
export let present: u32 = 0;
export let fancy: u32 = 0;
/** The attributes that are not known. */
let others: usize = 0;
/** Whether the value read last holds references, tabs or line breaks. */
let plain: bool = true;

/** Where the value of a known attribute starts and stops. */
export function valueStart(attr: Attr): usize {
  return load<u32>(KNOWN + attr * 8);
}
export function valueStop(attr: Attr): usize {
  return load<u32>(KNOWN + attr * 8, 4);
}

/** Reads all attributes, from behind the tag's name up to `>` or `/`. */
export function attributes(p: usize): usize {
  present = 0;
  fancy = 0;
  others = 0;
  let count = 0;
  while (true) {
    const gap = p;
    p = skipSpace(p);
    const c = load<u8>(p);
    if (c == GREATER || c == SLASH) break;
    if (p == gap) return unexpected(p);
    const start = p;
    p = name(p);
    if (p == 0) return 0;
    const length = p - start;
    const prefix = prefixLength;
    if (load<u8>(p) != EQUALS) {
      p = skipSpace(p);
      if (load<u8>(p) != EQUALS) return unexpected(p);
    }
    p++;
    if (isSpace(load<u8>(p))) p = skipSpace(p);
    const from = p + 1;
    p = value(p);
    if (p == 0) return 0;
    if (count++ == MAX_ATTRIBUTES) return refuse(Refusal.TooManyAttributes, p);

    const attr = prefix == 0 ? find(List.Attrs, start, length) : Attr.Unknown;
    if (attr != Attr.Unknown) {
      const bit = 1 << attr;
      if ((present & bit) != 0) return refuse(Refusal.Twin, p);
      present |= bit;
      if (!plain) fancy |= bit;
      store<u32>(KNOWN + attr * 8, from as u32);
      store<u32>(KNOWN + attr * 8, (p - 1) as u32, 4);
      continue;
    }
    if (prefix != 0 && isXmlns(start, prefix)) {
      const local = prefix + 1;
      if (!declare(start + local, length - local, from, p - 1, plain)) return 0;
    }
    const entry = OTHERS + others++ * OTHER_ENTRY;
    store<u32>(entry, start as u32);
    store<u32>(entry, length as u32, 4);
    store<u32>(entry, prefix as u32, 8);
  }
  return others == 0 || distinct(p) ? p : 0;
}

/** Reads a quoted value. */
function value(p: usize): usize {
  const quote = load<u8>(p);
  if (quote != APOSTROPHE && quote != QUOTE) return unexpected(p);
  plain = true;
  const stop = i8x16.splat(quote);
  p++;
  while (true) {
    p = pass(p, stop, i8x16.splat(LESS), i8x16.splat(AMPERSAND));
    if (p == 0) return 0;
    const c = load<u8>(p);
    if (c == quote) return p + 1;
    plain = false;
    if (c == AMPERSAND) {
      p = reference(p);
      if (p == 0) return 0;
    } else if (isSpace(c)) {
      p++;
    } else {
      return unexpected(p);
    }
  }
}

/** Checks that the other attributes have declared prefixes and no twins (Namespaces §6.3). */
function distinct(p: usize): bool {
  const top = OTHERS + others * OTHER_ENTRY;
  for (let a = OTHERS; a < top; a += OTHER_ENTRY) {
    const start: usize = load<u32>(a);
    const length: usize = load<u32>(a, 4);
    const prefix: usize = load<u32>(a, 8);
    const local = prefix == 0 ? 0 : prefix + 1;
    const ns = prefix == 0 ? Ns.None : resolve(start, prefix);
    if (prefix != 0 && ns == Ns.None) {
      refuse(Refusal.UndeclaredPrefix, p);
      return false;
    }
    // From now on the entry is the local name and its namespace.
    store<u32>(a, (start + local) as u32);
    store<u32>(a, (length - local) as u32, 4);
    store<u32>(a, ns, 8);
    for (let b = OTHERS; b < a; b += OTHER_ENTRY) {
      if (
        load<u32>(b, 4) == length - local && load<u32>(b, 8) == ns &&
        same(load<u32>(b), start + local, length - local)
      ) {
        refuse(Refusal.Twin, p);
        return false;
      }
    }
  }
  return true;
}
