// @ts-nocheck: this is AssemblyScript

/*
 * What elements mean, by the part they play: only the few places are looked at where something
 * can stand that a record tells about.
 */

import {
  Affiliation,
  At,
  Attr,
  ErrorType,
  Field,
  Flag,
  Kind,
  Name,
  Ns,
  OTHER_CONDITION,
  RECORD_BYTES,
  Role,
  Type,
} from "../vocabulary.ts";
import { fancy, present, valueStart, valueStop } from "./attributes.ts";
import { AT_SIGN, SLASH } from "./chars.ts";
import { RECORDS } from "./memory.ts";
import { keep } from "./state.ts";
import { find, List, same } from "./words.ts";

/** The part an open element plays: what its children can mean. */
export enum Part {
  Nothing,
  Stream,
  Stanza,
  Forwarded,
  Inner,
  MucUser,
  Muc,
  Error,
}

/** The record being written. */
let record: usize = RECORDS;
/** The namespace of the stanza that is the record's subject. */
let subjectNs: u32 = Ns.None;

/** Goes on with the n-th record, keeping what is already written of one not finished. */
export function moveTo(n: usize): void {
  const to = RECORDS + n * RECORD_BYTES;
  if (to != record) memory.copy(to, record, RECORD_BYTES);
  record = to;
}

/** Starts the n-th record, of the stream's own tags. */
export function begin(n: usize, kind: Kind): void {
  record = RECORDS + n * RECORD_BYTES;
  // For so few bytes memory.fill takes longer.
  for (let i = 0; i < RECORD_BYTES; i += 16) v128.store(record + i, i8x16.splat(0));
  store<u8>(record, kind, At.Kind);
}

/** Ends the record. */
export function finish(stop: usize): void {
  store<u32>(record, keep as u32, At.Start);
  store<u32>(record, (stop - keep) as u32, At.Length);
}

/** Ends the forwarded stanza. */
export function finishInner(start: usize, stop: usize): void {
  store<u32>(record, (start - keep) as u32, At.InnerStart);
  store<u32>(record, (stop - start) as u32, At.InnerLength);
}

function flags(): u32 {
  return load<u32>(record, At.Flags);
}

function flag(bits: u32): void {
  store<u32>(record, flags() | bits, At.Flags);
}

/** Sets the flag; a thing that comes twice is more than a record can tell. */
function flagOnce(bit: u32): void {
  flag((flags() & bit) == 0 ? bit : Flag.Unusual);
}

/** Points the field to the attribute's value. */
export function field(to: Field, attr: Attr): void {
  const bit = 1 << attr;
  if ((present & bit) == 0) return;
  if ((fancy & bit) != 0) flag(Flag.Unusual);
  const start = valueStart(attr);
  const at = record + At.Fields + (to as usize) * 8;
  store<u32>(at, (start - keep) as u32);
  store<u32>(at, (valueStop(attr) - start) as u32, 4);
}

/** The number of the attribute's value in the list: 0 if it is absent, `other` if unknown. */
function wordOf(attr: Attr, list: List, other: u32): u32 {
  const bit = 1 << attr;
  if ((present & bit) == 0) return 0;
  if ((fancy & bit) != 0) flag(Flag.Unusual);
  const start = valueStart(attr);
  const word = find(list, start, valueStop(attr) - start);
  return word == 0 ? other : word;
}

/** A child of the stream opens the n-th record. */
export function stanza(n: usize, local: usize, length: usize, ns: u32, content: u32): Part {
  const name = find(List.Names, local, length);
  let kind = Kind.Other;
  if (ns == content) {
    if (isStanza(name)) kind = name as Kind;
    else if (name == Name.Handshake) kind = Kind.Handshake;
  } else if (ns == Ns.Stream && name == Name.Error) {
    kind = Kind.StreamError;
  }
  begin(n, kind);
  if (kind > Kind.Iq) return Part.Nothing;
  subjectNs = ns;
  field(Field.From, Attr.From);
  field(Field.To, Attr.To);
  field(Field.Id, Attr.Id);
  store<u8>(record, wordOf(Attr.Type, List.Types, Type.Other) as u8, At.Type);
  return Part.Stanza;
}

function isStanza(name: u32): bool {
  return name == Name.Message || name == Name.Presence || name == Name.Iq;
}

/** Takes note of an element in a stanza, and tells what its children can mean. */
export function element(parent: Part, local: usize, length: usize, ns: u32): Part {
  if (parent == Part.Error) {
    if (ns == Ns.StanzaErrors) condition(local, length);
    return Part.Nothing;
  }
  const name = find(List.Names, local, length);
  if (name == Name.Unknown && ns != Ns.Link) return Part.Nothing;
  switch (parent) {
    case Part.Stanza:
      return child(name, ns);
    case Part.Forwarded:
      return inner(name, ns);
    case Part.Inner:
      return payload(name, ns);
    case Part.MucUser:
      if (ns == Ns.MucUser) mucUser(name);
      return Part.Nothing;
    case Part.Muc:
      if (ns == Ns.Muc && name == Name.History) flag(Flag.History);
      return Part.Nothing;
    default:
      return Part.Nothing;
  }
}

function child(name: u32, ns: u32): Part {
  if (ns == Ns.Link) {
    flag(Flag.Link);
    return Part.Nothing;
  }
  const before = flags();
  if (name == Name.Forwarded && ns == Ns.Forward) {
    flagOnce(Flag.Forwarded);
    if (before >= (Flag.MucUser as u32)) flag(Flag.Unusual);
    return Part.Forwarded;
  }
  const part = payload(name, ns);
  if ((before & Flag.Forwarded) == 0) return part;
  // A record can tell about one of the two stanzas only.
  if (flags() != before) flag(Flag.Unusual);
  return Part.Nothing;
}

function inner(name: u32, ns: u32): Part {
  const ofStanzas = ns == Ns.Client || ns == Ns.Server || ns == Ns.Component;
  if (!ofStanzas || !isStanza(name)) return Part.Nothing;
  if (load<u8>(record, At.InnerKind) != Kind.None) flag(Flag.Unusual);
  subjectNs = ns;
  store<u8>(record, name as u8, At.InnerKind);
  store<u8>(record, wordOf(Attr.Type, List.Types, Type.Other) as u8, At.InnerType);
  field(Field.InnerFrom, Attr.From);
  field(Field.InnerTo, Attr.To);
  field(Field.InnerId, Attr.Id);
  if (isSession(Attr.From)) flag(Flag.FromSession);
  if (isSession(Attr.To)) flag(Flag.ToSession);
  return Part.Inner;
}

/** Whether the attribute's value is `local@host/…`, with the host that sent the whole stanza. */
function isSession(attr: Attr): bool {
  if ((present & (1 << attr)) == 0) return false;
  const start = valueStart(attr);
  const slash = indexOf(SLASH, start, valueStop(attr));
  const host = indexOf(AT_SIGN, start, slash) + 1;
  const from = record + At.Fields + Field.From * 8;
  const length: usize = load<u32>(from, 4);
  return slash < valueStop(attr) && host + length == slash &&
    same(host, keep + load<u32>(from), length);
}

/** Where the character first stands in a text, or the end of the text. */
function indexOf(char: u8, start: usize, stop: usize): usize {
  for (let p = start; p < stop; p += 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(p), i8x16.splat(char)));
    if (found != 0) return min(p + ctz(found), stop);
  }
  return stop;
}

function payload(name: u32, ns: u32): Part {
  if (name == Name.X) {
    if (ns == Ns.MucUser) {
      flagOnce(Flag.MucUser);
      return Part.MucUser;
    }
    if (ns == Ns.Muc) {
      flag(Flag.Muc);
      return Part.Muc;
    }
  } else if (name == Name.Error && ns == subjectNs) {
    flagOnce(Flag.Error);
    store<u8>(record, wordOf(Attr.Type, List.ErrorTypes, ErrorType.Other) as u8, At.ErrorType);
    field(Field.ErrorBy, Attr.By);
    return Part.Error;
  } else if (name == Name.Delay && ns == Ns.Delay) {
    flagOnce(Flag.Delay);
    field(Field.Stamp, Attr.Stamp);
  } else if (name == Name.Ping && ns == Ns.Ping) {
    flag(Flag.Ping);
  }
  return Part.Nothing;
}

function condition(local: usize, length: usize): void {
  if (find(List.Names, local, length) == Name.Text) return;
  const word = find(List.Conditions, local, length);
  if (load<u8>(record, At.Condition) != 0) flag(Flag.Unusual);
  store<u8>(record, (word == 0 ? OTHER_CONDITION : word) as u8, At.Condition);
}

function mucUser(name: u32): void {
  if (name == Name.Status) {
    const code = wordOf(Attr.Code, List.Statuses, 0);
    if (code == 0) flag(Flag.OtherStatus);
    else store<u32>(record, load<u32>(record, At.Statuses) | 1 << (code - 1), At.Statuses);
  } else if (name == Name.Item) {
    flagOnce(Flag.Item);
    const affiliation = wordOf(Attr.Affiliation, List.Affiliations, Affiliation.Other);
    store<u8>(record, affiliation as u8, At.Affiliation);
    store<u8>(record, wordOf(Attr.Role, List.Roles, Role.Other) as u8, At.Role);
    field(Field.Nick, Attr.Nick);
    field(Field.ItemJid, Attr.Jid);
  } else if (name == Name.Destroy) {
    flag(Flag.Destroy);
  }
}
