/**
 * Views, made without holding up anybody: the keeper answers XMPP in the same thread.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import type { Sliced } from "./sliced.ts";

/** The longest that a slice takes, in milliseconds, if the work yields often enough. */
const SLICE_MS = 3;
/** For each millisecond of work so many of rest: views take a tenth of the thread at most. */
const REST = 9;
/** Shorter rests are saved up, in milliseconds: a timer is no more exact. */
const LEAST_REST_MS = 4;
/** How many views may wait to be made. */
const MAX_WAITING = 64;

/** Makes views one at a time. The same view is made once for all who wait for it. */
export class Views {
  readonly #waiting = new Map<string, Promise<unknown>>();
  #last: Promise<unknown> = Promise.resolve();
  /** How long to rest before more is done, in milliseconds. */
  #rest = 0;

  /**
   * A view as JSON.
   *
   * @param key Names it: what is made at the same time under the same name is the same.
   * @param make Makes it, in slices.
   * @returns `undefined` if too many others wait already.
   */
  json(key: string, make: () => Sliced<unknown>): Promise<string> | undefined {
    return this.make(key, function* () {
      return JSON.stringify(yield* make());
    });
  }

  /** The same for anything else. */
  make<Made>(key: string, make: () => Sliced<Made>): Promise<Made> | undefined {
    const known = this.#waiting.get(key);
    if (known !== undefined) return known as Promise<Made>;
    if (this.#waiting.size >= MAX_WAITING) return undefined;
    const made = this.#last.then(() => this.#make(make()))
      .finally(() => this.#waiting.delete(key));
    this.#waiting.set(key, made);
    // Whoever waits for it hears of a failure; the next one is not concerned.
    this.#last = made.catch(() => {});
    return made;
  }

  async #make<Made>(work: Sliced<Made>): Promise<Made> {
    for (;;) {
      await this.#rested();
      const start = performance.now();
      let step = work.next();
      while (!step.done && performance.now() - start < SLICE_MS) step = work.next();
      this.#rest += REST * (performance.now() - start);
      if (step.done) return step.value;
    }
  }

  async #rested(): Promise<void> {
    if (this.#rest < LEAST_REST_MS) return;
    const start = performance.now();
    await delay(this.#rest);
    // A long rest by chance is no credit.
    this.#rest = Math.max(0, this.#rest - (performance.now() - start));
  }
}
