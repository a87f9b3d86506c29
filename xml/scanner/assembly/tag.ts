// @ts-nocheck: this is AssemblyScript

/*
 * Tags, the stack of open elements, and the points where a record is complete.
 */

import { Attr, Field, Kind, Name, Ns, Refusal } from "../vocabulary.ts";
import { attributes, fancy, pair, present, valueStart, valueStop } from "./attributes.ts";
import { GREATER, skipSpace, SLASH } from "./chars.ts";
import { HEADER, STACK, STACK_ENTRY } from "./memory.ts";
import { name, prefixLength } from "./name.ts";
import { declared, isXmlns, namespace, resolve, undeclare } from "./prefixes.ts";
import { begin, element, field, finish, finishInner, Part, stanza } from "./record.ts";
import {
  depth,
  end,
  keep,
  limit,
  maxDepth,
  refusal,
  refuse,
  setDepth,
  unexpected,
} from "./state.ts";
import { find, List, same } from "./words.ts";

/** Finished records, not yet taken by the host. */
export let count: usize = 0;
/** Whether the stream has been closed. */
export let closed: bool = false;

export function setCount(n: usize): void {
  count = n;
}

/** Reads a start tag or the tag of an empty element. */
// @inline
export function startTag(p: usize): usize {
  const parent = STACK + depth * STACK_ENTRY;
  undeclare(load<u8>(parent, 8));
  const start = p + 1;
  p = name(start);
  if (p == 0) return 0;
  const length = p - start;
  const prefix = prefixLength;
  p = attributes(p);
  if (p == 0) return 0;
  const empty = load<u8>(p) == SLASH;
  if (empty && load<u8>(++p) != GREATER) return unexpected(p);
  p++;

  // The namespaces: the default one, and that of the element.
  let standard: u32 = load<u8>(parent, 9);
  const bit = 1 << Attr.Xmlns;
  if ((present & bit) != 0) {
    const from = valueStart(Attr.Xmlns);
    standard = namespace(from, valueStop(Attr.Xmlns), (fancy & bit) == 0);
    if (standard == Ns.Xml || standard == Ns.Xmlns) return refuse(Refusal.NamespaceRule, from);
  }
  let ns = standard;
  let local = start;
  if (prefix != 0) {
    if (isXmlns(start, prefix)) return refuse(Refusal.NamespaceRule, p);
    ns = resolve(start, prefix);
    if (ns == Ns.None) return refuse(Refusal.UndeclaredPrefix, p);
    local += prefix + 1;
  }
  if (depth == maxDepth) return refuse(Refusal.TooDeep, p);

  let part = load<u8>(parent, 10) as Part;
  if (part == Part.Stream) {
    part = stanza(count, local, start + length - local, ns, load<u8>(parent, 9));
  } else if (part != Part.Nothing) {
    part = element(part, local, start + length - local, ns);
  } else if (depth == 0) {
    if (!header(local, start + length - local, ns, standard, p)) return 0;
    part = Part.Stream;
  }

  if (empty) {
    if (part == Part.Inner) finishInner(start - 1, p);
    undeclare(load<u8>(parent, 8));
    return depth > 1 || complete(depth, p) ? p : 0;
  }
  const entry = parent + STACK_ENTRY;
  store<u64>(entry, pair(start - keep, length));
  store<u32>(entry, (declared as u32) | standard << 8 | (part as u32) << 16, 8);
  if (part == Part.Inner) store<u32>(entry, (start - 1 - keep) as u32, 12);
  setDepth(depth + 1);
  return p;
}

/** Reads an end tag. */
// @inline
export function endTag(p: usize): usize {
  if (depth == 0) return refuse(Refusal.Mismatch, p);
  const entry = STACK + depth * STACK_ENTRY;
  const base = depth == 1 ? HEADER : keep;
  const length = load<u32>(entry, 4) as usize;
  const start = p;
  p += 2;
  if (!same(base + load<u32>(entry), p, length)) {
    let name = base + load<u32>(entry);
    while (load<u8>(name) == load<u8>(p)) {
      name++;
      p++;
    }
    return p >= end ? 0 : refuse(Refusal.Mismatch, p);
  }
  p += length;
  if (load<u8>(p) != GREATER) {
    p = skipSpace(p);
    if (load<u8>(p) != GREATER) return p >= end ? 0 : refuse(Refusal.Mismatch, p);
  }
  p++;
  if (load<u8>(entry, 10) == Part.Inner) finishInner(keep + load<u32>(entry, 12), p);
  setDepth(depth - 1);
  return depth > 1 || complete(depth, p) ? p : 0;
}

/** Checks the stream header and makes its record; false if the stream was refused for it. */
function header(local: usize, length: usize, ns: u32, content: u32, stop: usize): bool {
  if (stop - keep > limit()) refuse(Refusal.TooLong, stop);
  else if (ns != Ns.Stream || !isContent(content)) refuse(Refusal.StreamNamespace, stop);
  else if (find(List.Names, local, length) != Name.Stream) refuse(Refusal.Root, stop);
  if (refusal != Refusal.None) return false;
  memory.copy(HEADER, keep, stop - keep);
  begin(count++, Kind.Open);
  field(Field.From, Attr.From);
  field(Field.To, Attr.To);
  field(Field.Id, Attr.Id);
  finish(stop);
  return true;
}

/** Ends a stanza or the stream; false if it was refused. */
function complete(remaining: i32, stop: usize): bool {
  if (stop - keep > limit()) {
    refuse(Refusal.TooLong, stop);
    return false;
  }
  if (remaining == 0) {
    begin(count, Kind.Close);
    closed = true;
  }
  finish(stop);
  count++;
  return true;
}

function isContent(ns: u32): bool {
  return ns == Ns.Component || ns == Ns.Client || ns == Ns.Server;
}
