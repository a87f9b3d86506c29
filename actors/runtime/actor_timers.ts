import type { Due, Timer, Timers } from "./timers.ts";
import type { WheelTimer } from "./timing_wheel.ts";

/** A timer of an actor, and the message that it puts into the mailbox. */
export interface ActorTimer<M> extends Timer {
  readonly message: M;
  /** Whether it was taken back, perhaps when it waited in the mailbox already. */
  readonly cancelled: boolean;
}

/**
 * The pending timers of one actor. They are chained rather than listed: most actors have one, and
 * start another every moment.
 */
export class ActorTimers<M> {
  readonly #timers: Timers;
  readonly #deliver: (timer: ActorTimer<M>) => void;
  #first: ChainedTimer<M> | undefined;

  /** `deliver` takes each timer when it is due. */
  constructor(timers: Timers, deliver: (timer: ActorTimer<M>) => void) {
    this.#timers = timers;
    this.#deliver = deliver;
  }

  /** Starts a timer. */
  start(ms: number, message: M): ActorTimer<M> {
    const timer = new ChainedTimer(this, message);
    timer.pending = this.#timers.schedule(ms, timer);
    timer.next = this.#first;
    if (this.#first !== undefined) this.#first.previous = timer;
    this.#first = timer;
    return timer;
  }

  /** Cancels all. */
  cancel(): void {
    while (this.#first !== undefined) this.#first.cancel();
  }

  /** To be called by a timer that is due. */
  fired(timer: ChainedTimer<M>): void {
    if (timer.pending !== undefined) this.#remove(timer);
    this.#deliver(timer);
  }

  /** To be called by a timer that was cancelled. */
  release(timer: ChainedTimer<M>): void {
    if (timer.pending === undefined) return;
    this.#timers.cancel(timer.pending);
    this.#remove(timer);
  }

  #remove(timer: ChainedTimer<M>): void {
    const { previous, next } = timer;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next !== undefined) next.previous = previous;
    timer.pending = timer.previous = timer.next = undefined;
  }
}

class ChainedTimer<M> implements ActorTimer<M>, Due {
  readonly message: M;
  cancelled = false;
  /** Its place among all timers, until it is due or cancelled. */
  pending: WheelTimer<Due> | undefined;
  previous: ChainedTimer<M> | undefined;
  next: ChainedTimer<M> | undefined;
  readonly #all: ActorTimers<M>;

  constructor(all: ActorTimers<M>, message: M) {
    this.#all = all;
    this.message = message;
  }

  cancel(): void {
    this.cancelled = true;
    this.#all.release(this);
  }

  fire(): void {
    this.#all.fired(this);
  }
}
