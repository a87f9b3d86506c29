// @ts-nocheck: this is AssemblyScript

/*
 * Namespaces and the prefixes declared for them.
 *
 * A namespace is a number: one of Ns, or, for the URI of a prefix that is not known, Ns.Other
 * plus the place of the first declaration of the same URI that is in scope. So two prefixes mean
 * the same namespace exactly if their numbers are equal. For default namespaces Ns.Other will do.
 */

import { MAX_PREFIXES, Ns, Refusal } from "../vocabulary.ts";
import { GATHER, PREFIX_ENTRY, PREFIX_TEXT, PREFIX_TEXT_BYTES, PREFIXES } from "./memory.ts";
import { normalise } from "./reference.ts";
import { refuse } from "./state.ts";
import { find, List, same } from "./words.ts";

/** The declarations in scope. */
export let declared: i32 = 0;

/** Forgets the declarations beyond the first n. */
export function undeclare(n: i32): void {
  declared = n;
}

/** The number of a default namespace as written; plain: without references and tabs. */
export function namespace(start: usize, stop: usize, plain: bool): u32 {
  return plain ? numberOf(start, stop - start) : numberOf(GATHER, normalise(start, stop, GATHER));
}

function numberOf(uri: usize, length: usize): u32 {
  const ns = find(List.Namespaces, uri, length);
  return ns != 0 ? ns : length == 0 ? Ns.None : Ns.Other;
}

/** Declares a prefix; false if the stream was refused for it. */
export function declare(
  prefix: usize,
  length: usize,
  start: usize,
  stop: usize,
  plain: bool,
): bool {
  const entry = PREFIXES + declared * PREFIX_ENTRY;
  const text = declared == 0
    ? PREFIX_TEXT
    : (load<u32>(entry - PREFIX_ENTRY, 8) + load<u32>(entry - PREFIX_ENTRY, 12)) as usize;
  const room = PREFIX_TEXT + PREFIX_TEXT_BYTES - text;
  if (declared == MAX_PREFIXES || length + (stop - start) > room) {
    refuse(Refusal.TooManyPrefixes, start);
    return false;
  }
  memory.copy(text, prefix, length);
  const uri = text + length;
  let uriLength = stop - start;
  if (plain) memory.copy(uri, start, uriLength);
  else uriLength = normalise(start, stop, uri);

  let ns = numberOf(uri, uriLength);
  if (
    ns == Ns.None || ns == Ns.Xmlns || isXmlns(prefix, length) ||
    isXml(prefix, length) != (ns == Ns.Xml)
  ) {
    refuse(Refusal.NamespaceRule, start);
    return false;
  }
  if (ns == Ns.Other) ns = placeOf(uri, uriLength);
  store<u32>(entry, text as u32);
  store<u32>(entry, length as u32, 4);
  store<u32>(entry, uri as u32, 8);
  store<u32>(entry, uriLength as u32, 12);
  store<u32>(entry, ns, 16);
  declared++;
  return true;
}

function placeOf(uri: usize, length: usize): u32 {
  for (let i = 0; i < declared; i++) {
    const entry = PREFIXES + i * PREFIX_ENTRY;
    if (load<u32>(entry, 12) == length && same(load<u32>(entry, 8), uri, length)) {
      return Ns.Other + i;
    }
  }
  return Ns.Other + declared;
}

/** The number of the namespace that the prefix stands for, or Ns.None if it is not declared. */
export function resolve(prefix: usize, length: usize): u32 {
  for (let i = declared - 1; i >= 0; i--) {
    const entry = PREFIXES + i * PREFIX_ENTRY;
    if (load<u32>(entry, 4) == length && same(load<u32>(entry), prefix, length)) {
      return load<u32>(entry, 16);
    }
  }
  return isXml(prefix, length) ? Ns.Xml : isXmlns(prefix, length) ? Ns.Xmlns : Ns.None;
}

function isXml(prefix: usize, length: usize): bool {
  return length == 3 && (load<u32>(prefix) & 0xffffff) == 0x6c6d78;
}

/** Whether the prefix is the one of declarations. */
export function isXmlns(prefix: usize, length: usize): bool {
  return length == 5 && load<u32>(prefix) == 0x6e6c6d78 && load<u8>(prefix, 4) == 0x73;
}
