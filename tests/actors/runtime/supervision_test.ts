import { assertEquals } from "@std/assert";
import {
  type ActorRef,
  type Behaviour,
  type Signal,
  type Supervision,
  testKit,
} from "../../../actors/runtime/mod.ts";

type Message = "add" | "fail" | "fail later" | ((state: readonly string[]) => void);

/** Adds to its list, or fails. */
const adder: Behaviour<readonly string[], Message> = {
  init: () => [],
  receive(state, message) {
    if (message === "add") return [...state, "added"];
    if (message === "fail") throw new Error("asked to fail");
    if (message === "fail later") return Promise.reject(new Error("failed later"));
    return void message(state);
  },
};

/** A parent of one adder, which records the signals it gets. */
function parent(
  signals: Signal[],
  supervision: Supervision,
): Behaviour<ActorRef<Message>, (child: ActorRef<Message>) => void> {
  return {
    init: (ctx) => ctx.spawn(adder, { name: "child", supervision }),
    receive: (child, message) => void message(child),
    signal: (_child, signal) => void signals.push(signal),
  };
}

Deno.test("a failing actor goes on with its state, mailbox, children and timers", async () => {
  const kit = testKit();
  const heard: string[] = [];
  const actor = kit.system.spawn<string[], string>({
    init(ctx) {
      ctx.spawn(adder, { name: "child" });
      ctx.after(1000, "tick");
      return [];
    },
    receive(state, message) {
      if (message === "poison") throw new Error("poisoned");
      heard.push(message);
      return [...state, message];
    },
    stopped: (state) => void heard.push(`stopped with ${state.join()}`),
  }, { name: "actor" });
  for (const message of ["a", "poison", "b"]) actor.tell(message);
  await kit.advance(1000);
  assertEquals([...kit.system.actors()].map(({ path }) => path), ["/actor", "/actor/child"]);
  await kit.stop();
  assertEquals(heard, ["a", "b", "tick", "stopped with a,b,tick"]);
});

Deno.test("the message that made it fail is logged once, with the error, and dropped", async () => {
  const kit = testKit();
  const actor = kit.system.spawn(adder, { name: "adder" });
  actor.tell("fail");
  actor.tell("fail later");
  await kit.settle();
  assertEquals(
    kit.log.map(({ level, event, path, error, cause }) => [
      level,
      event,
      path,
      (error as Error).message,
      cause,
    ]),
    [
      ["error", "actor-failed", "/adder", "asked to fail", "fail"],
      ["error", "actor-failed", "/adder", "failed later", "fail later"],
    ],
  );
  assertEquals(kit.system.stats().failures, 2);
  assertEquals(kit.system.stats().restarts, 2);
});

Deno.test("a flood of failures can't flood the log", async () => {
  const kit = testKit();
  const supervision = { intensity: 1000 };
  const actor = kit.system.spawn(adder, { name: "adder", supervision });
  for (let i = 0; i < 100; i++) actor.tell("fail");
  await kit.settle();
  assertEquals(kit.log.length, 5);
  await kit.advance(10_000);
  actor.tell("fail");
  await kit.settle();
  assertEquals(kit.log.length, 7);
  assertEquals(kit.log.map(({ suppressed }) => suppressed).filter(Boolean), [94]);
});

Deno.test("the restarted hook may replace the state", async () => {
  const kit = testKit();
  const actor = kit.system.spawn<readonly string[], Message>({
    ...adder,
    restarted: (state, { error, message }) => [
      ...state,
      `after ${(error as Error).message} by ${message}`,
    ],
  });
  actor.tell("add");
  actor.tell("fail");
  actor.tell("add");
  const answer = actor.ask<readonly string[]>((reply) => reply);
  await kit.settle();
  assertEquals(await answer, ["added", "after asked to fail by fail", "added"]);
});

Deno.test("more failures than the intensity allows in the period stop the actor", async () => {
  const kit = testKit();
  const supervision = { intensity: 2, periodMs: 1000 };
  const actor = kit.system.spawn(adder, { supervision });
  for (let i = 0; i < 10; i++) {
    actor.tell("fail");
    await kit.advance(500); // two per period: allowed
  }
  assertEquals(actor.status, "running");
  for (let i = 0; i < 3; i++) actor.tell("fail");
  await kit.settle();
  assertEquals(actor.status, "stopped");
  assertEquals(kit.system.stopped, false);
});

Deno.test("stop: the first failure stops the actor, and its parent is told why", async () => {
  const kit = testKit();
  const signals: Signal[] = [];
  const ref = kit.system.spawn(parent(signals, { strategy: "stop" }), { name: "parent" });
  ref.tell((child) => child.tell("fail"));
  await kit.settle();
  assertEquals(
    signals.map(({ type, child, error }) => [type, child.path, (error as Error).message]),
    [["child-stopped", "/parent/child", "asked to fail"]],
  );
  assertEquals(ref.status, "running");
});

Deno.test("a child that was asked to stop reports no error", async () => {
  const kit = testKit();
  const signals: Signal[] = [];
  const ref = kit.system.spawn(parent(signals, {}));
  ref.tell((child) => void child.stop());
  await kit.settle();
  assertEquals(signals.map((signal) => "error" in signal), [false]);
});

Deno.test("escalate: the parent fails by its own supervision and can start the child anew", async () => {
  const kit = testKit();
  const ref = kit.system.spawn({
    ...parent([], { strategy: "escalate" }),
    restarted: (_child, _failure, ctx) => ctx.spawn(adder, { name: "child" }),
  }, { name: "parent" });
  const before = [...kit.system.actors()][1];
  ref.tell((child) => child.tell("fail"));
  await kit.settle();
  const after = [...kit.system.actors()][1];
  assertEquals(before!.status, "stopped");
  assertEquals(after!.status, "running");
  assertEquals(after!.path, "/parent/child");
  assertEquals(kit.log.map(({ path }) => path), ["/parent/child", "/parent"]);
});

Deno.test("a failure that reaches the top stops the system", async () => {
  let failure: unknown;
  const kit = testKit({ onFailure: (error) => failure = error });
  const other = kit.system.spawn(adder, { name: "other" });
  const ref = kit.system.spawn(
    parent([], { intensity: 0, exceeded: "escalate" }),
    { name: "parent", supervision: { strategy: "escalate" } },
  );
  ref.tell((child) => child.tell("fail"));
  await kit.settle();
  assertEquals((failure as Error).message, "asked to fail");
  assertEquals(kit.system.stopped, true);
  assertEquals(other.status, "stopped");
  assertEquals(kit.log.at(-1)?.event, "system-failed");
});

Deno.test("an actor that can't even restart is stopped", async () => {
  const kit = testKit();
  const actor = kit.system.spawn({
    ...adder,
    restarted: () => {
      throw new Error("broken hook");
    },
  });
  actor.tell("fail");
  await kit.settle();
  assertEquals(actor.status, "stopped");
  assertEquals(kit.log.map(({ event }) => event), ["actor-failed", "restart-failed"]);
});
