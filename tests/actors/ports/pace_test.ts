import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Pace, Quota } from "../../../actors/ports/pace.ts";

Deno.test("no second has more than its share, and a tenth of one on top", () => {
  const step = fc.record({ wait: fc.nat(400), wanted: fc.integer({ min: 1, max: 40 }) });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.array(step, { size: "large" }),
      (rate, steps) => {
        let now = 0;
        const pace = new Pace(rate, () => now);
        const sent = steps.map(({ wait, wanted }) => {
          now += wait;
          const leave = pace.reserve(wanted);
          assert(leave.count > 0 && leave.count <= wanted && leave.from >= now);
          return leave;
        });
        for (const { from } of sent) {
          const second = sent.filter((other) => other.from >= from && other.from < from + 1000);
          const total = second.reduce((sum, { count }) => sum + count, 0);
          const burst = Math.max(1, rate / 10);
          assert(total <= rate + 2 * burst + 1e-6, `${total} at a rate of ${rate}`);
        }
      },
    ),
    { seed: 1 },
  );
});

Deno.test("the whole rate can be used, in small portions", () => {
  const pace = new Pace(50, () => 0);
  let last = 0;
  for (let sent = 0; sent < 505; sent += 5) last = pace.reserve(5).from;
  assertEquals(last, 10_000);
});

Deno.test("leave comes in the order in which it was wanted, and is kept for who waits", () => {
  let now = 0;
  const pace = new Pace(10, () => now);
  const quotas = ["a", "b", "c"].map(() => new Quota(pace));
  assertEquals(quotas.map((quota) => quota.take(5, now)), [1, 0, 0]);
  assertEquals(quotas.map(({ from }) => from), [0, 100, 200]);
  now = 100;
  assertEquals(quotas.map((quota) => quota.take(5, now)), [0, 1, 0]);
  assertEquals(quotas.map(({ from }) => from), [300, 100, 200]);
});

Deno.test("leave that nobody needs is given back, and forfeited in the end", () => {
  let now = 0;
  let reserved = 0;
  const quota = new Quota({ reserve: (count) => ({ count: (reserved++, count), from: now }) });
  assertEquals(quota.take(5, now), 5);
  quota.giveBack(3);
  assertEquals([quota.take(2, now), reserved], [2, 1]);
  now = 2_000;
  assertEquals([quota.take(2, now), reserved], [2, 2]);
});
