/**
 * Work in slices, so that a flood of input does not keep everybody else waiting.
 *
 * @module
 */

import type { Clock } from "./clock.ts";

/** How long actors and timers may have to wait, in milliseconds. */
const SHORT_MS = 2;
/** How long other sockets may have to wait; each time costs us about 2 ms, which timers take. */
const LONG_MS = 50;

/**
 * Tells when it is time to let others have their turn. A socket that always has something to read
 * does not: its bytes come without one.
 */
export class TimeSlice {
  readonly #clock: Clock;
  /** When work began since everybody, other sockets too, last had a turn. */
  #began = 0;
  /** Settles when everybody has had a turn. */
  #turn: Promise<void> | undefined;
  /** When actors and timers last had a turn. */
  #shortBegan = 0;
  #cancel: () => void = () => {};

  /** Starts with nothing done. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** To be called again and again in the work: a promise is to be waited for. */
  pause(): Promise<void> | undefined {
    const now = this.#clock.now();
    if (this.#turn === undefined) {
      this.#began = this.#shortBegan = now;
      this.#turn = this.#wholeTurn();
    } else if (now - this.#began >= LONG_MS) {
      return this.#turn;
    } else if (now - this.#shortBegan >= SHORT_MS) {
      this.#shortBegan = now;
      return new Promise((resolve) => this.#clock.soon(resolve));
    }
    return undefined;
  }

  /** Waits no more: the work is over. */
  end(): void {
    this.#cancel();
  }

  #wholeTurn(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = this.#clock.after(0, () => {
      this.#turn = undefined;
      resolve();
    });
    this.#cancel = () => {
      stop();
      resolve();
    };
    return promise;
  }
}
