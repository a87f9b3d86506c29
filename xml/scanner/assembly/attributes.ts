// @ts-nocheck: this is AssemblyScript

/*
 * The attributes of one tag. The values of known ones are kept by number, the names of all others
 * only to find twins among them.
 */

import { Attr, MAX_ATTRIBUTES, Ns, Refusal } from "../vocabulary.ts";
import { At, attributeAt, isAttribute } from "./attribute_names.ts";
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
  SPACE,
} from "./chars.ts";
import { KNOWN, OTHER_ENTRY, OTHERS } from "./memory.ts";
import { name, prefixLength } from "./name.ts";
import { declare, isXmlns, resolve } from "./prefixes.ts";
import { reference } from "./reference.ts";
import { pass } from "./run.ts";
import { refuse, unexpected } from "./state.ts";
import { find, List, same } from "./words.ts";

/** Vectors of one byte each: the compiler makes them anew at each use, loading them is faster. */
const LOW = memory.data<u64>([0x2828282828282828, 0x2828282828282828], 16);
const LESSES = memory.data<u64>([0x3c3c3c3c3c3c3c3c, 0x3c3c3c3c3c3c3c3c], 16);

/** Bit n: the known attribute n is there; its value holds references, tabs or line breaks. */
export let present: u32 = 0;
export let fancy: u32 = 0;
/** Whether the value read last holds references, tabs or line breaks. */
let plain: bool = true;

/** Where the value of a known attribute starts and stops. */
export function valueStart(attr: Attr): usize {
  return load<u32>(KNOWN + attr * 8);
}
export function valueStop(attr: Attr): usize {
  return load<u32>(KNOWN + attr * 8, 4);
}

/** Where the next of the other attributes goes. */
let others: usize = OTHERS;

/** Reads all attributes, from behind the tag's name up to `>` or `/`. */
// @inline
export function attributes(p: usize): usize {
  let known: u32 = 0;
  fancy = 0;
  others = OTHERS;
  while (true) {
    const c = load<u8>(p);
    if (c == GREATER || c == SLASH) break;

    // Most are known, ` name='value'`, and fit into 64 bytes: then the marks are the space and the
    // quotes, and if there is no third one, only a quote right behind them can be the end. What can
    // go wrong is put together first, for no single thing can be foreseen.
    const at = attributeAt(load<u32>(p, 1));
    const numbers = load<u64>(at, At.Length);
    const from = p + (numbers as u32);
    const quote = load<u8>(from);
    let marks = stopsIn(p) | stopsIn(p + 16) << 16 | stopsIn(p + 32) << 32 | stopsIn(p + 48) << 48;
    marks &= marks - 1;
    marks &= marks - 1;
    const close = p + ctz(marks) as usize;
    const bit = load<u32>(at, At.Bit);
    const usual = isAttribute(v128.load(p), at) & ((bit & known) == 0) &
      ((quote == APOSTROPHE) | (quote == QUOTE)) & (load<u8>(close) == quote);
    if (usual) {
      known |= bit;
      store<u64>((numbers >> 32) as usize, pair(from + 1, close));
      p = close + 1;
    } else {
      present = known;
      p = anyAttribute(p);
      if (p == 0) return 0;
      known = present;
    }
  }
  present = known;
  return others == OTHERS || distinct(p) ? p : 0;
}

/** Reads white space and an attribute, if there is one. */
function anyAttribute(p: usize): usize {
  const start = skipSpace(p);
  const c = load<u8>(start);
  if (c == GREATER || c == SLASH) return start;
  if (start == p) return unexpected(p);
  p = name(start);
  if (p == 0) return 0;
  const prefix = prefixLength;
  const length = p - start;
  p = skipSpace(p);
  if (load<u8>(p) != EQUALS) return unexpected(p);
  p = skipSpace(p + 1);
  const from = p + 1;
  p = value(p);
  if (p == 0) return 0;

  // The one with a prefix among them, xml:lang, is the same wherever it stands.
  const attr = find(List.Attrs, start, length);
  if (attr != 0) {
    const bit: u32 = 1 << attr;
    if ((present & bit) != 0) return refuse(Refusal.Twin, p);
    present |= bit;
    if (!plain) fancy |= bit;
    store<u64>(KNOWN + attr * 8, pair(from, p - 1));
    return p;
  }
  if (others == OTHERS + MAX_ATTRIBUTES * OTHER_ENTRY) return refuse(Refusal.TooManyAttributes, p);
  store<u64>(others, pair(start, length));
  store<u32>(others, prefix as u32, 8);
  others += OTHER_ENTRY;
  if (prefix != 0 && isXmlns(start, prefix)) {
    const local = prefix + 1;
    if (!declare(start + local, length - local, from, p - 1, plain)) return 0;
  }
  return p;
}

/** Two numbers to be stored in one go. */
export function pair(first: usize, second: usize): u64 {
  return (first as u64) | (second as u64) << 32;
}

/** Reads a quoted value. */
// @inline
function value(p: usize): usize {
  const quote = load<u8>(p);
  if (quote != APOSTROPHE && quote != QUOTE) return unexpected(p);
  plain = true;
  p++;
  const stop = i8x16.splat(quote);
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

/** The bytes that may end a plain value, one bit each: `<`, and all but ASCII from `(` on. */
function stopsIn(p: usize): u64 {
  const bytes = v128.load(p);
  const low = i8x16.lt_s(bytes, v128.load(LOW));
  return i8x16.bitmask(v128.or(low, i8x16.eq(bytes, v128.load(LESSES)))) as u64;
}

/** Checks that the other attributes have declared prefixes and no twins (Namespaces §6.3). */
function distinct(p: usize): bool {
  const top = others;
  if (popcnt(present) + ((top - OTHERS) as u32) / OTHER_ENTRY > (MAX_ATTRIBUTES as u32)) {
    refuse(Refusal.TooManyAttributes, p);
    return false;
  }
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
