import { assertEquals } from "@std/assert";
import { parseInside } from "./streams.ts";

const nested = (depth: number) => "<a>".repeat(depth) + "</a>".repeat(depth);

Deno.test("elements may be nested as deep as allowed, but not deeper", async () => {
  for (const sizes of [[Infinity], [1], [5]]) {
    assertEquals((await parseInside(nested(64), sizes)).error, undefined);
    assertEquals((await parseInside(nested(65), sizes)).error, "policy-violation");
    assertEquals(
      (await parseInside("<a><b/></a>", sizes, { maxDepth: 1 })).error,
      "policy-violation",
    );
    assertEquals((await parseInside("<a/><a/>", sizes, { maxDepth: 1 })).error, undefined);
  }
});

Deno.test("a stanza may be as long in bytes as allowed, but not longer", async () => {
  const stanza = (bytes: number) => `<a>${"é".repeat((bytes - 8) / 2)}x</a>`;
  for (const maxStanzaBytes of [262_144, 524_288]) {
    for (const sizes of [[Infinity], [1], [1460]]) {
      const inside = (text: string) => parseInside(text, sizes, { maxStanzaBytes });
      const { events, error } = await inside(stanza(maxStanzaBytes));
      assertEquals([events.length, error], [3, undefined]);
      assertEquals((await inside(stanza(maxStanzaBytes + 2))).error, "policy-violation");
    }
  }
});

Deno.test("many stanzas and white space in between do not count together", async () => {
  const text = `${" ".repeat(500)}<a/>`.repeat(100);
  assertEquals((await parseInside(text, [333], { maxStanzaBytes: 200 })).events.length, 102);
});

Deno.test("a stanza without end is refused when it gets too long", async () => {
  for (const start of ["<a>", "<a b='", "<a", "<a>&", "<a><![CDATA[", "<a></a"]) {
    const { error } = await parseInside(start + "x".repeat(300_000), [4096]);
    assertEquals(error, "policy-violation");
  }
});

Deno.test("a stanza of the worst shapes that fit is read whole", async () => {
  const shapes: [string, number][] = [
    ["<b/>", 65_000],
    ["<b c='d'>x</b>", 18_000],
    ["&amp;", 52_000],
    ["<![CDATA[]]>", 21_000],
  ];
  for (const [shape, times] of shapes) {
    const { events, error } = await parseInside(`<a>${shape.repeat(times)}</a>`, [8192]);
    assertEquals([events.length, error], [3, undefined]);
  }
  const attributes = Array.from({ length: 20_000 }, (_, i) => ` a${i}=''`).join("");
  assertEquals((await parseInside(`<a${attributes}/>`, [8192])).error, undefined);
});
