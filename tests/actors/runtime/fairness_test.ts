import { assert, assertEquals } from "@std/assert";
import { ActorSystem, type Behaviour, testKit } from "../../../actors/runtime/mod.ts";

/** Never out of work: each message leads to the next. */
const busy: Behaviour<undefined, null> = {
  init: (ctx) => void ctx.self.tell(null),
  receive: (_state, _message, ctx) => void ctx.self.tell(null),
};

Deno.test("an actor with much to do yields after its budget", async () => {
  const kit = testKit({ budget: 10 });
  const trace: string[] = [];
  const recorder = (name: string): Behaviour<undefined, null> => ({
    init: () => undefined,
    receive: () => void trace.push(name),
  });
  const a = kit.system.spawn(recorder("a"));
  const b = kit.system.spawn(recorder("b"));
  for (let i = 0; i < 25; i++) a.tell(null);
  for (let i = 0; i < 12; i++) b.tell(null);
  await kit.settle();
  const runs = trace.join("").match(/a+|b+/g)!.map((run) => run[0]! + run.length);
  assertEquals(runs, ["a10", "b10", "a10", "b2", "a5"]);
});

Deno.test("a slice of work is over when its time is up, if every message takes long", () => {
  let now = 0;
  const slices: (() => void)[] = [];
  const system = new ActorSystem({
    clock: { now: () => now },
    scheduler: { soon: (run) => void slices.push(run), later: () => () => {} },
  });
  for (let i = 0; i < 50; i++) {
    system.spawn<undefined, null>({ init: () => {}, receive: () => void now++ }).tell(null);
  }
  let longest = 0;
  for (let slice; (slice = slices.shift()) !== undefined;) {
    const start = now;
    slice();
    longest = Math.max(longest, now - start);
  }
  assertEquals([now, longest], [50, 2]);
});

Deno.test("actors that are never out of work do not starve timers and sockets", async () => {
  const system = new ActorSystem();
  system.spawn(busy);
  system.spawn(busy);
  const ticked = Promise.withResolvers<void>();
  system.spawn<undefined, string>({
    init: (ctx) => void ctx.after(1, "tick"),
    receive: () => ticked.resolve(),
  });
  await ticked.promise;

  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const server = await listener.accept();
  const handled = system.stats().messages;
  const byte = new Uint8Array(1);
  for (let i = 0; i < 20; i++) {
    await client.write(byte);
    assertEquals(await server.read(byte), 1);
  }
  // Sockets may well be faster than the actors' next turn; but the actors were at work all the time.
  for (let turns = 0; system.stats().messages === handled; turns++) {
    assert(turns < 100, "the actors have stopped");
    await new Promise((resolve) => setTimeout(resolve));
  }
  client.close();
  server.close();
  listener.close();
  await system.stop();
});
