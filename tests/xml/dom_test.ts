import { assertEquals, assertThrows } from "@std/assert";
import { DOMParser, XMLSerializer } from "@xmldom/xmldom";
import fc from "fast-check";
import { fromDom, toDom } from "../../xml/dom.ts";
import { serialize, xml } from "../../xml/mod.ts";
import { element } from "./arbitraries.ts";

Deno.test("an element comes back from the DOM as it went in", () => {
  fc.assert(fc.property(element, (element) => {
    const document = toDom(element);
    assertEquals(fromDom(document), element);
    assertEquals(fromDom(document.documentElement!), element);
  }));
});

Deno.test("a parsed document becomes the element that it means", () => {
  const document = new DOMParser().parseFromString(
    "<?xml version='1.0'?><p:a xmlns:p='u' xmlns='v' p:b='1' c='2' xml:lang='de'>" +
      "x<!-- c --><![CDATA[<]]><d/><?pi?></p:a>",
    "text/xml",
  );
  assertEquals(
    fromDom(document),
    xml("a", "u", { "{u}b": "1", c: "2", "xml:lang": "de" }, "x<", xml("d", "v")),
  );
});

Deno.test("what xmldom writes of an element is the same XML as what serialize writes", () => {
  const element = xml("a", "u", { "{w}b": "1", "xml:lang": "de" }, "<&", xml("c", "v"));
  const read = (text: string) => fromDom(new DOMParser().parseFromString(text, "text/xml"));
  assertEquals(read(new XMLSerializer().serializeToString(toDom(element))), element);
  assertEquals(read(serialize(element)), element);
});

Deno.test("a DOM made without namespaces can be read too", () => {
  const document = toDom(xml("a", ""));
  const child = document.createElement("b");
  child.setAttribute("c", "1");
  document.documentElement!.appendChild(child);
  assertEquals(fromDom(document), xml("a", "", {}, xml("b", "", { c: "1" })));
});

Deno.test("a document without an element cannot be converted", () => {
  const document = toDom(xml("a", ""));
  document.removeChild(document.documentElement!);
  assertThrows(() => fromDom(document), TypeError, "without an element");
});
