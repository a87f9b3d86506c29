/**
 * How long a program keeps its timers waiting.
 *
 * @module
 */

import { delay } from "@std/async/delay";

/** A timer that is later than this is a stall that somebody might notice, in milliseconds. */
const LONG_MS = 20;

/** What was measured, in milliseconds. */
export interface Stalls {
  /** The most by which a timer was late. */
  readonly longest: number;
  /** The most that the thread itself worked while a timer waited; without Linux it is not known. */
  readonly work: number;
  /** How many times it worked for more than 20 ms. */
  readonly long: number;
}

/**
 * Measures by how much a timer of 1 ms is late, from `begin` to `end`. On a busy machine a timer is
 * late also because others have the processor, so the work of the own thread is told apart: our
 * code and what the collector of garbage does in our thread.
 */
export class StallMeter {
  #running = false;
  #longest = 0;
  #work = 0;
  #long = 0;

  /** Starts to measure. */
  begin(): void {
    this.#running = true;
    this.#longest = this.#work = this.#long = 0;
    this.#watch();
  }

  /** Stops, and says what was measured. */
  end(): Stalls {
    this.#running = false;
    return { longest: this.#longest, work: this.#work, long: this.#long };
  }

  async #watch(): Promise<void> {
    for (let [last, worked] = [performance.now(), workedMs()]; this.#running;) {
      await delay(1);
      const [now, work] = [performance.now(), workedMs()];
      const late = now - last - 1;
      const busy = Math.min(late, work - worked);
      this.#longest = Math.max(this.#longest, late);
      this.#work = Math.max(this.#work, busy);
      if (busy > LONG_MS) this.#long++;
      [last, worked] = [now, work];
    }
  }
}

/** How long the main thread has had a processor, in milliseconds. */
function workedMs(): number {
  if (Deno.build.os !== "linux") return performance.now();
  return Number.parseInt(Deno.readTextFileSync("/proc/self/schedstat")) / 1e6;
}
