import { assert, assertEquals, assertThrows } from "@std/assert";
import { Element, xml } from "../../xml/mod.ts";

const NS = "jabber:client";

Deno.test("child finds the first element of a name, in the parent's namespace by default", () => {
  const first = xml("x", NS, { n: "1" });
  const foreign = xml("x", "urn:other");
  const parent = xml("message", NS, {}, "text", foreign, first, xml("x", NS, { n: "2" }));
  assertEquals(parent.child("x"), first);
  assertEquals(parent.child("x", "urn:other"), foreign);
  assertEquals(parent.child("y"), undefined);
});

Deno.test("elements selects by name, or name and namespace, or takes all", () => {
  const [a, b, c] = [xml("a", NS), xml("b", NS), xml("a", "urn:other")] as const;
  const parent = xml("message", NS, {}, a, "text", b, c);
  assertEquals(parent.elements(), [a, b, c]);
  assertEquals(parent.elements("a"), [a, c]);
  assertEquals(parent.elements("a", NS), [a]);
  assertEquals(parent.elements(undefined, NS), [a, b]);
});

Deno.test("text joins the element's own texts, without those of its children", () => {
  assertEquals(xml("a", NS, {}, "1", xml("b", NS, {}, "2"), "3").text, "13");
  assertEquals(xml("a", NS).text, "");
});

Deno.test("attr knows only the element's attributes, not what JavaScript objects have", () => {
  const element = new Element("a", NS, { "xml:lang": "de" });
  assertEquals(element.attr("xml:lang"), "de");
  assertEquals(element.attr("toString"), undefined);
  assertEquals(element.attr("__proto__"), undefined);
});

Deno.test("the builder leaves out what is undefined", () => {
  assertEquals(
    xml("a", NS, { b: undefined, c: "" }, undefined, "x"),
    new Element("a", NS, { c: "" }, ["x"]),
  );
});

Deno.test("trees of the same XML are equal, however their texts were cut", () => {
  assertEquals(
    new Element("a", NS, {}, ["x", "", "y", new Element("b", NS), ""]),
    new Element("a", NS, {}, ["xy", new Element("b", NS)]),
  );
});

Deno.test("an element cannot be changed, nor through what it was made of", () => {
  const attrs = { to: "a" };
  const children = ["x"];
  const element = new Element("a", NS, attrs, children);
  attrs.to = "b";
  children.push("y");
  assertEquals([element.attr("to"), element.text], ["a", "x"]);
  assert(Object.isFrozen(element));
  assertThrows(() => (element.attrs as Record<string, string>).to = "c", TypeError);
  assertThrows(() => (element.children as string[]).push("z"), TypeError);
});
