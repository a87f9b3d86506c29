/** Random elements and ways to damage XML. */

import fc from "fast-check";
import { Element, type XmlNode } from "../../xml/mod.ts";
import { CONTENT_NS } from "./streams.ts";

// HTML's void and raw text elements, names that JavaScript objects have, and scripts of all planes.
export const name: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("message", "body", "br", "IMG", "script", "style", "a", "x-y.z_1", "_", "é"),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "toString",
    "名前",
    "𐀀b",
    "ʘ",
    "\uFEFFb\uFEFF",
    "xml",
  ),
);

export const namespace: fc.Arbitrary<string> = fc.constantFrom(
  CONTENT_NS,
  "jabber:client",
  "urn:xmpp:ping",
  "",
  "a&b'\"<>",
  "urn:ü",
  "{}",
);

/** Text that XML can carry, with much of what is special in it. */
export const text: fc.Arbitrary<string> = fc.array(
  fc.oneof(
    fc.constantFrom("]]>", "&amp;", "<b>", "{x}", "\r\n", "\n ", "\t", "'", '"', "\uFEFF", " "),
    fc.constantFrom("\uD7FF", "\uE000", "\uFFFD", "\u0085", "\u2028", "👩‍👩‍👧", "\u{10FFFF}", "é"),
    fc.string({ maxLength: 5 }),
  ),
  { maxLength: 5 },
).map((parts) => parts.join(""));

const key: fc.Arbitrary<string> = fc.oneof(
  name.filter((local) => local !== "xmlns"),
  fc.constantFrom("xml:lang", "xml:space"),
  fc.tuple(namespace.filter((ns) => ns !== ""), name).map(([ns, local]) => `{${ns}}${local}`),
);

const attributes: fc.Arbitrary<Record<string, string>> = fc.array(fc.tuple(key, text), {
  maxLength: 4,
}).map((entries) => {
  const attrs: Record<string, string> = Object.create(null);
  for (const [name, value] of entries) attrs[name] = value;
  return attrs;
});

const trees = fc.letrec<{ node: XmlNode; element: Element }>((tie) => ({
  node: fc.oneof({ depthSize: "small", withCrossShrink: true }, text, tie("element")),
  element: fc.tuple(name, namespace, attributes, fc.array(tie("node"), { maxLength: 5 }))
    .map(([name, ns, attrs, children]) => new Element(name, ns, attrs, children)),
}));

/** An element of any shape. */
export const element: fc.Arbitrary<Element> = trees.element;

/** Sizes of the pieces that a stream comes in. */
export const sizes: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 1, max: 40 }), {
  minLength: 1,
  maxLength: 8,
});

const SNIPPETS = [
  ..."<>&;'\"/=!?[]{}:- \t\r\n.0aé\u0000\u000b\u007f\u0085\u00A0\u2028\uFFFE\uFEFF𐀀×",
  ...["<!--", "-->", "<!---->", "<!DOCTYPE a>", "<![CDATA[", "]]>", "<![CDATA[ ]]>", "<?a?>"],
  ...["<?xml version='1.0'?>", "&amp;", "&lt", "&#38;", "&#x26;", "&#0;", "&#xFFFE;", "&#55296;"],
  ...[
    "&nbsp;",
    "&#X41;",
    "&#;",
    "&a:b;",
    "&#1114112;",
    "&#x1F600;",
    "<b/>",
    "<b>",
    "</b>",
    "<b />",
  ],
  ...["<p:b/>", "<b/ >", "</ b>", "</b >", "< b/>", "<script>", "<br>", "<b a=c/>", "<b a/>"],
  ...["<b a='1'b='2'/>", "<b a='1' a='2'/>", "<b a={x}/>", "<b {...x}/>", "{<b/>}", "<b a='<'/>"],
  ...[" xmlns=''", " xmlns:p=''", " xmlns:p='u'", " xmlns:q='u' q:a='' p:a=''", " xmlns:xml='u'"],
  ...[" xmlns:xmlns='u'", " xmlns='http://www.w3.org/2000/xmlns/'", " p:a='1'", " xml:a='2'"],
  ...[" xmlns:p='http://www.w3.org/XML/1998/namespace'", " :a='1'", " a:='1'", " a:b:c='1'"],
  ...[" xmlns:xml='http://www.w3.org/XML/1998/namespace'", " xmlns:='u'", " a\n=\t'1'\r", "<:a/>"],
  ...["<a:/>", "<a:b:c/>", "<1/>", "<é/>", "<×/>", "<xmlns:a/>", "<xml:a/>", "</stream:stream>"],
];

/** A snippet put at a place of a text, instead of some characters that were there. */
export type Change = readonly [at: number, length: number, snippet: string];

/** Some changes. */
export const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.tuple(fc.nat(), fc.integer({ min: 0, max: 3 }), fc.constantFrom("", ...SNIPPETS)),
  { minLength: 1, maxLength: 3 },
);

/** The text with the changes made one after the other. */
export function damage(text: string, changes: readonly Change[]): string {
  return changes.reduce((damaged, [at, length, snippet]) => {
    const start = at % (damaged.length + 1);
    return damaged.slice(0, start) + snippet + damaged.slice(start + length);
  }, text).toWellFormed();
}
