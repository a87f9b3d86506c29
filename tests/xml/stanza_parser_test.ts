import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Element, StanzaParser, StreamError, xml } from "../../xml/mod.ts";
import {
  CONTENT_NS,
  FOOTER,
  HEADER,
  type Outcome,
  parse,
  parseInside,
  STREAM_NS,
  utf8,
} from "./streams.ts";

const SPLITS = [[Infinity], [1], [2], [3, 1], [7]];

/** Asserts one outcome in pieces of all sizes. */
async function assertOutcome(input: string | Uint8Array, expected: Outcome): Promise<void> {
  for (const sizes of SPLITS) assertEquals(await parse(input, sizes), expected);
}

/** Asserts the condition that ends a stream, in pieces of all sizes. */
async function assertError(input: string | Uint8Array, condition: string): Promise<void> {
  for (const sizes of SPLITS) assertEquals((await parse(input, sizes)).error, condition);
}

async function assertStanza(text: string, expected: Element): Promise<void> {
  for (const sizes of SPLITS) {
    const { events, error } = await parseInside(text, sizes);
    assertEquals(error, undefined, text);
    assertEquals(events[1], { type: "stanza", element: expected });
  }
}

const OPEN = {
  type: "open",
  element: xml("stream", STREAM_NS, { from: "keeper.example" }),
  contentNs: CONTENT_NS,
} as const;

Deno.test("a stream is its header, its stanzas and its end", async () => {
  await assertOutcome(`<?xml version='1.0'?>${HEADER} <a/>\n\t<b>x</b> ${FOOTER}\n`, {
    events: [
      OPEN,
      { type: "stanza", element: xml("a", CONTENT_NS) },
      { type: "stanza", element: xml("b", CONTENT_NS, {}, "x") },
      { type: "close" },
    ],
  });
  await assertOutcome(`<stream:stream xmlns:stream='${STREAM_NS}'/>`, {
    events: [
      { type: "open", element: xml("stream", STREAM_NS), contentNs: "" },
      { type: "close" },
    ],
  });
});

Deno.test("an event comes with the byte that completes it", async () => {
  const parser = await StanzaParser.create();
  assertEquals(parser.push(utf8(HEADER.slice(0, -1))), []);
  assertEquals(parser.push(utf8(">")), [OPEN]);
  assertEquals(parser.push(utf8("<a></a")), []);
  assertEquals(parser.push(utf8(">")).length, 1);
});

Deno.test("prefixes and default namespaces are resolved where they are declared", async () => {
  await assertStanza(
    "<p:a xmlns:p='u' p:b='1' b='2' xml:lang='de'><c/><p:d xmlns:p='v' xmlns=''><e/></p:d></p:a>",
    xml(
      "a",
      "u",
      { "{u}b": "1", b: "2", "xml:lang": "de" },
      xml("c", CONTENT_NS),
      xml("d", "v", {}, xml("e", "")),
    ),
  );
});

Deno.test("references, CDATA and line ends mean what XML says", async () => {
  await assertStanza(
    "<a b='&lt;&#10;&#x41;\r\n\t&amp;lt;'>1\r\n2\r3&#13;&gt;<![CDATA[<&amp;\r\n]]]]><![CDATA[>]]></a >",
    xml("a", CONTENT_NS, { b: "<\nA  &lt;" }, "1\n2\n3\r><&amp;\n]]>"),
  );
});

Deno.test("what looks like HTML or JSX is plain XML", async () => {
  await assertStanza(
    "<a b='{x}'>{y}<br>{</br><IMG/><script>a &lt; b</script></a>",
    xml(
      "a",
      CONTENT_NS,
      { b: "{x}" },
      "{y}",
      xml("br", CONTENT_NS, {}, "{"),
      xml("IMG", CONTENT_NS),
      xml("script", CONTENT_NS, {}, "a < b"),
    ),
  );
});

Deno.test("characters of all lengths survive being split", async () => {
  await assertStanza(
    "<é 名='👩‍👩‍👧'>ü\uFEFF€\u{10FFFF}</é\n>",
    xml("é", CONTENT_NS, { 名: "👩‍👩‍👧" }, "ü\uFEFF€\u{10FFFF}"),
  );
});

Deno.test("all white space is white space between the parts of a tag", async () => {
  await assertStanza("<a\rb\n=\t'1'\r\nc='2'\t></a\r\n>", xml("a", CONTENT_NS, { b: "1", c: "2" }));
});

Deno.test("malformed XML is not-well-formed", async () => {
  // deno-fmt-ignore
  const malformed = [
    "<a b=c/>", "<a b/>", "<a b='1'c='2'/>", "<a b='1' b='2'/>", "<a b='<'/>", "<a b='1\"/>",
    "<a b={c}/>", "<a {...b}/>", "<a/ >", "< a/>", "</ a>", "<a></a\u00A0>", "<a></b>", "<a><b></a></b>", "<a></>",
    "<></>", "<1/>", "<a:/>", "<:a/>", "<a:b:c xmlns:a='u'/>", "<×/>", "<a ×='1'/>", "<a>]]></a>",
    "<a>& b</a>", "<a>&amp</a>", "<a>&#0;</a>", "<a>&#xFFFE;</a>", "<a>&#xD800;</a>",
    "<a>&#1114112;</a>", "<a>&#X41;</a>", "<a>&#;</a>", "<a>&;</a>", "<a>&a:b;</a>", "<a>\0</a>",
    "<a>\x1f</a>", "<a>\uFFFE</a>", "<a b='\x01'/>", "<!a>", "<![CDATA x", "<!ELEMENT a>",
    "<a xmlns:p=''/>", "<a xmlns:xml='u'/>", "<a xmlns:xmlns='u'/>", "<a xmlns:1='u'/>",
    "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", "<a xmlns='u' xmlns='u'/>",
    "<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
    "<a xmlns='http://www.w3.org/2000/xmlns/'/>", "</stream:strean>", "</stream>",
    "</stream:stream><a/>", "</stream:stream>x",
  ];
  for (const text of malformed) await assertError(HEADER + text + FOOTER, "not-well-formed");
  for (const text of ["x", "\uFEFF" + HEADER, "&amp;", "<![CDATA[x]]>", "</a>", "<?xml?>"]) {
    await assertError(text, "not-well-formed");
  }
});

Deno.test("XML that XMPP forbids is restricted-xml", async () => {
  const restricted = ["<!-- c -->", "<!DOCTYPE a>", "<?php ?>", "<?xml version='1.0'?>"];
  for (const text of restricted) {
    await assertError(HEADER + text, "restricted-xml");
    await assertError(HEADER + `<a>${text}</a>`, "restricted-xml");
    await assertError(HEADER + FOOTER + text, "restricted-xml");
  }
  await assertError("<!DOCTYPE a>" + HEADER, "restricted-xml");
  await assertError("<?php ?>" + HEADER, "restricted-xml");
  await assertError(" <?xml version='1.0'?>" + HEADER, "restricted-xml");
  await assertError(HEADER + "<a>&nbsp;</a>", "restricted-xml");
  await assertError(HEADER + "<a b='&nbsp;'/>", "restricted-xml");
});

Deno.test("only UTF-8 is supported", async () => {
  const header = [...utf8(HEADER + "<a>")];
  // deno-fmt-ignore
  const invalid = [
    [0x80], [0xc0, 0x80], [0xc3, 0x28], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80],
    [0xf0, 0x80, 0x80, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xff], [0xe2, 0x82, 0x3c],
  ];
  for (const bytes of invalid) {
    await assertError(new Uint8Array([...header, ...bytes]), "unsupported-encoding");
  }
  await assertError(new Uint8Array([0xff, 0xfe, 0x3c, 0]), "unsupported-encoding");
  await assertError("<?xml version='1.0' encoding='ISO-8859-1'?>", "unsupported-encoding");
  for (const declared of ["encoding='utf-8'", `encoding="UTF-8" standalone='yes'`]) {
    const { error } = await parse(`<?xml version="1.0" ${declared} ?>${HEADER}`);
    assertEquals(error, undefined);
  }
});

Deno.test("a prefix must be declared", async () => {
  for (const text of ["<p:a/>", "<a p:b='1'/>", "<a><b xmlns:p='u'/><p:c/></a>"]) {
    await assertError(HEADER + text, "bad-namespace-prefix");
  }
  await assertError("<stream:stream>", "bad-namespace-prefix");
});

Deno.test("the root must be a stream", async () => {
  await assertError("<stream>", "invalid-namespace");
  await assertError("<s:stream xmlns:s='jabber:client'>", "invalid-namespace");
  await assertError(`<s:features xmlns:s='${STREAM_NS}'>`, "bad-format");
});

Deno.test("only white space may be between stanzas", async () => {
  for (const text of ["x", "<a/>x", "<![CDATA[ ]]>", "&#32;"]) {
    await assertError(HEADER + text, "invalid-xml");
  }
});

Deno.test("stanzas before an error are kept, whatever came in the same chunk", async () => {
  const a = { type: "stanza", element: xml("a", CONTENT_NS) } as const;
  await assertOutcome(HEADER + "<a/><b><</b>", { events: [OPEN, a], error: "not-well-formed" });
});

Deno.test("after an error a parser throws it again, whatever comes", async () => {
  const parser = await StanzaParser.create();
  const error = assertThrows(() => parser.push(utf8("x")), StreamError);
  assert(error === assertThrows(() => parser.push(utf8(HEADER)), StreamError));
});

Deno.test("parsers do not share anything", async () => {
  const [one, two] = [await StanzaParser.create(), await StanzaParser.create()];
  one.push(utf8(HEADER + "<a><b"));
  two.push(utf8(HEADER));
  assertEquals(two.push(utf8("<c/>")).length, 1);
  assertEquals(one.push(utf8(" x='1'/></a>")), [
    { type: "stanza", element: xml("a", CONTENT_NS, {}, xml("b", CONTENT_NS, { x: "1" })) },
  ]);
});

Deno.test({
  name: "parsing needs no permission",
  permissions: "none",
  fn: async () => assertEquals((await parse(HEADER + FOOTER)).events.length, 2),
});

Deno.test("limits out of range are refused", async () => {
  for (const maxDepth of [0, -1, 1.5, NaN]) {
    await assertRejects(() => StanzaParser.create({ maxDepth }), RangeError, "maxDepth");
  }
  for (const maxStanzaBytes of [0, 524_289, Infinity]) {
    await assertRejects(() => StanzaParser.create({ maxStanzaBytes }), RangeError, "524288");
  }
});
