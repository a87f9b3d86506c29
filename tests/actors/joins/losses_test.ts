import { assertEquals } from "@std/assert";
import { Losses } from "../../../actors/joins/losses.ts";

Deno.test("a join is in doubt until it is seen after the newest loss", () => {
  const losses = new Losses();
  assertEquals(losses.doubt(0), false);
  losses.add(3, 100, "link-down");
  losses.add(7, 200, "link-up");
  assertEquals([2, 3, 6, 7].map((confirmed) => losses.doubt(confirmed)), [true, true, true, false]);
  assertEquals([2, 3, 7].map((confirmed) => losses.of(confirmed)?.at), [100, 200, undefined]);
});

Deno.test("only losses that were tried and are old enough have expired", () => {
  const losses = new Losses();
  losses.add(3, 100, "link-down");
  losses.add(7, 200, "link-up");
  assertEquals(losses.expired(7, 99), 0);
  assertEquals(losses.expired(7, 100), 3);
  assertEquals(losses.expired(7, 200), 7);
  assertEquals(losses.expired(6, 999), 3);
  losses.settle(3);
  assertEquals(losses.all.map(({ seq }) => seq), [7]);
});

Deno.test("a loss that is found out about late is no older than those before it", () => {
  const losses = new Losses();
  losses.add(5, 100, "link-down");
  losses.add(2, 200, "link-up");
  assertEquals(losses.all.map(({ seq }) => seq), [5, 5]);
});

Deno.test("a link that flaps all day needs no more memory; the oldest deadline holds", () => {
  const losses = new Losses();
  for (let seq = 1; seq <= 10_000; seq++) losses.add(seq, seq * 10, "link-down");
  assertEquals([losses.all.length, losses.oldest?.seq, losses.newest], [64, 1, 10_000]);
  assertEquals(losses.of(0)?.at, 10);
});
