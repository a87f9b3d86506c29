import { assertEquals, assertThrows } from "@std/assert";
import {
  Element,
  escapeAttr,
  escapeText,
  serialize,
  UnserializableError,
  xml,
} from "../../xml/mod.ts";
import { STREAM_NS } from "./streams.ts";

const NS = "jabber:client";

Deno.test("a namespace is declared where it changes, and only there", () => {
  const element = xml("a", NS, {}, xml("b", NS), xml("c", "urn:c", {}, xml("d", NS), xml("e", "")));
  const inner = "<b/><c xmlns='urn:c'><d xmlns='jabber:client'/><e xmlns=''/></c></a>";
  assertEquals(serialize(element), `<a xmlns='jabber:client'>${inner}`);
  assertEquals(serialize(element, { ns: NS }), `<a>${inner}`);
  assertEquals(serialize(xml("a", ""), { ns: NS }), "<a xmlns=''/>");
});

Deno.test("prefixes that the scope has declared are used", () => {
  const scope = { ns: NS, prefixes: { [STREAM_NS]: "stream" } };
  const error = xml("error", STREAM_NS, {}, xml("reset", "urn:ietf:params:xml:ns:xmpp-streams"));
  assertEquals(
    serialize(error, scope),
    "<stream:error><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
  );
  assertEquals(
    serialize(xml("a", NS, { [`{${STREAM_NS}}b`]: "1", "{u}c": "2" }), scope),
    "<a stream:b='1' xmlns:ns1='u' ns1:c='2'/>",
  );
});

Deno.test("attributes in namespaces get a prefix each, that no other has", () => {
  const attrs = { "{u}a": "1", "{v}a": "2", "{u}b": "3", a: "4" };
  assertEquals(
    serialize(new Element("e", "", attrs)),
    "<e xmlns:ns1='u' ns1:a='1' xmlns:ns2='v' ns2:a='2' ns1:b='3' a='4'/>",
  );
  assertEquals(
    serialize(new Element("e", "", { "{u}a": "1" }), { prefixes: { w: "ns1" } }),
    "<e xmlns:ns2='u' ns2:a='1'/>",
  );
});

Deno.test("XML's own attributes and elements keep their prefix", () => {
  const own = "http://www.w3.org/XML/1998/namespace";
  assertEquals(
    serialize(xml("x", own, { "xml:lang": "de", [`{${own}}space`]: "preserve" })),
    "<xml:x xml:lang='de' xml:space='preserve'/>",
  );
});

Deno.test("text and values are escaped so that they are read back as they are", () => {
  assertEquals(
    escapeText("a<b>&c]]>\r\n\t'\""),
    "a&lt;b&gt;&amp;c]]&gt;&#13;\n\t'\"",
  );
  assertEquals(
    escapeAttr("a<b>&c\r\n\t'\""),
    "a&lt;b&gt;&amp;c&#13;&#10;&#9;&apos;&quot;",
  );
});

Deno.test("what XML cannot carry is refused", () => {
  const unserializable: Element[] = [
    ...["\u0000", "\u000b", "\u001f", "\uFFFE", "\uFFFF", "\uD800", "x\uDC00y"].flatMap((text) => [
      xml("a", "", {}, text),
      xml("a", "", { b: text }),
      xml("a", text),
    ]),
    ...["", "a b", "a:b", "1", "-a", "a>", "×", "\uD800"].flatMap((name) => [
      xml(name, ""),
      xml("a", "", { [name]: "" }),
      xml("a", "", { [`{u}${name}`]: "" }),
    ]),
    xml("a", "", { xmlns: "u" }),
    xml("a", "", { a: "1", "{}a": "2" }),
    xml("a", "", { "xml:a": "1", "{http://www.w3.org/XML/1998/namespace}a": "2" }),
    xml("a", "http://www.w3.org/2000/xmlns/"),
    xml("a", "", { "{http://www.w3.org/2000/xmlns/}b": "u" }),
  ];
  for (const element of unserializable) {
    assertThrows(() => serialize(element), UnserializableError);
    assertThrows(() => serialize(xml("outer", "urn:o", {}, element)), UnserializableError);
  }
});

Deno.test("the message of a refusal names the character", () => {
  assertThrows(() => escapeText("a\u0000"), UnserializableError, "U+0000");
});
