/** Every refusal, whole and in single bytes, with all that came before it. */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { StanzaScanner } from "../../../xml/scanner/mod.ts";
import { REFUSALS } from "../../../xml/scanner/refusals.ts";
import { Refusal } from "../../../xml/scanner/vocabulary.ts";
import { StreamError } from "../../../xml/mod.ts";
import { scan } from "./snapshot.ts";

const OPEN = "<stream:stream xmlns='jabber:component:accept' id='1'" +
  " xmlns:stream='http://etherx.jabber.org/streams'>";
const utf8 = new TextEncoder();
const latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const inStanza = (text: string) => utf8.encode(`${OPEN}<iq/><message>${text}</message>`);
const many = (n: number, make: (i: number) => string) =>
  Array.from({ length: n }, (_, i) => make(i)).join("");

const CASES: readonly (readonly [Refusal, Uint8Array])[] = [
  [Refusal.Syntax, inStanza("<a b=c/>")],
  [Refusal.Syntax, inStanza("<a b='1'c='2'/>")],
  [Refusal.Syntax, inStanza("<a b='<'/>")],
  [Refusal.Syntax, inStanza("<a b='1' / >")],
  [Refusal.Syntax, inStanza("< a/>")],
  [Refusal.Syntax, inStanza("<1/>")],
  [Refusal.Syntax, inStanza("<a:b:c/>")],
  [Refusal.Syntax, inStanza("a & b")],
  [Refusal.Syntax, inStanza("&#;")],
  [Refusal.Character, inStanza("a\u0001")],
  [Refusal.Character, inStanza("a\uffff")],
  [Refusal.Character, inStanza("<![CDATA[\u0001]]>")],
  [Refusal.Mismatch, inStanza("<a></b>")],
  [Refusal.Mismatch, inStanza("<a></ab>")],
  [Refusal.Twin, inStanza("<a id='1' id='2'/>")],
  [Refusal.Twin, inStanza("<a other='1' other='2'/>")],
  [Refusal.Twin, inStanza("<a xmlns:p='urn:a' xmlns:q='urn:&#97;' p:b='1' q:b='2'/>")],
  [Refusal.CdataEnd, inStanza("]]>")],
  [Refusal.NamespaceRule, inStanza("<a xmlns:p=''/>")],
  [Refusal.NamespaceRule, inStanza("<a xmlns:xml='urn:a'/>")],
  [Refusal.NamespaceRule, inStanza("<a xmlns='http://www.w3.org/2000/xmlns/'/>")],
  [Refusal.NamespaceRule, inStanza("<xmlns:a/>")],
  [Refusal.UndeclaredPrefix, inStanza("<p:a/>")],
  [Refusal.UndeclaredPrefix, inStanza("<a p:b='1'/>")],
  [Refusal.UndeclaredPrefix, inStanza("<b xmlns:p='urn:a'/><a p:b='1'/>")],
  [Refusal.Utf8, latin1(`${OPEN}<iq/><a>\xe9</a>`)],
  [Refusal.Utf8, latin1(`${OPEN}<iq/><a b='\xc0\x80'/>`)],
  [Refusal.Utf8, latin1(`${OPEN}<iq/><\xed\xa0\x80/>`)],
  [Refusal.Encoding, utf8.encode(`<?xml version='1.0' encoding='latin1'?>${OPEN}`)],
  [Refusal.Restricted, inStanza("<!-- -->")],
  [Refusal.Restricted, inStanza("<?php ?>")],
  [Refusal.Restricted, utf8.encode(`<!DOCTYPE a>${OPEN}`)],
  [Refusal.Reference, inStanza("&#0;")],
  [Refusal.Reference, inStanza("<a b='&#xD800;'/>")],
  [Refusal.Entity, inStanza("&nbsp;")],
  [Refusal.Declaration, utf8.encode(`<?xml version='1.1'?>${OPEN}`)],
  [Refusal.Declaration, utf8.encode(` <?xml version='1.0'?>${OPEN}`)],
  [Refusal.Text, utf8.encode(`${OPEN}<iq/> text <iq/>`)],
  [Refusal.Text, utf8.encode(`${OPEN}<iq/><![CDATA[ ]]>`)],
  [Refusal.Root, utf8.encode(OPEN.replace(":stream ", ":flood "))],
  [Refusal.StreamNamespace, utf8.encode(OPEN.replace("etherx", "ether"))],
  [Refusal.StreamNamespace, utf8.encode(OPEN.replace("jabber:component", "other"))],
  [Refusal.AfterEnd, utf8.encode(`${OPEN}<iq/></stream:stream> <iq/>`)],
  [Refusal.TooLong, inStanza("a".repeat(300_000))],
  [Refusal.TooLong, inStanza(`<a b='${"a".repeat(300_000)}'/>`)],
  [Refusal.TooLong, utf8.encode(OPEN.replace(">", " ".repeat(20_000)))],
  [Refusal.TooDeep, inStanza("<a>".repeat(64))],
  [Refusal.TooManyAttributes, inStanza(`<a ${many(65, (i) => ` b${i}=''`)}/>`)],
  [Refusal.TooManyPrefixes, inStanza(`<a ${many(64, (i) => ` xmlns:b${i}='urn:b'`)}/>`)],
  [Refusal.TooManyPrefixes, inStanza(`<a xmlns:b='${"a".repeat(9000)}'/>`)],
  [Refusal.ReferenceTooLong, inStanza(`&#${"0".repeat(300)}65;`)],
];

for (const [refusal, bytes] of CASES) {
  const [condition, text] = REFUSALS[refusal];
  const shown = JSON.stringify(new TextDecoder().decode(bytes).replace(OPEN, "").slice(0, 50));
  Deno.test(`refused for ${text}: ${shown}`, () => {
    const whole = scan(bytes);
    assertStringIncludes(whole.why, text);
    assertEquals(whole.refused, condition);
    const expected = new TextDecoder().decode(bytes).match(/<iq\/>/) ? ["Open", "Iq"] : [];
    assertEquals(whole.records.slice(0, 2).map(({ kind }) => kind), expected);
    assertEquals(scan(bytes, [1]), whole);
    assertEquals(scan(bytes, [7, 3000]), whole);
  });
}

Deno.test("every refusal has a case", () => {
  const seen = new Set(CASES.map(([refusal]) => refusal));
  const all = Object.keys(REFUSALS).map(Number).filter((refusal) => refusal !== Refusal.None);
  assertEquals([...seen].toSorted((a, b) => a - b), all);
});

Deno.test("a refused scanner stays so, and a scanner with records left takes no input", () => {
  const scanner = StanzaScanner.create();
  const { written } = utf8.encodeInto(OPEN + "<iq/>".repeat(300) + "<iq>&", scanner.input());
  assertEquals(scanner.commit(written), 256);
  assertThrows(() => scanner.input(), Error, "more()");
  assertEquals(scanner.more(), 45);
  assertEquals(scanner.more(), 0);
  scanner.input()[0] = 0x20;
  const error = assertThrows(() => scanner.commit(1), StreamError);
  assertEquals(assertThrows(() => scanner.input(), StreamError), error);
  assertEquals(assertThrows(() => scanner.more(), StreamError), error);
});

Deno.test("limits are checked when a scanner is made", () => {
  assertThrows(() => StanzaScanner.create({ maxDepth: 0 }), RangeError, "maxDepth");
  assertThrows(() => StanzaScanner.create({ maxDepth: 255 }), RangeError, "maxDepth");
  assertThrows(() => StanzaScanner.create({ maxStanzaBytes: 262_145 }), RangeError, "262144");
  const deep = utf8.encode(OPEN + "<iq><a><b/></a></iq>");
  assertEquals(scan(deep, [1], { maxDepth: 3 }).refused, undefined);
  assertEquals(scan(deep, [1], { maxDepth: 2 }).refused, "policy-violation");
  const stanza = utf8.encode(`${OPEN}<iq>${"a".repeat(191)}</iq>`);
  assertEquals(scan(stanza, [1], { maxStanzaBytes: 200 }).records.length, 2);
  assertEquals(scan(stanza, [1], { maxStanzaBytes: 199 }).refused, "policy-violation");
});

Deno.test("more stanzas than fit into one batch do not count together", () => {
  const many = utf8.encode(OPEN + "<iq>hello</iq>".repeat(1_000));
  const { records, refused } = scan(many, [many.length], { maxStanzaBytes: 200 });
  assertEquals([records.length, refused], [1_001, undefined]);
});
