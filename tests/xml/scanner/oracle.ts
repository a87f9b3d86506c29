/**
 * The same records made the long way: saxes reads the stream, and what a record should say is read
 * off the tree of each stanza.
 */

import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from "saxes";
import {
  AFFILIATIONS,
  CONDITIONS,
  ERROR_TYPES,
  MAX_ATTRIBUTES,
  MAX_PREFIXES,
  ROLES,
  STATUSES,
  TYPES,
} from "../../../xml/scanner/vocabulary.ts";
import { words } from "../../../xml/scanner/word_list.ts";
import { NS } from "../../../xmpp/namespaces.ts";
import { FLAGS, type Snapshot } from "./snapshot.ts";

/** What the oracle says about a stream. */
export interface Verdict {
  records: Snapshot[];
  /** Why the stream is refused, or undefined while all is well. */
  refused: string | undefined;
  /** Whether the stream ends inside a tag, a reference or a character. */
  cut: boolean;
  /** Whether it ends inside a character. */
  partial: boolean;
  /** The names of the elements that are open at the end. */
  open: string[];
}

interface Node {
  /** The name with its prefix. */
  tag: string;
  name: string;
  ns: string;
  attrs: Map<string, string>;
  children: Node[];
  start: number;
  end: number;
}

const CONTENTS: readonly string[] = [NS.component, NS.client, NS.server];
const STANZAS: readonly string[] = ["message", "presence", "iq"];

/** What saxes keeps to itself. */
interface Internals {
  state: number;
  text: string;
  topNS: Record<string, string>;
  pushAttrib(name: string, value: string): void;
}

/** The states of saxes inside a CDATA section. */
const IN_CDATA: readonly number[] = [20, 21, 22];
/** The states between tags and references: before the root, text, CDATA that is not ending. */
const AT_REST: readonly number[] = [0, 1, 13, 20];

/** Reads a stream. */
export function consult(bytes: Uint8Array, maxDepth = 64): Verdict {
  const { text, broken, partial } = decode(bytes);
  const records: Snapshot[] = [];
  const path: Node[] = [];
  let content = "";
  let prefixes = 0;
  const scopes: number[] = [];
  let tagEnd = 0;
  const parser = new SaxesParser({ xmlns: true, fileName: "" });
  const internals = parser as unknown as Internals;
  takeNamespacesAsTheyAre(internals);
  const refuse = (why: string) => {
    throw new Error(why);
  };

  let before = 0;
  parser.on("error", (error) => {
    // saxes tells that an element ends before it looks at the name in the end tag.
    if (/unexpected close tag/.test(error.message)) records.length = before;
    throw error;
  });
  // RFC 6120 §11 forbids these, §4.9.3 the text.
  parser.on("comment", () => refuse("comment"));
  parser.on("doctype", () => refuse("doctype"));
  parser.on("processinginstruction", () => refuse("processing instruction"));
  parser.on("cdata", () => path.length < 2 && refuse("CDATA between stanzas"));
  parser.on("text", (text) => path.length < 2 && /[^ \t\r\n]/.test(text) && refuse("text"));
  parser.on("xmldecl", ({ version, encoding }) => {
    if (version !== "1.0") refuse("version");
    if (encoding !== undefined && encoding.toLowerCase() !== "utf-8") refuse("encoding");
  });
  parser.on("opentagstart", () => scopes.push(prefixes));
  parser.on("attribute", ({ name, prefix }: SaxesAttributeNS) => {
    checkLocal(name);
    if (prefix === "xmlns") prefixes++;
  });
  // saxes accepts local parts that start like no name may (Namespaces §3, NCName).
  const checkLocal = (name: string) =>
    /:[-.0-9\u00b7\u0300-\u036f\u203f\u2040]/.test(name) &&
    refuse("local part");

  parser.on("opentag", (tag: SaxesTagNS) => {
    checkLocal(tag.name);
    const attributes = Object.values(tag.attributes);
    if (attributes.length > MAX_ATTRIBUTES) refuse("too many attributes");
    if (prefixes > MAX_PREFIXES) refuse("too many prefixes");
    if (path.length > maxDepth) refuse("too deep");
    const attrs = new Map(
      attributes.filter(({ prefix }) => prefix === "").map(({ name, value }) => [name, value]),
    );
    const node: Node = {
      tag: tag.name,
      name: tag.local,
      ns: tag.uri,
      attrs,
      children: [],
      start: text.lastIndexOf("<", parser.position - 1),
      end: 0,
    };
    if (path.length === 0) {
      content = tag.ns[""] ?? "";
      if (tag.uri !== NS.stream || !CONTENTS.includes(content)) refuse("stream namespace");
      if (tag.local !== "stream") refuse("root");
      const open = blank("Open", text.slice(node.start, parser.position));
      fields(open, { From: attrs.get("from"), To: attrs.get("to"), Id: attrs.get("id") });
      records.push(open);
    }
    path.at(-1)?.children.push(node);
    path.push(node);
    tagEnd = parser.position;
  });
  parser.on("closetag", () => {
    const node = path.pop()!;
    before = records.length;
    prefixes = scopes.pop()!;
    node.end = parser.position;
    if (path.length === 1) {
      records.push(stanza(node, content, text));
    } else if (path.length === 0) {
      const start = tagEnd === parser.position ? node.start : text.lastIndexOf("<", node.end - 1);
      records.push(blank("Close", text.slice(start, node.end)));
    }
  });

  try {
    // saxes drops a byte order mark, which is a character in a stream (RFC 6120 §11.6).
    if (text.startsWith("\ufeff")) refuse("byte order mark");
    parser.write(text);
    if (broken) refuse("not UTF-8");
    // saxes tells of text and CDATA when they end, or not at all.
    if (path.length < 2 && IN_CDATA.includes(internals.state)) refuse("CDATA between stanzas");
    if (path.length < 2 && AT_REST.includes(internals.state) && /[^ \t\r\n]/.test(internals.text)) {
      refuse("text");
    }
  } catch (error) {
    return { records, refused: String(error), cut: false, partial: false, open: [] };
  }
  const cut = partial || !AT_REST.includes(internals.state);
  return { records, refused: undefined, cut, partial, open: path.map(({ tag }) => tag) };
}

/** Keeps saxes from trimming namespace URIs, which are what they are (Namespaces in XML §2.1). */
function takeNamespacesAsTheyAre(parser: Internals): void {
  const push = parser.pushAttrib.bind(parser);
  parser.pushAttrib = (name, value) => {
    const declares = name === "xmlns" || name.startsWith("xmlns:");
    if (!declares || value === value.trim()) return push(name, value);
    push(name, `untrimmed:${value}.`);
    parser.topNS[name.slice("xmlns:".length)] = value;
  };
}

/**
 * The text up to the first byte that is not UTF-8, whether there is such a byte, and whether the
 * end cuts a character off.
 */
function decode(bytes: Uint8Array): { text: string; broken: boolean; partial: boolean } {
  const options = { fatal: true, ignoreBOM: true };
  try {
    const text = new TextDecoder("utf-8", options).decode(bytes);
    return { text, broken: false, partial: false };
  } catch {
    const decoder = new TextDecoder("utf-8", options);
    let text = "";
    for (let i = 0; i < bytes.length; i++) {
      try {
        text += decoder.decode(bytes.subarray(i, i + 1), { stream: true });
      } catch {
        return { text, broken: true, partial: false };
      }
    }
    return { text, broken: false, partial: true };
  }
}

function blank(kind: string, text: string): Snapshot {
  return {
    kind,
    text,
    unusual: false,
    type: "None",
    innerKind: "None",
    innerType: "None",
    inner: "",
    flags: [],
    statuses: [],
    condition: "",
    errorType: "None",
    affiliation: "Absent",
    role: "Absent",
    fields: {},
  };
}

function fields(record: Snapshot, values: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) record.fields[name] = value;
  }
}

/** The name that the enum has for a word of the list. */
function word(value: string | undefined, list: string, absent = "None"): string {
  if (value === undefined) return absent;
  return words(list).includes(value) ? value[0]!.toUpperCase() + value.slice(1) : "Other";
}

function stanza(node: Node, content: string, text: string): Snapshot {
  const record = blank("Other", text.slice(node.start, node.end));
  if (node.ns === content && node.name === "handshake") record.kind = "Handshake";
  if (node.ns === NS.stream && node.name === "error") record.kind = "StreamError";
  if (node.ns !== content || !STANZAS.includes(node.name)) return record;
  record.kind = word(node.name, STANZAS.join(" "));
  record.type = word(node.attrs.get("type"), TYPES);
  fields(record, { From: node.attrs.get("from"), To: node.attrs.get("to") });
  fields(record, { Id: node.attrs.get("id") });
  const flags = new Set<string>();
  if (node.children.some(({ ns }) => ns === NS.plugin)) flags.add("Link");

  const forwarded = named(node, "forwarded", NS.forward);
  let subject: Node | undefined = node;
  if (forwarded.length > 0) {
    flags.add("Forwarded");
    subject = forwarded[0]!.children.find(({ name, ns }) =>
      STANZAS.includes(name) && CONTENTS.includes(ns)
    );
    if (subject !== undefined) {
      const { attrs } = subject;
      record.innerKind = word(subject.name, STANZAS.join(" "));
      record.innerType = word(attrs.get("type"), TYPES);
      record.inner = text.slice(subject.start, subject.end);
      fields(record, { InnerFrom: attrs.get("from"), InnerTo: attrs.get("to") });
      fields(record, { InnerId: attrs.get("id") });
      const host = node.attrs.get("from") ?? "";
      if (isSession(attrs.get("from"), host)) flags.add("FromSession");
      if (isSession(attrs.get("to"), host)) flags.add("ToSession");
    }
  }
  if (subject !== undefined) describe(subject, record, flags);
  record.flags = FLAGS.filter((flag) => flags.has(flag));
  return record;
}

/** Whether an address is `local@host/…`. */
function isSession(address = "", host: string): boolean {
  const [bare, resource] = address.split(/\/(.*)/s);
  const [, domain] = bare!.split(/@(.*)/s);
  return resource !== undefined && domain === host;
}

function named(parent: Node, name: string, ns: string): Node[] {
  return parent.children.filter((child) => child.name === name && child.ns === ns);
}

function describe(subject: Node, record: Snapshot, flags: Set<string>): void {
  for (const x of named(subject, "x", NS.mucUser)) {
    flags.add("MucUser");
    const codes = words(STATUSES);
    for (const { attrs } of named(x, "status", NS.mucUser)) {
      const code = attrs.get("code") ?? "";
      if (codes.includes(code)) record.statuses.push(code);
      else flags.add("OtherStatus");
    }
    record.statuses = codes.filter((code) => record.statuses.includes(code));
    if (named(x, "destroy", NS.mucUser).length > 0) flags.add("Destroy");
    for (const { attrs } of named(x, "item", NS.mucUser)) {
      flags.add("Item");
      record.affiliation = word(attrs.get("affiliation"), AFFILIATIONS, "Absent");
      record.role = word(attrs.get("role"), ROLES, "Absent");
      fields(record, { Nick: attrs.get("nick"), ItemJid: attrs.get("jid") });
    }
  }
  for (const x of named(subject, "x", NS.muc)) {
    flags.add("Muc");
    if (named(x, "history", NS.muc).length > 0) flags.add("History");
  }
  for (const error of named(subject, "error", subject.ns)) {
    flags.add("Error");
    record.errorType = word(error.attrs.get("type"), ERROR_TYPES);
    fields(record, { ErrorBy: error.attrs.get("by") });
    const condition = error.children.find(({ name, ns }) =>
      ns === NS.stanzaErrors && name !== "text"
    );
    if (condition && words(CONDITIONS).includes(condition.name)) {
      record.condition = condition.name;
    }
  }
  for (const { attrs } of named(subject, "delay", NS.delay)) {
    flags.add("Delay");
    fields(record, { Stamp: attrs.get("stamp") });
  }
  if (named(subject, "ping", NS.ping).length > 0) flags.add("Ping");
}
