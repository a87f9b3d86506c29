import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { type ActorRef, seededRandom, testKit } from "../../../actors/runtime/mod.ts";

/** A week in the life of actors that send each other messages at random times. */
async function week(seed: number): Promise<string[]> {
  const kit = testKit({ seed, now: 0 });
  const trace: string[] = [];
  const refs: ActorRef<number>[] = [];
  for (let i = 0; i < 5; i++) {
    refs.push(kit.system.spawn<undefined, number>({
      init: (ctx) => void ctx.after(ctx.random() * 1000, 0),
      async receive(_state, hops, ctx) {
        if (i % 2 === 0) await Promise.resolve();
        trace.push(`${ctx.now()} ${ctx.self.path} ${hops}`);
        if (ctx.random() < 0.1) throw new Error("bad luck");
        ctx.after(ctx.random() * 3_600_000, hops + 1);
        refs[Math.floor(ctx.random() * 5)]!.tell(hops);
      },
    }, { supervision: { intensity: 3, periodMs: 60_000 }, mailbox: { capacity: 3 } }));
  }
  await kit.advance(7 * 24 * 3_600_000);
  await kit.stop();
  return [...trace, ...kit.log.map(({ text }) => text), `${kit.deadLetters.length} dead letters`];
}

Deno.test("in virtual time the same seed gives the same story", async () => {
  const story = await week(7);
  assertEquals(await week(7), story);
  assertNotEquals(await week(8), story);
});

Deno.test("settle runs what follows from promises, but lets no time pass", async () => {
  const kit = testKit({ now: 1000 });
  const heard: string[] = [];
  const log = kit.system.spawn<undefined, string>({
    init: () => undefined,
    receive: (_state, message) => void heard.push(message),
  });
  kit.system.spawn<undefined, null>({
    init(ctx) {
      ctx.self.tell(null);
      ctx.after(1, null);
    },
    async receive(_state, _message, ctx) {
      for (let i = 0; i < 10; i++) await Promise.resolve();
      log.tell(`at ${ctx.now()}`);
    },
  });
  await kit.settle();
  assertEquals(heard, ["at 1000"]);
  await kit.advance(5);
  assertEquals(heard, ["at 1000", "at 1001"]);
  assertEquals(kit.time.now(), 1005);
});

Deno.test("actors that never come to rest are reported instead of hanging the test", async () => {
  const kit = testKit();
  kit.system.spawn<undefined, null>({
    init: (ctx) => void ctx.self.tell(null),
    receive: (_state, _message, ctx) => void ctx.self.tell(null),
  });
  await assertRejects(() => kit.settle(), Error, "never settle");
});

Deno.test("seeded random numbers are spread over [0, 1)", () => {
  const random = seededRandom(42);
  const buckets = new Array(10).fill(0);
  for (let i = 0; i < 10_000; i++) buckets[Math.floor(random() * 10)]++;
  for (const count of buckets) assertEquals(Math.abs(count - 1000) < 150, true);
});
