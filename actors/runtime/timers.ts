import type { Clock, Scheduler } from "./ports.ts";
import { MAX_DELAY_MS, TimingWheel, type WheelTimer } from "./timing_wheel.ts";

/** A pending timer. */
export interface Timer {
  /** Cancels the timer; does nothing if it has fired or was cancelled before. Not to be detached. */
  cancel(): void;
}

/** What is to happen when a timer is due. */
export interface Due {
  /** Called once, then. */
  fire(): void;
}

/**
 * All timers of an actor system in one timing wheel, with at most one timer of the runtime.
 *
 * Nothing is armed while timers come and go: `arm` is called when a slice of work is done, and
 * `changed` asks for such a slice. So a timer that is cancelled soon (an answered question's)
 * never costs a timer of the runtime.
 */
export class Timers {
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #changed: () => void;
  readonly #wheel: TimingWheel<Due>;
  #armedFor = Infinity;
  #disarm: (() => void) | undefined;

  constructor(clock: Clock, scheduler: Scheduler, changed: () => void) {
    this.#clock = clock;
    this.#scheduler = scheduler;
    this.#changed = changed;
    this.#wheel = new TimingWheel(clock.now());
  }

  /** How many timers are pending. */
  get pending(): number {
    return this.#wheel.size;
  }

  /** Has `due` fire once in `ms` milliseconds. */
  schedule(ms: number, due: Due): WheelTimer<Due> {
    if (!(ms >= 0 && ms <= MAX_DELAY_MS)) {
      throw new RangeError(
        `Cannot start a timer as its delay must be 0 to ${MAX_DELAY_MS} ms: current value is ${ms}`,
      );
    }
    const timer = this.#wheel.schedule(this.#clock.now() + ms, due);
    if (this.#wheel.next! < this.#armedFor) this.#changed();
    return timer;
  }

  /** Runs everything that is due. */
  fire(): void {
    if (this.#wheel.size === 0) return;
    for (const due of this.#wheel.advance(this.#clock.now())) due.fire();
  }

  /** Arms one timer of the runtime for the next due one, or none if nothing is pending. */
  arm(): void {
    const next = this.#wheel.next ?? Infinity;
    if (next === this.#armedFor) return;
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedFor = next;
    if (next === Infinity) return;
    this.#disarm = this.#scheduler.later(Math.max(0, Math.ceil(next - this.#clock.now())), () => {
      this.#armedFor = Infinity;
      this.#disarm = undefined;
      this.#changed();
    });
  }

  /** Cancels a timer; does nothing if it has fired or was cancelled before. */
  cancel(timer: WheelTimer<Due>): void {
    // The last one gone: let the process become quiet.
    if (this.#wheel.cancel(timer) && this.#wheel.size === 0) this.#changed();
  }
}
