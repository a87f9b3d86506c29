/**
 * A small actor system: actors with a bounded mailbox each, supervision as data, timers in a
 * timing wheel, and a kit to test it all in virtual time.
 *
 * An actor is a {@linkcode Behaviour}, a function of its state and a message; everything that is
 * not pure (the clock, random numbers, the scheduler, the log) comes in through ports. It runs in
 * one thread and deliberately knows nothing of networks, clusters and persistence.
 *
 * @example Supervision: a failure costs one message, not the state
 * ```ts
 * import { ActorSystem } from "@roomkeeper/roomkeeper/actors";
 * import { assertEquals } from "@std/assert";
 *
 * type Message = { add: number } | { get: (sum: number) => void };
 *
 * await using system = new ActorSystem({ log: (entry) => console.error(entry.text) });
 * const counter = system.spawn<number, Message>({
 *   init: () => 0,
 *   receive(sum, message) {
 *     if ("get" in message) return void message.get(sum);
 *     if (Number.isNaN(message.add)) throw new TypeError("not a number");
 *     return sum + message.add;
 *   },
 * }, {
 *   name: "counter",
 *   mailbox: { capacity: 100, overflow: "drop-oldest" },
 *   supervision: { strategy: "restart", intensity: 5, periodMs: 10_000 },
 * });
 *
 * counter.tell({ add: 1 });
 * counter.tell({ add: NaN }); // fails, is logged and dropped
 * counter.tell({ add: 2 });
 * assertEquals(await counter.ask<number>((reply) => ({ get: reply })), 3);
 * assertEquals(system.stats().restarts, 1);
 * ```
 *
 * @module
 */

export { ActorSystem, type ActorSystemOptions, type ActorSystemStats } from "./system.ts";
export type {
  ActorRef,
  AskOptions,
  Behaviour,
  Context,
  Failure,
  Signal,
  SpawnOptions,
} from "./behaviour.ts";
export type { Lane, MailboxOptions, Overflow } from "./mailbox.ts";
export type { Supervision } from "./supervision.ts";
export type { Timer } from "./timers.ts";
export { type DeadLetter, type DeadLetterReason, DeadLetters } from "./dead_letters.ts";
export { ActorStoppedError, AskTimeoutError, MailboxFullError, NameTakenError } from "./errors.ts";
export {
  type Clock,
  type Log,
  type LogEntry,
  type Random,
  runtimeScheduler,
  type Scheduler,
  systemClock,
} from "./ports.ts";
export { MAX_DELAY_MS, TimingWheel, type WheelTimer } from "./timing_wheel.ts";
export {
  seededRandom,
  type TestKit,
  testKit,
  type TestKitOptions,
  VirtualTime,
} from "./testing.ts";
