import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  ActorStoppedError,
  ActorSystem,
  AskTimeoutError,
  type Behaviour,
  MailboxFullError,
  NameTakenError,
  testKit,
} from "../../../actors/runtime/mod.ts";

/** Remembers all it is told. */
function collector<M>(heard: M[]): Behaviour<undefined, M> {
  return { init: () => undefined, receive: (_state, message) => void heard.push(message) };
}

type Question = { reply: (answer: string) => void } | "fail" | "wait";

/** Answers with its name. */
function answerer(delayMs = 0): Behaviour<undefined, Question> {
  return {
    init: () => undefined,
    receive(_state, message, ctx) {
      if (message === "fail") throw new Error("asked to fail");
      if (message === "wait") return;
      if (delayMs === 0) return message.reply(ctx.self.name);
      ctx.after(delayMs, { reply: message.reply });
      delayMs = 0;
    },
  };
}

Deno.test("messages of many senders arrive, those of one sender in order", async () => {
  const kit = testKit();
  const heard: [string, number][] = [];
  const sink = kit.system.spawn(collector(heard));
  for (const sender of ["a", "b"]) {
    kit.system.spawn<number, null>({
      init: (ctx) => {
        ctx.self.tell(null);
        return 0;
      },
      receive(n, _message, ctx) {
        sink.tell([sender, n]);
        if (n < 300) ctx.self.tell(null);
        return n + 1;
      },
    });
  }
  await kit.settle();
  for (const sender of ["a", "b"]) {
    assertEquals(
      heard.filter(([from]) => from === sender).map(([, n]) => n),
      Array.from({ length: 301 }, (_, n) => n),
    );
  }
});

Deno.test("the system lane overtakes the user lane", async () => {
  const kit = testKit();
  const heard: string[] = [];
  const actor = kit.system.spawn(collector(heard));
  actor.tell("user 1");
  actor.tell("user 2");
  actor.tell("system 1", "system");
  actor.tell("system 2", "system");
  assertEquals(actor.depth, 4);
  await kit.settle();
  assertEquals(heard, ["system 1", "system 2", "user 1", "user 2"]);
  assertEquals(actor.depth, 0);
});

Deno.test("an actor handles one message at a time, asynchronous handlers too", async () => {
  const kit = testKit();
  const trace: string[] = [];
  const actor = kit.system.spawn<number, string>({
    init: () => 0,
    async receive(count, message) {
      trace.push(`begin ${message} ${count}`);
      await Promise.resolve();
      trace.push(`end ${message}`);
      return count + 1;
    },
  });
  actor.tell("a");
  actor.tell("b");
  actor.tell("c", "system");
  await kit.settle();
  assertEquals(trace, ["begin c 0", "end c", "begin a 1", "end a", "begin b 2", "end b"]);
});

Deno.test("ask gets the answer", async () => {
  await using system = new ActorSystem();
  const actor = system.spawn(answerer(), { name: "echo" });
  assertEquals(await actor.ask<string>((reply) => ({ reply })), "echo");
});

Deno.test("ask gives up after its timeout, and the late reply is a dead letter", async () => {
  const kit = testKit();
  const actor = kit.system.spawn(answerer(2000), { name: "slow" });
  const answer = assertRejects(
    () => actor.ask<string>((reply) => ({ reply }), { timeoutMs: 1000 }),
    AskTimeoutError,
    "Actor /slow did not answer within 1000 ms",
  );
  await kit.advance(1000);
  await answer;
  await kit.advance(1000);
  assertEquals(kit.deadLetters, [{ path: "/slow", message: "slow", reason: "late-reply" }]);
});

Deno.test("ask fails at once when the mailbox is full or the actor stopped", async () => {
  const kit = testKit();
  const actor = kit.system.spawn(answerer(), { mailbox: { capacity: 1 } });
  actor.tell("wait");
  await assertRejects(() => actor.ask((reply) => ({ reply })), MailboxFullError);
  await kit.settle();
  const open = assertRejects(() => actor.ask(() => "wait"), ActorStoppedError);
  await kit.settle();
  actor.stop();
  await kit.settle();
  await open;
  await assertRejects(() => actor.ask((reply) => ({ reply })), ActorStoppedError);
  assertEquals(kit.system.stats().timers, 0);
});

Deno.test("a name is free again only when its actor has stopped", async () => {
  const kit = testKit();
  const first = kit.system.spawn(collector([]), { name: "a" });
  assertThrows(() => kit.system.spawn(collector([]), { name: "a" }), NameTakenError, "/a");
  first.stop();
  assertThrows(() => kit.system.spawn(collector([]), { name: "a" }), NameTakenError);
  await kit.settle();
  assertEquals(first.status, "stopped");
  assertEquals(kit.system.spawn(collector([]), { name: "a" }).path, "/a");
});

Deno.test("stopping goes from the last started to the first, children before parents", async () => {
  const kit = testKit();
  const gone: string[] = [];
  const named = (name: string, children: string[] = []): Behaviour<string, never> => ({
    init(ctx) {
      for (const child of children) ctx.spawn(named(child), { name: child });
      return name;
    },
    receive: () => {},
    stopped: async (state) => {
      await Promise.resolve();
      gone.push(state);
    },
  });
  kit.system.spawn(named("a", ["a1", "a2"]), { name: "a" });
  kit.system.spawn(named("b", ["b1"]), { name: "b" });
  assertEquals([...kit.system.actors()].map((ref) => ref.path), [
    "/a",
    "/a/a1",
    "/a/a2",
    "/b",
    "/b/b1",
  ]);
  await kit.stop();
  assertEquals(gone, ["b1", "b", "a2", "a1", "a"]);
  assertEquals(kit.system.stats().actors, 0);
  assertThrows(() => kit.system.spawn(collector([])), ActorStoppedError, "system has stopped");
});

Deno.test("stop waits for the message at work; its handler sees the abort signal", async () => {
  const kit = testKit();
  const trace: string[] = [];
  const actor = kit.system.spawn<undefined, string>({
    init: () => undefined,
    async receive(_state, message, ctx) {
      trace.push(`begin ${message}`);
      await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
      trace.push(`end ${message}`);
    },
    stopped: () => void trace.push("stopped"),
  });
  actor.tell("a");
  actor.tell("b");
  await kit.settle();
  assertEquals(trace, ["begin a"]);
  actor.stop();
  await kit.settle();
  assertEquals(trace, ["begin a", "end a", "stopped"]);
  assertEquals(kit.deadLetters.map(({ message, reason }) => [message, reason]), [["b", "stopped"]]);
});

Deno.test("an actor that fails to start leaves nothing behind", async () => {
  const kit = testKit();
  let orphan: unknown;
  assertThrows(
    () =>
      kit.system.spawn<undefined, string>({
        init(ctx) {
          orphan = ctx.spawn(collector([]), { name: "child" });
          ctx.after(1000, "never");
          throw new Error("no start");
        },
        receive: () => {},
      }, { name: "broken" }),
    Error,
    "no start",
  );
  await kit.settle();
  assertEquals((orphan as { status: string }).status, "stopped");
  assertEquals([...kit.system.actors()].length, 0);
  assertEquals(kit.system.stats(), {
    actors: 0,
    messages: 0,
    failures: 0,
    restarts: 0,
    timers: 0,
  });
});
