/**
 * The pace of questions over all domains.
 *
 * @module
 */

/**
 * A bucket that fills at a steady rate and holds what a tenth of a second brings, so that many
 * domains that ask at the same time take turns.
 *
 * ```ts
 * import { Pace } from "./pace.ts";
 *
 * const pace = new Pace(500, () => Date.now());
 * pace.grant(5); // 5
 * ```
 */
export class Pace {
  readonly #perSecond: number;
  readonly #size: number;
  readonly #now: () => number;
  #level: number;
  #at: number;

  /** Lets through `perSecond` questions; `now` tells the time in milliseconds. */
  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#size = Math.max(1, perSecond / 10);
    this.#level = this.#size;
    this.#now = now;
    this.#at = now();
  }

  /** How many of the wanted questions may be sent now. */
  grant(wanted: number): number {
    const now = this.#now();
    const gained = (now - this.#at) * this.#perSecond / 1000;
    this.#level = Math.min(this.#size, this.#level + gained);
    this.#at = now;
    const granted = Math.min(wanted, Math.floor(this.#level));
    this.#level -= granted;
    return granted;
  }
}
