import { assert, assertEquals } from "@std/assert";
import { Random } from "../xml/scanner/random.ts";
import { type Event, type Leg, plan } from "./plan.ts";
import { faultsOf, table } from "./report.ts";
import type { Outcome } from "./outcome.ts";
import { Soak } from "./soak.ts";

/** A seed in whose plan everything happens that there is time for. */
const SEED = 5;
const MS = 12_000;

Deno.test("a short soak of both feeds: nobody is lost, nobody is told or joined again without need", async () => {
  await using plugin = new Soak({ feed: "plugin", seed: SEED, ms: MS, joins: 500 });
  await using stock = new Soak({ feed: "stock", seed: SEED, ms: MS, joins: 500 });
  for (const outcome of await Promise.all([plugin.run(), stock.run()])) {
    assertEquals(faultsOf(outcome), []);
    assertEquals(outcome.comparisons, 2);
    const { restart, "hang-up": hangUps, cut } = outcome.counts;
    assert(outcome.back > 0 && restart > 0 && outcome.kills > 0 && hangUps > 0 && cut > 0);
    assert(outcome.fed > 0 && outcome.pings > 0);
  }
});

Deno.test("the same seed makes the same plan, and a long one has everything in it", () => {
  const make = (seed: number, ms: number) => {
    const random = new Random(seed);
    return plan(ms, 10, () => random.fraction());
  };
  assertEquals(make(1, 600_000), make(1, 600_000));
  const { first, second } = make(1, 600_000);
  const types = (legs: readonly Leg[]) =>
    new Set(legs.flatMap(({ events }) => events).map(({ trouble }: Event) => trouble.type));
  assertEquals(
    [...types(first)].sort(),
    ["abandon", "close", "cut", "cut-all", "hang-up", "lose", "restart", "stall"],
  );
  assert(!types(second).has("restart"), "one process lives through the second half");
});

Deno.test("growing memory, growing handles and every fault fail a soak", () => {
  const well: Outcome = {
    feed: "plugin",
    faults: [],
    joins: 1,
    back: 1,
    told: 1,
    missed: 0,
    mistaken: 0,
    doubled: 0,
    repeatable: 0,
    counts: {
      "cut": 1,
      "close": 1,
      "lose": 1,
      "stall": 1,
      "cut-all": 1,
      "abandon": 1,
      "hang-up": 1,
      "restart": 1,
    },
    kills: 1,
    comparisons: 1,
    fed: 1,
    pings: 1,
    life: 300_000,
    heap: { first: 10, last: 11 },
    rss: { first: 100, last: 105 },
    handles: { first: 30, last: 31 },
  };
  assertEquals(faultsOf(well), []);
  assertEquals(faultsOf({ ...well, faults: ["x"] }), ["x"]);
  assertEquals(faultsOf({ ...well, missed: 2 }), ["2 users are out and were not told"]);
  const grown = { first: 100, last: 150 };
  assertEquals(faultsOf({ ...well, rss: grown }), ["The memory grew by 50.0 MB"]);
  assertEquals(faultsOf({ ...well, rss: grown, life: 10_000 }), [], "too short a life to tell");
  assertEquals(faultsOf({ ...well, heap: { first: 10, last: 15 } }), [
    "The live heap grew by 5.0 MB",
  ]);
  const unknown = { first: NaN, last: NaN };
  assertEquals(
    faultsOf({ ...well, heap: unknown }),
    Deno.build.os === "linux" ? ["The memory is not known"] : [],
  );
  assertEquals(faultsOf({ ...well, handles: { first: 30, last: 40 } }), [
    "Open handles grew by 10",
  ]);
  assert(table([well]).includes("users brought back"));
});
