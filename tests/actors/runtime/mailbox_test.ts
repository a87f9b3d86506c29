import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  ActorStoppedError,
  ActorSystem,
  type Behaviour,
  type Overflow,
  testKit,
} from "../../../actors/runtime/mod.ts";

function collector<M>(heard: M[]): Behaviour<undefined, M> {
  return { init: () => undefined, receive: (_state, message) => void heard.push(message) };
}

const policies: [Overflow, { accepted: boolean[]; heard: number[]; dead: number[] }][] = [
  ["reject", { accepted: [true, true, false, false], heard: [1, 2], dead: [] }],
  ["drop-newest", { accepted: [true, true, false, false], heard: [1, 2], dead: [3, 4] }],
  ["drop-oldest", { accepted: [true, true, true, true], heard: [3, 4], dead: [1, 2] }],
];

for (const [overflow, expected] of policies) {
  Deno.test(`a full mailbox: ${overflow}`, async () => {
    const kit = testKit();
    const heard: number[] = [];
    const actor = kit.system.spawn(collector(heard), { mailbox: { capacity: 2, overflow } });
    const accepted = [1, 2, 3, 4].map((n) => actor.tell(n));
    assertEquals(actor.depth, 2);
    await kit.settle();
    assertEquals(
      { accepted, heard, dead: kit.deadLetters.map(({ message }) => message) },
      expected,
    );
    assertEquals(kit.system.deadLetters.count("overflow"), expected.dead.length);
  });
}

Deno.test("a full user lane does not close the system lane, which has the same bound", async () => {
  const kit = testKit();
  const heard: number[] = [];
  const actor = kit.system.spawn(collector(heard), {
    mailbox: { capacity: 2, overflow: "drop-oldest" },
  });
  const accepted = [1, 2].map((n) => actor.tell(n));
  accepted.push(...[3, 4, 5].map((n) => actor.tell(n, "system")));
  assertEquals(accepted, [true, true, true, true, false]);
  await kit.settle();
  assertEquals(heard, [3, 4, 1, 2]);
});

Deno.test("ready() makes a fast sender wait, and loses nothing", async () => {
  const kit = testKit();
  const heard: number[] = [];
  let deepest = 0;
  const actor = kit.system.spawn(collector(heard), { mailbox: { capacity: 10 } });
  const send = async (from: number) => {
    for (let n = from; n < from + 500; n++) {
      while (!actor.tell(n)) await actor.ready();
      deepest = Math.max(deepest, actor.depth);
    }
  };
  const sent = Promise.all([send(0), send(500)]);
  await kit.settle();
  await sent;
  assertEquals(heard.toSorted((a, b) => a - b), Array.from({ length: 1000 }, (_, n) => n));
  assertEquals(deepest, 10);
  assertEquals(kit.system.deadLetters.total, 0);
});

Deno.test("ready() fails when the actor stops, so that no sender waits for ever", async () => {
  const kit = testKit();
  const actor = kit.system.spawn(collector<number>([]), { mailbox: { capacity: 1 } });
  actor.tell(1);
  const waiting = assertRejects(() => actor.ready(), ActorStoppedError);
  actor.stop();
  await kit.settle();
  await waiting;
  await assertRejects(() => actor.ready(), ActorStoppedError);
});

Deno.test("messages told to a stopped actor are dead letters", async () => {
  const kit = testKit();
  const actor = kit.system.spawn(collector<string>([]), { name: "gone" });
  actor.tell("left behind");
  actor.tell("urgent", "system");
  actor.stop();
  assertEquals(actor.tell("while stopping"), false);
  await kit.settle();
  assertEquals(actor.tell("after"), false);
  assertEquals(
    kit.deadLetters,
    ["while stopping", "urgent", "left behind", "after"].map((message) => ({
      path: "/gone",
      message,
      reason: "stopped",
    })),
  );
  assertEquals(kit.system.deadLetters.count("stopped"), 4);
});

Deno.test("options out of range are refused with their value", () => {
  const system = new ActorSystem();
  assertThrows(
    () => system.spawn(collector([]), { mailbox: { capacity: 0 } }),
    RangeError,
    "'capacity' must be a positive integer: current value is 0",
  );
  assertThrows(
    () => system.spawn(collector([]), { supervision: { intensity: -1 } }),
    RangeError,
    "'intensity' must be a non-negative integer: current value is -1",
  );
  assertThrows(
    () => system.spawn(collector([]), { supervision: { periodMs: 0 } }),
    RangeError,
    "'periodMs' must be positive: current value is 0",
  );
  assertThrows(() => system.spawn(collector([]), { name: "" }), RangeError, "'name' is empty");
  assertThrows(() => new ActorSystem({ budget: 0.5 }), RangeError, "current value is 0.5");
});
