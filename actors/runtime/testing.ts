/** A kit to test actors in virtual time: a week passes in no time, and always in the same way. */

import type { DeadLetter } from "./dead_letters.ts";
import type { Clock, LogEntry, Random, Scheduler } from "./ports.ts";
import { ActorSystem, type ActorSystemOptions } from "./system.ts";

/** How many slices of work may follow each other before it is taken for an endless loop. */
const MAX_SLICES = 50_000;

/** Time that stands still until it is told to move; also a scheduler in that time. */
export class VirtualTime implements Clock, Scheduler {
  #now: number;
  #soon: (() => void)[] = [];
  readonly #alarms = new Set<{ readonly at: number; readonly run: () => void }>();

  /** Starts at `now`, in milliseconds since the Unix epoch. */
  constructor(now: number = Date.UTC(2025, 0, 1)) {
    this.#now = now;
  }

  /** How many calls of `later` are pending. */
  get alarms(): number {
    return this.#alarms.size;
  }

  /** The virtual time now. */
  now(): number {
    return this.#now;
  }

  /** Runs `run` in the next `settle`. */
  soon(run: () => void): void {
    this.#soon.push(run);
  }

  /** Runs `run` when the time has been advanced by `ms`. */
  later(ms: number, run: () => void): () => void {
    const alarm = { at: this.#now + ms, run };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /**
   * Runs all that can be run without time passing, and what follows from it, promises too.
   * Real I/O is not waited for.
   *
   * @throws {Error} if it does not end
   */
  async settle(): Promise<void> {
    let slices = 0;
    do {
      while (this.#soon.length > 0) {
        if (++slices > MAX_SLICES) {
          throw new Error("Actors never settle: do they send themselves messages without end?");
        }
        for (const run of this.#soon.splice(0)) run();
      }
      await macrotask();
    } while (this.#soon.length > 0);
  }

  /** Lets `ms` milliseconds pass: everything runs at its time, in order. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.settle();
    for (;;) {
      const next = this.#next();
      if (next === undefined || next.at > end) break;
      this.#alarms.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await this.settle();
    }
    this.#now = end;
  }

  #next(): { readonly at: number; readonly run: () => void } | undefined {
    let first: { readonly at: number; readonly run: () => void } | undefined;
    for (const alarm of this.#alarms) {
      if (first === undefined || alarm.at < first.at) first = alarm;
    }
    return first;
  }
}

/**
 * A source of random numbers that repeats itself for the same seed (the mulberry32 generator).
 * Not for secrets.
 */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Options of {@linkcode testKit}. */
export interface TestKitOptions extends Pick<ActorSystemOptions, "budget" | "onFailure"> {
  /**
   * The seed of the random numbers.
   *
   * @default {1}
   */
  readonly seed?: number;
  /** The time at the start, in milliseconds since the Unix epoch; default 2025-01-01. */
  readonly now?: number;
}

/** An actor system in virtual time, with all it said. */
export interface TestKit {
  /** The actor system. */
  readonly system: ActorSystem;
  /** Its time, which is a clock and a scheduler for other parts under test as well. */
  readonly time: VirtualTime;
  /** Its random numbers, for other parts under test as well. */
  readonly random: Random;
  /** Every dead letter so far. */
  readonly deadLetters: readonly DeadLetter[];
  /** Every log entry so far. */
  readonly log: readonly LogEntry[];
  /** Lets `ms` milliseconds pass; see {@linkcode VirtualTime.advance}. */
  advance(ms: number): Promise<void>;
  /** Runs all that needs no time; see {@linkcode VirtualTime.settle}. */
  settle(): Promise<void>;
  /** Stops the system and runs all that takes. */
  stop(): Promise<void>;
}

/**
 * Makes an actor system in virtual time.
 *
 * @example A reminder a week from now
 * ```ts
 * import { testKit } from "@roomkeeper/roomkeeper/actors";
 * import { assertEquals } from "@std/assert";
 *
 * const kit = testKit({ seed: 1 });
 * const heard: string[] = [];
 * kit.system.spawn<undefined, string>({
 *   init: (ctx) => void ctx.after(7 * 24 * 3600 * 1000, "wake up"),
 *   receive: (_state, message) => void heard.push(message),
 * });
 *
 * await kit.advance(7 * 24 * 3600 * 1000 - 1);
 * assertEquals(heard, []);
 * await kit.advance(1);
 * assertEquals(heard, ["wake up"]);
 * ```
 */
export function testKit({ seed = 1, now, ...options }: TestKitOptions = {}): TestKit {
  const time = new VirtualTime(now);
  const random = seededRandom(seed);
  const deadLetters: DeadLetter[] = [];
  const log: LogEntry[] = [];
  const system = new ActorSystem({
    ...options,
    clock: time,
    scheduler: time,
    random,
    log: (entry) => void log.push(entry),
    onDeadLetter: (letter) => void deadLetters.push(letter),
  });
  return {
    system,
    time,
    random,
    deadLetters,
    log,
    advance: (ms) => time.advance(ms),
    settle: () => time.settle(),
    async stop(): Promise<void> {
      const stopped = system.stop();
      await time.settle();
      await stopped;
    },
  };
}

/** Comes back when all promise reactions have run. */
function macrotask(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
