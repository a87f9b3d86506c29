/** The same streams read by saxes, a strict parser that shares no code with ours. */

import fc from "fast-check";
import { SaxesParser } from "saxes";
import { Element, type StreamEvent, type XmlNode } from "../../xml/mod.ts";
import { STREAM_NS } from "./streams.ts";

const XML_NS = "http://www.w3.org/XML/1998/namespace";

interface Open {
  readonly name: string;
  readonly ns: string;
  readonly attrs: Record<string, string>;
  readonly children: XmlNode[];
}

/** The events of a whole stream, or undefined if it is not a complete one that XMPP allows. */
export function readBySaxes(text: string): StreamEvent[] | undefined {
  // saxes drops a byte order mark, which RFC 6120 §11.6 takes for a character.
  if (text.startsWith("\uFEFF")) return undefined;
  const parser = new SaxesParser({ xmlns: true, position: false });
  const events: StreamEvent[] = [];
  const path: Open[] = [];
  const refuse = (why: string) => () => {
    throw new Error(why);
  };
  const addText = (text: string) => {
    if (path.length > 1) path.at(-1)!.children.push(text);
    else if (path.length === 1 && /[^ \t\r\n]/.test(text)) refuse("text between stanzas")();
  };
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("comment", refuse("comment"));
  parser.on("doctype", refuse("doctype"));
  parser.on("processinginstruction", refuse("processing instruction"));
  parser.on("xmldecl", ({ encoding }) => {
    if (encoding !== undefined && encoding.toUpperCase() !== "UTF-8") refuse("encoding")();
  });
  // saxes does not check what the part of a name after the colon begins with.
  const checkName = (name: string) => /:[-.0-9]/.test(name) && refuse("name")();
  parser.on("attribute", ({ name, value }) => {
    checkName(name);
    // saxes trims namespace URIs, so it can't tell what a stream with such a URI means.
    if (name.startsWith("xmlns")) fc.pre(value === value.trim());
  });
  parser.on("text", addText);
  parser.on("cdata", (text) => path.length > 1 ? addText(text) : refuse("CDATA")());
  parser.on("opentag", (tag) => {
    checkName(tag.name);
    const attrs: Record<string, string> = Object.create(null);
    for (const { prefix, local, uri, value } of Object.values(tag.attributes)) {
      if (prefix === "xmlns" || prefix === "" && local === "xmlns") continue;
      attrs[uri === "" ? local : uri === XML_NS ? `xml:${local}` : `{${uri}}${local}`] = value;
    }
    if (path.length === 0) {
      if (tag.uri !== STREAM_NS || tag.local !== "stream") refuse("root")();
      const contentNs = tag.ns[""] ?? "";
      events.push({ type: "open", element: new Element(tag.local, tag.uri, attrs), contentNs });
    }
    path.push({ name: tag.local, ns: tag.uri, attrs, children: [] });
  });
  parser.on("closetag", () => {
    const { name, ns, attrs, children } = path.pop()!;
    const element = new Element(name, ns, attrs, children);
    if (path.length === 0) events.push({ type: "close" });
    else if (path.length === 1) events.push({ type: "stanza", element });
    else path.at(-1)!.children.push(element);
  });
  try {
    parser.write(text).close();
  } catch (error) {
    if (fc.PreconditionFailure.isFailure(error)) throw error;
    return undefined;
  }
  return events;
}
