/**
 * Work in stretches, so that a flood of input does not keep everybody else waiting.
 *
 * @module
 */

import type { Clock } from "./clock.ts";

/** How long a stretch of work may be, in milliseconds. */
const STRETCH_MS = 5;

/**
 * Tells when it is time to let timers, and with them all others, have their turn. A socket that
 * always has something to read does not: its bytes come without one.
 */
export class Stretch {
  readonly #clock: Clock;
  #began = 0;
  #turn: Promise<void> | undefined;
  #cancel: () => void = () => {};

  /** Starts with nothing done. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** To be called again and again in the work: a promise is to be waited for. */
  pause(): Promise<void> | undefined {
    if (this.#turn !== undefined) {
      return this.#clock.now() - this.#began < STRETCH_MS ? undefined : this.#turn;
    }
    this.#began = this.#clock.now();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    const stop = this.#clock.after(0, () => {
      this.#turn = undefined;
      resolve();
    });
    this.#cancel = () => {
      stop();
      resolve();
    };
    return undefined;
  }

  /** Waits no more: the work is over. */
  end(): void {
    this.#cancel();
  }
}
