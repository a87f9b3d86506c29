import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  ActorSystem,
  type Scheduler,
  testKit,
  type Timer,
  VirtualTime,
} from "../../../actors/runtime/mod.ts";

Deno.test("timers fire in their order, at their time", async () => {
  const kit = testKit({ now: 0 });
  const heard: [number, string][] = [];
  kit.system.spawn<undefined, string>({
    init(ctx) {
      for (const ms of [5000, 20, 0, 86_400_000, 20.5]) ctx.after(ms, `after ${ms}`);
    },
    receive: (_state, message, ctx) => void heard.push([ctx.now(), message]),
  });
  await kit.advance(86_400_000);
  assertEquals(heard, [
    [0, "after 0"],
    [20, "after 20"],
    [21, "after 20.5"],
    [5000, "after 5000"],
    [86_400_000, "after 86400000"],
  ]);
});

Deno.test("a cancelled timer's message never arrives, even if it was due already", async () => {
  const kit = testKit();
  const heard: string[] = [];
  const actor = kit.system.spawn<Timer[], string>({
    init: (ctx) => ["a", "b", "c"].map((name) => ctx.after(10, name)),
    receive(timers, message) {
      heard.push(message);
      for (const timer of timers) timer.cancel(); // b and c are in the mailbox by now
    },
  });
  await kit.advance(1000);
  assertEquals(heard, ["a"]);
  assertEquals(actor.depth, 0);
});

Deno.test("a timer's message arrives however full the mailbox is, and before the others", async () => {
  const kit = testKit();
  const heard: string[] = [];
  const actor = kit.system.spawn<undefined, string>({
    init(ctx) {
      ctx.after(0, "first");
      ctx.after(0, "second");
    },
    receive: (_state, message) => void heard.push(message),
  }, { mailbox: { capacity: 1 } });
  actor.tell("told");
  actor.tell("told urgently", "system");
  await kit.settle();
  assertEquals(heard, ["told urgently", "first", "second", "told"]);
});

Deno.test("timers end with their actor", async () => {
  const kit = testKit();
  const actor = kit.system.spawn<undefined, string>({
    init: (ctx) => void ctx.after(10, "late"),
    receive: () => {},
  });
  assertEquals(kit.system.stats().timers, 1);
  actor.stop();
  await kit.settle();
  assertEquals(kit.system.stats().timers, 0);
  assertEquals(kit.time.alarms, 0);
  await kit.advance(10);
  assertEquals(kit.deadLetters, []);
});

Deno.test("100,000 timers need one timer of the runtime, and none when all are done", async () => {
  const time = new VirtualTime(0);
  let armed = 0;
  let most = 0;
  const scheduler: Scheduler = {
    soon: (run) => time.soon(run),
    later(ms, run) {
      most = Math.max(most, ++armed);
      const cancel = time.later(ms, () => {
        armed--;
        run();
      });
      return () => {
        armed--;
        cancel();
      };
    },
  };
  const system = new ActorSystem({ clock: time, scheduler });
  let fired = 0;
  const actor = system.spawn<Timer[], "go" | "tick">({
    init: () => [],
    receive(timers, message, ctx) {
      if (message === "tick") fired++;
      else for (let i = 0; i < 100_000; i++) timers.push(ctx.after((i * 31) % 997, "tick"));
    },
    signal: () => {},
  });
  await time.settle();
  assertEquals(armed, 0, "quiet while nothing is pending");
  actor.tell("go");
  await time.settle();
  assertEquals(armed, 1);
  await time.advance(1000);
  assertEquals(fired, 100_000);
  assertEquals([armed, most], [0, 1]);
});

Deno.test("a question that is answered arms no timer of the runtime", async () => {
  const time = new VirtualTime();
  let armed = 0;
  const system = new ActorSystem({
    clock: time,
    scheduler: {
      soon: (run) => time.soon(run),
      later(ms, run) {
        armed++;
        return time.later(ms, run);
      },
    },
  });
  const echo = system.spawn<undefined, (answer: string) => void>({
    init: () => undefined,
    receive: (_state, reply) => reply("yes"),
  });
  const answer = echo.ask<string>((reply) => reply);
  await time.settle();
  assertEquals(await answer, "yes");
  assertEquals(armed, 0);
});

Deno.test("on the real clock a timer is never early and leaves nothing open", async () => {
  await using system = new ActorSystem();
  const rung = Promise.withResolvers<number>();
  const start = performance.now();
  system.spawn<undefined, string>({
    init: (ctx) => void ctx.after(20, "ring"),
    receive: () => rung.resolve(performance.now() - start),
  });
  assert(await rung.promise >= 20);
});

Deno.test("a delay that is not a time is refused", () => {
  const kit = testKit();
  for (const ms of [-1, NaN, Infinity]) {
    assertThrows(
      () => {
        kit.system.spawn<undefined, string>({
          init: (ctx) => void ctx.after(ms, "never"),
          receive: () => {},
        });
      },
      RangeError,
      `current value is ${ms}`,
    );
  }
});
