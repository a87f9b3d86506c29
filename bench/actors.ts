/**
 * How fast the actor runtime is: `deno task bench:actors`. Each line is the best of three runs.
 */

import { ActorSystem, type Behaviour, TimingWheel } from "../actors/runtime/mod.ts";
import { machine } from "./report.ts";

const MESSAGES = 2_000_000;
const TIMERS = 100_000;

console.log(machine());

await rate("tell, 1 actor", MESSAGES, "messages", () => flood(1));
await rate("tell, 1,000 actors", MESSAGES, "messages", () => flood(1000));
await rate("ping-pong, one message in flight", MESSAGES / 4, "messages", pingPong);
await rate("ask, one after the other", 200_000, "answers", ask);
await rate("spawn and stop", 100_000, "actors", spawn);
await rate("timers: schedule 100,000 over an hour", TIMERS, "timers", () => wheel("schedule"));
await rate("timers: cancel them", TIMERS, "timers", () => wheel("cancel"));
await rate("timers: fire them", TIMERS, "timers", () => wheel("fire"));
await latency();

/** Runs `work`, which returns its milliseconds, and prints the rate. */
async function rate(
  name: string,
  count: number,
  unit: string,
  work: () => number | Promise<number>,
): Promise<void> {
  let best = Infinity;
  for (let i = 0; i < 3; i++) best = Math.min(best, await work());
  const perSecond = Math.round(count / best * 1000);
  console.log(`${name.padEnd(40)} ${perSecond.toLocaleString("en").padStart(12)} ${unit}/s`);
}

/** Sends all messages to `sinks` actors, at the pace at which they take them. */
async function flood(sinks: number): Promise<number> {
  await using system = new ActorSystem();
  let left = MESSAGES;
  const done = Promise.withResolvers<void>();
  const sink: Behaviour<undefined, number> = {
    init: () => undefined,
    receive: () => {
      if (--left === 0) done.resolve();
    },
  };
  const refs = Array.from({ length: sinks }, () => system.spawn(sink));
  const start = performance.now();
  for (let i = 0; i < MESSAGES; i++) {
    const ref = refs[i % sinks]!;
    while (!ref.tell(i)) await ref.ready();
  }
  await done.promise;
  return performance.now() - start;
}

/** Two actors throw a message back and forth. */
async function pingPong(): Promise<number> {
  await using system = new ActorSystem();
  let left = MESSAGES / 4;
  const done = Promise.withResolvers<void>();
  interface Ball {
    readonly other: { tell(ball: Ball): boolean };
  }
  const player: Behaviour<undefined, Ball> = {
    init: () => undefined,
    receive(_state, { other }, ctx) {
      if (--left > 0) other.tell({ other: ctx.self });
      else done.resolve();
    },
  };
  const a = system.spawn(player);
  const b = system.spawn(player);
  const start = performance.now();
  a.tell({ other: b });
  await done.promise;
  return performance.now() - start;
}

/** Asks and awaits each answer. */
async function ask(): Promise<number> {
  await using system = new ActorSystem();
  const echo = system.spawn<undefined, (answer: number) => void>({
    init: () => undefined,
    receive: (_state, reply) => reply(1),
  });
  const start = performance.now();
  for (let i = 0; i < 200_000; i++) await echo.ask<number>((reply) => reply);
  return performance.now() - start;
}

/** Starts actors and stops them. */
async function spawn(): Promise<number> {
  const system = new ActorSystem();
  const start = performance.now();
  for (let i = 0; i < 100_000; i++) {
    system.spawn({ init: () => 0, receive: (n: number) => n + 1 });
  }
  await system.stop();
  return performance.now() - start;
}

/** Times one part of a timer's life. */
function wheel(part: "schedule" | "cancel" | "fire"): number {
  const timers = new TimingWheel<number>(0);
  let start = performance.now();
  const all = Array.from(
    { length: TIMERS },
    (_, i) => timers.schedule((i * 7919) % 3_600_000 + 1, i),
  );
  if (part === "schedule") return performance.now() - start;
  start = performance.now();
  if (part === "cancel") { for (const timer of all) timers.cancel(timer); }
  else for (let now = 0; timers.size > 0; now += 1000) timers.advance(now);
  return performance.now() - start;
}

/** How long a loopback round trip takes while actors use all the time they get. */
async function latency(): Promise<void> {
  await using system = new ActorSystem();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const echo = (async () => {
    const server = await listener.accept();
    await server.readable.pipeTo(server.writable);
  })();
  const client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const busy: Behaviour<undefined, null> = {
    init: (ctx) => void ctx.self.tell(null),
    receive: (_state, _message, ctx) => void ctx.self.tell(null),
  };
  for (let i = 0; i < 10; i++) system.spawn(busy);
  const times: number[] = [];
  const byte = new Uint8Array(1);
  for (let i = 0; i < 100; i++) {
    const start = performance.now();
    await client.write(byte);
    await client.read(byte);
    times.push(performance.now() - start);
  }
  client.close();
  listener.close();
  await echo.catch(() => {});
  times.sort((a, b) => a - b);
  console.log(
    `${"loopback round trip under full load".padEnd(40)} median ${times[50]!.toFixed(1)} ms, ` +
      `worst ${times[99]!.toFixed(1)} ms`,
  );
}
