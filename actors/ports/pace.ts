/**
 * The pace of questions over all domains.
 *
 * @module
 */

/** How much time a burst may be ahead of the pace, in milliseconds. */
const BURST_MS = 100;
/** Grant that is not used for so long is forfeited, so that no more come together than agreed. */
const FORFEIT_MS = 1_000;

/** Grant to ask. */
export interface Grant {
  /** How many questions. */
  readonly count: number;
  /** From when on, in milliseconds. */
  readonly from: number;
}

/**
 * Gives leave to ask at a steady rate, with bursts of what a tenth of a second brings. Grant is
 * given in the order in which it is wanted, in advance if it must be: thus many domains that ask
 * at the same time take turns, and none of them has to try again and again.
 *
 * ```ts
 * import { Pace } from "./pace.ts";
 *
 * const pace = new Pace(500, () => 0);
 * pace.reserve(50); // { count: 50, from: 0 }
 * pace.reserve(5); // { count: 5, from: 10 }
 * ```
 */
export class Pace {
  readonly #period: number;
  readonly #burst: number;
  readonly #now: () => number;
  /** The time until which everything is given away. */
  #taken = -Infinity;

  /** Lets through `perSecond` questions; `now` tells the time in milliseconds. */
  constructor(perSecond: number, now: () => number) {
    this.#period = 1000 / perSecond;
    this.#burst = Math.max(1, Math.floor(perSecond * BURST_MS / 1000));
    this.#now = now;
  }

  /** Grant for so many questions, or fewer. */
  reserve(wanted: number): Grant {
    const now = this.#now();
    const count = Math.min(wanted, this.#burst);
    const idle = now - this.#burst * this.#period;
    this.#taken = Math.max(this.#taken, idle) + count * this.#period;
    return { count, from: Math.max(now, this.#taken) };
  }
}

/** The leave that one domain has. */
export class Quota {
  readonly #pace: Pick<Pace, "reserve">;
  #count = 0;
  #from = -Infinity;

  /** Starts without any; `pace` is asked for it. */
  constructor(pace: Pick<Pace, "reserve">) {
    this.#pace = pace;
  }

  /** When the leave that was given holds, in milliseconds. */
  get from(): number {
    return this.#from;
  }

  /** Takes leave for so many questions, or fewer; 0: not before {@linkcode from}. */
  take(wanted: number, now: number): number {
    if (this.#count === 0 || now > this.#from + FORFEIT_MS) {
      ({ count: this.#count, from: this.#from } = this.#pace.reserve(wanted));
    }
    if (now < this.#from) return 0;
    const taken = Math.min(wanted, this.#count);
    this.#count -= taken;
    return taken;
  }

  /** Gives back what was not needed. */
  giveBack(count: number): void {
    this.#count += count;
  }
}
