/**
 * Time that counts only while we listen.
 *
 * @module
 */
import type { Clock } from "../actors/runtime/mod.ts";

/** How often somebody has to look at the clock, so that it knows that we are listening. */
const TICK_MS = 500;
/** Who did not look for so long was held up, in milliseconds. */
const DEAF_MS = 2_000;

/**
 * A clock that stands still while the process is held up: stopped, starved, or its machine frozen.
 * "Nobody has answered" means nothing then. What was answered meanwhile waits in the socket, and is
 * read before a timer that goes by this clock is due.
 */
export class SuspendAwareClock implements Clock {
  readonly #clock: Clock;
  #last: number;
  #deaf = 0;
  #ticks: ReturnType<typeof setInterval> | undefined;

  /** Goes by another clock. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#last = clock.now();
  }

  /** Looks at itself again and again, until {@linkcode stop}. */
  start(): void {
    this.#last = this.#clock.now();
    this.#ticks ??= setInterval(() => this.now(), TICK_MS);
  }

  /** Needs not be right any more. */
  stop(): void {
    clearInterval(this.#ticks);
    this.#ticks = undefined;
  }

  /** The time, in milliseconds since the epoch, less those in which we did not listen. */
  now(): number {
    const now = this.#clock.now();
    const gap = now - this.#last;
    if (gap > DEAF_MS && this.#ticks !== undefined) this.#deaf += gap;
    this.#last = now;
    return now - this.#deaf;
  }

  /** What the other clock showed at a time of this one; exact if we were not held up since. */
  real(at: number): number {
    return at + this.#deaf;
  }
}
