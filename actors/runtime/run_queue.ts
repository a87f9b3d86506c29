import type { Clock, Scheduler } from "./ports.ts";
import { Ring } from "./ring.ts";

/** Something that wants the processor now and then. */
export interface Runnable {
  /** Does at most `budget` units of work and returns how many it did. */
  run(budget: number): number;
}

/** How long a slice of work may take before the runtime gets a turn, in milliseconds. */
const SLICE_MS = 2;

/** How many units of work a slice may do, however fast they are. */
const SLICE_WORK = 1000;

/**
 * The clock is read when so many units of work are done, or earlier if they take long; always
 * between two actors' turns. Reading it costs more than most messages.
 */
const CLOCK_EVERY = 16;

/**
 * The fair queue of runnable actors: each in turn does at most `budget` messages and goes to the
 * end if it has more. Work is done in slices with a macro-task between them for I/O and timers.
 */
export class RunQueue {
  readonly #scheduler: Scheduler;
  readonly #clock: Clock;
  readonly #budget: number;
  readonly #queue = new Ring<Runnable>();
  #awake = false;
  /** Called at the start of a slice, to add what is due. */
  before: () => void = () => {};
  /** Called at the end of a slice. */
  after: () => void = () => {};

  constructor(scheduler: Scheduler, clock: Clock, budget: number) {
    if (!Number.isSafeInteger(budget) || budget < 1) {
      throw new RangeError(
        `Cannot make an actor system as 'budget' must be a positive integer: current value is ${budget}`,
      );
    }
    this.#scheduler = scheduler;
    this.#clock = clock;
    this.#budget = budget;
  }

  /** Adds an actor at the end; the caller sees to it that it is not in the queue already. */
  add(runnable: Runnable): void {
    this.#queue.push(runnable);
    this.wake();
  }

  /** Asks for a slice, even if there is nothing to run. */
  wake(): void {
    if (this.#awake) return;
    this.#awake = true;
    this.#scheduler.soon(this.#slice);
  }

  readonly #slice = (): void => {
    this.before();
    const start = this.#clock.now();
    let done = 0;
    let look = 1;
    while (this.#queue.length > 0 && done < SLICE_WORK) {
      done += this.#queue.shift().run(this.#budget);
      if (done < look) continue;
      const worked = this.#clock.now() - start;
      if (worked >= SLICE_MS) break;
      look = done + untilNextLook(done, worked);
    }
    this.#awake = false;
    this.after();
    if (this.#queue.length > 0) this.wake();
  };
}

/** How many units of work fit into a quarter of what is left of a slice, if they go on as they were. */
function untilNextLook(done: number, worked: number): number {
  const fitting = Math.floor(done * (SLICE_MS - worked) / worked / 4);
  return Math.max(1, Math.min(CLOCK_EVERY, fitting));
}
