import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Pace } from "../../actors/pace.ts";

Deno.test("no second has more than its share, and a tenth of one on top", () => {
  const step = fc.record({ wait: fc.nat(400), wanted: fc.nat(40) });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.array(step, { size: "large" }),
      (rate, steps) => {
        let now = 0;
        const pace = new Pace(rate, () => now);
        const sent: { readonly at: number; readonly count: number }[] = [];
        for (const { wait, wanted } of steps) {
          now += wait;
          const count = pace.grant(wanted);
          assert(count >= 0 && count <= wanted);
          sent.push({ at: now, count });
        }
        for (const { at } of sent) {
          const second = sent.filter((other) => other.at >= at && other.at < at + 1000);
          const total = second.reduce((sum, { count }) => sum + count, 0);
          assert(total <= rate + Math.max(1, rate / 10) + 1e-6, `${total} at a rate of ${rate}`);
        }
      },
    ),
    { seed: 1 },
  );
});

Deno.test("the whole rate can be used, in small portions", () => {
  let now = 0;
  const pace = new Pace(50, () => now);
  let sent = 0;
  for (; now < 10_000; now += 100) sent += pace.grant(5);
  assertEquals(sent, 500);
  assertEquals(pace.grant(0), 0);
});
