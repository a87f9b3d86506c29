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
  /** Counts beginnings and ends: the watch of an earlier period is over. */
  #period = 0;
  #last = 0;
  #worked = 0;
  #longest = 0;
  #work = 0;
  #long = 0;

  /** Starts to measure. */
  begin(): void {
    this.#longest = this.#work = this.#long = 0;
    this.#last = performance.now();
    this.#worked = workedMs();
    this.#watch(++this.#period);
  }

  /** Stops, and says what was measured. */
  end(): Stalls {
    this.#measure();
    this.#period++;
    return { longest: this.#longest, work: this.#work, long: this.#long };
  }

  async #watch(period: number): Promise<void> {
    for (;;) {
      await delay(1);
      if (this.#period !== period) return;
      this.#measure();
    }
  }

  #measure(): void {
    const [now, worked] = [performance.now(), workedMs()];
    const late = now - this.#last - 1;
    const busy = Math.min(late, worked - this.#worked);
    this.#longest = Math.max(this.#longest, late);
    this.#work = Math.max(this.#work, busy);
    if (busy > LONG_MS) this.#long++;
    [this.#last, this.#worked] = [now, worked];
  }
}

/** `clock_gettime` of the C library, which alone knows to the microsecond what one thread did. */
const libc = Deno.build.os !== "linux" ? undefined : Deno.dlopen("libc.so.6", {
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
});
const CLOCK_THREAD_CPUTIME_ID = 3;
const time = new BigInt64Array(2);

/** How long this thread has had a processor, in milliseconds. */
function workedMs(): number {
  if (libc === undefined) return performance.now();
  libc.symbols.clock_gettime(CLOCK_THREAD_CPUTIME_ID, time);
  return Number(time[0]) * 1e3 + Number(time[1]) / 1e6;
}
