import type { DomainKey } from "../../actors/messages/domains.ts";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { StoreChange } from "../../actors/messages/effects.ts";
import { MemoryStore } from "../../store/mod.ts";
import { Bench, Folder, normal } from "./fixture.ts";

const link = fc.record({
  host: fc.constantFrom("home.example", "other.example"),
  domain: fc.constantFrom("rooms.example", "irc.example", "ärger.example"),
});
const where = {
  user: fc.constantFrom("ann@home.example/a", "ann@home.example/b", "bob@home.example/ü"),
  room: fc.constantFrom("garden@rooms.example", "cellar@rooms.example"),
};
const number = fc.nat(1_000_000);
const loss = fc.record({
  seq: number,
  at: number,
  cause: fc.constantFrom("link-down", "link-up", "restart"),
});
const change: fc.Arbitrary<StoreChange> = fc.oneof(
  fc.record({
    type: fc.constant("put" as const),
    join: fc.record({ ...where, nick: fc.string(), since: number, confirmed: number }),
  }),
  fc.record({ type: fc.constant("remove" as const), ...where }),
  fc.record({
    type: fc.constant("losses" as const),
    losses: fc.array(loss, { maxLength: 3 }),
    seq: number,
  }),
);
type Step = readonly [link: DomainKey, change: StoreChange] | "tick" | "reopen";
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: fc.tuple(link, change) },
    { weight: 2, arbitrary: fc.constant("tick" as const) },
    { weight: 1, arbitrary: fc.constant("reopen" as const) },
  ),
  { maxLength: 60 },
);

Deno.test("whatever happens, the file knows what memory knows", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      using folder = new Folder();
      const twin = new MemoryStore();
      let bench = await Bench.open(folder.file, { batch: 5 });
      for (const step of steps) {
        if (step === "tick") await bench.pass(200);
        else if (step === "reopen") {
          await bench.store.close();
          bench = await Bench.open(folder.file, { batch: 5 });
        } else {
          twin.record(...step);
          bench.store.record(...step);
        }
      }
      await bench.store.close();
      const again = await Bench.open(folder.file);
      const links = normal(await Array.fromAsync(again.store.load()));
      await again.store.close();
      assertEquals(comparable(links), comparable(normal(twin.load())));
    }),
    { numRuns: 40 },
  );
});

/** The sequence number matters only while there are losses; it may be forgotten otherwise. */
function comparable(links: ReturnType<typeof normal>): unknown {
  return links.map((link) => link.losses.length > 0 ? link : { ...link, seq: undefined });
}
