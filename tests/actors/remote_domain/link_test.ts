import { assertEquals } from "@std/assert";
import { Link } from "../../../actors/remote_domain/link.ts";

Deno.test("a link that is made, lost and made again", () => {
  const link = new Link();
  assertEquals(link.state, "unknown");
  assertEquals([link.up("out"), link.up("in"), link.state], ["fine", "fine", "up"]);
  assertEquals([link.down("out", false), link.state], ["lost", "down"]);
  assertEquals([link.up("out"), link.state], ["restored", "up"]);
});

Deno.test("a stream that is up twice was down in between", () => {
  const link = new Link();
  link.up("out");
  assertEquals(link.up("out"), "back");
  const proved = new Link();
  proved.proved();
  assertEquals(proved.up("in"), "back");
});

Deno.test("closed in good order: back when it is needed again", () => {
  const link = new Link();
  link.up("out");
  link.up("in");
  assertEquals([link.down("in", true), link.down("out", true)], ["closed", "closed"]);
  assertEquals(link.state, "idle");
  assertEquals([link.up("out"), link.up("in")], ["back", "fine"]);
});

Deno.test("what a plugin says of all streams replaces what was known", () => {
  const link = new Link();
  link.down("out", false);
  link.set(["in", "out"]);
  assertEquals([link.state, link.up("out")], ["up", "back"]);
  link.set([]);
  assertEquals([link.state, link.up("out")], ["idle", "back"]);
});
