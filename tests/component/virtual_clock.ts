/** Time that only passes when a test says so. */

import type { Clock } from "../../component/mod.ts";

export class VirtualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ readonly at: number; readonly fire: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, fire: () => void): () => void {
    const timer = { at: this.#now + ms, fire };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  soon(fire: () => void): void {
    this.after(0, fire);
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Time passes while the process is stopped: what is due happens late, all of it now. */
  suspend(ms: number): void {
    this.#now += ms;
    const due = [...this.#timers].filter((timer) => timer.at <= this.#now);
    for (const timer of due.sort((a, b) => a.at - b.at)) {
      if (this.#timers.delete(timer)) timer.fire();
    }
  }

  /** Lets time pass, and what is due happen in its order. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter((timer) => timer.at <= until);
      const first = due.sort((a, b) => a.at - b.at)[0];
      if (!first) break;
      this.#timers.delete(first);
      this.#now = first.at;
      first.fire();
    }
    this.#now = until;
  }
}
