/** Views that are made in slices, and once for all. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Views } from "../../admin/views.ts";
import type { Sliced } from "../../admin/sliced.ts";

function* slices(count: number, done: unknown, work = () => {}): Sliced<unknown> {
  for (let n = 0; n < count; n++) {
    work();
    yield;
  }
  return done;
}

function busy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

Deno.test("Views: the same view is made once for all who wait for it", async () => {
  const views = new Views();
  let made = 0;
  const make = () => slices(10, { made: ++made }, () => busy(1));
  const all = await Promise.all(Array.from({ length: 1_000 }, () => views.json("a", make)));
  assertEquals(new Set(all), new Set(['{"made":1}']));
  assertEquals(await views.json("a", make), '{"made":2}', "and again for who asks later");
});

Deno.test("Views: others have their turn while a large one is made", async () => {
  const views = new Views();
  let turns = 0;
  const timer = setInterval(() => turns++);
  await views.json("large", () => slices(40, "done", () => busy(2)));
  clearInterval(timer);
  assert(turns > 10, `${turns} turns`);
});

Deno.test("Views: one at a time; one that fails spoils no other", async () => {
  const views = new Views();
  let open = 0;
  const make = (done: unknown) =>
    function* (): Sliced<unknown> {
      assertEquals(++open, 1);
      yield* slices(5, undefined, () => busy(1));
      open--;
      if (done === undefined) throw new Error("no");
      return done;
    };
  const [bad, good] = [views.json("bad", make(undefined)), views.json("good", make(1))];
  await assertRejects(() => bad!, Error, "no");
  assertEquals(await good, "1");
});

Deno.test("Views: what waits is bounded", async () => {
  const views = new Views();
  const all = Array.from({ length: 100 }, (_, n) => views.json(`${n}`, () => slices(1, n)));
  assertEquals(all.filter((view) => view === undefined).length, 36);
  await Promise.all(all);
  assertEquals(await views.json("later", () => slices(1, 0)), "0");
});
