/**
 * A hierarchical timing wheel: nine wheels of 32 slots, where one slot of a wheel spans a whole
 * turn of the wheel below it. Pure: time comes in as an argument, what is due comes out.
 *
 * A timer sits in the lowest wheel in which its due time and the time now are in different
 * slots. So the first occupied slot of the lowest occupied wheel always holds what is due next,
 * and a 32-bit mask per wheel finds that slot at once.
 */

const BITS = 5;
const SLOTS = 1 << BITS;
const WHEELS = 9;

/** How many milliseconds one slot of each wheel spans; the last entry spans all wheels. */
const SPAN: readonly number[] = Array.from({ length: WHEELS + 1 }, (_, i) => 2 ** (BITS * i));

/** The longest delay of a timer in milliseconds: about 500 years. */
export const MAX_DELAY_MS: number = SPAN[WHEELS]! / 2;

/** A timer in a {@linkcode TimingWheel}; also the link of a circular list. */
export interface WheelTimer<T> {
  /** When it is due, in whole milliseconds since the wheel was made. */
  readonly due: number;
  /** What comes out of the wheel when it is due. */
  readonly value: T;
  /** @ignore */ prev: WheelTimer<T> | undefined;
  /** @ignore */ next: WheelTimer<T> | undefined;
  /** @ignore */ wheel: number;
  /** @ignore */ slot: number;
}

/** Any number of timers; scheduling and cancelling take constant time. */
export class TimingWheel<T> {
  readonly #origin: number;
  #elapsed = 0;
  #size = 0;
  /** One circular list per slot, known by its first timer. */
  readonly #slots: (WheelTimer<T> | undefined)[] = new Array(WHEELS * SLOTS).fill(undefined);
  readonly #occupied = new Int32Array(WHEELS);

  /** Makes an empty wheel that starts at the time `now` in milliseconds. */
  constructor(now: number) {
    this.#origin = now;
  }

  /** How many timers are pending. */
  get size(): number {
    return this.#size;
  }

  /**
   * Schedules `value` for the time `at` (a time that is past is due at the next `advance`).
   * Timers are never early: a fraction of a millisecond is rounded up.
   *
   * @throws {RangeError} if `at` is not a number or too far in the future
   */
  schedule(at: number, value: T): WheelTimer<T> {
    const due = Math.max(Math.ceil(at - this.#origin), this.#elapsed);
    if (!(due < SPAN[WHEELS]!)) {
      throw new RangeError(`Cannot schedule a timer as its time is out of range: ${at}`);
    }
    const timer = { due, value, prev: undefined, next: undefined, wheel: -1, slot: 0 };
    this.#insert(timer);
    this.#size++;
    return timer;
  }

  /** Cancels a timer. Returns false if it was due or cancelled before. */
  cancel(timer: WheelTimer<T>): boolean {
    if (timer.wheel < 0) return false;
    const index = timer.wheel * SLOTS + timer.slot;
    if (timer.next === timer) {
      this.#slots[index] = undefined;
      this.#occupied[timer.wheel]! &= ~(1 << timer.slot);
    } else {
      timer.prev!.next = timer.next;
      timer.next!.prev = timer.prev;
      if (this.#slots[index] === timer) this.#slots[index] = timer.next;
    }
    this.#release(timer);
    return true;
  }

  /**
   * The time of the next `advance` that does something, or undefined if no timer is pending.
   * Never later than the next due timer; earlier if timers have to change wheels first, which
   * each timer does at most eight times.
   */
  get next(): number | undefined {
    const tick = this.#nextTick();
    return tick === undefined ? undefined : this.#origin + tick;
  }

  /** Moves on to the time `now` and takes out all that is due, the earliest first, then in the order of scheduling. */
  advance(now: number): T[] {
    const target = Math.floor(now - this.#origin);
    const fired: T[] = [];
    for (;;) {
      const tick = this.#nextTick();
      if (tick === undefined || tick > target) break;
      this.#elapsed = tick;
      this.#empty(this.#lowest(), fired);
    }
    this.#elapsed = Math.max(this.#elapsed, target);
    return fired;
  }

  /** The lowest wheel with a timer, or -1. */
  #lowest(): number {
    if (this.#size === 0) return -1;
    let wheel = 0;
    while (this.#occupied[wheel] === 0) wheel++;
    return wheel;
  }

  /** The start of the first occupied slot. */
  #nextTick(): number | undefined {
    const wheel = this.#lowest();
    if (wheel < 0) return undefined;
    const turn = SPAN[wheel + 1]!;
    return Math.floor(this.#elapsed / turn) * turn +
      firstBit(this.#occupied[wheel]!) * SPAN[wheel]!;
  }

  /** Empties the first occupied slot of a wheel: its timers fire or move to a lower wheel. */
  #empty(wheel: number, fired: T[]): void {
    const slot = firstBit(this.#occupied[wheel]!);
    const index = wheel * SLOTS + slot;
    const first = this.#slots[index]!;
    this.#slots[index] = undefined;
    this.#occupied[wheel]! &= ~(1 << slot);
    let timer = first;
    do {
      const next = timer.next!;
      if (wheel === 0) {
        this.#release(timer);
        fired.push(timer.value);
      } else {
        this.#insert(timer);
      }
      timer = next;
    } while (timer !== first);
  }

  #insert(timer: WheelTimer<T>): void {
    let wheel = 0;
    while (
      Math.floor(timer.due / SPAN[wheel + 1]!) !== Math.floor(this.#elapsed / SPAN[wheel + 1]!)
    ) wheel++;
    const slot = Math.floor(timer.due / SPAN[wheel]!) % SLOTS;
    timer.wheel = wheel;
    timer.slot = slot;
    const index = wheel * SLOTS + slot;
    const first = this.#slots[index];
    if (first === undefined) {
      timer.prev = timer.next = timer;
      this.#slots[index] = timer;
      this.#occupied[wheel]! |= 1 << slot;
    } else {
      timer.prev = first.prev;
      timer.next = first;
      first.prev!.next = timer;
      first.prev = timer;
    }
  }

  #release(timer: WheelTimer<T>): void {
    timer.prev = timer.next = undefined;
    timer.wheel = -1;
    this.#size--;
  }
}

/** The index of the lowest bit that is set. */
function firstBit(mask: number): number {
  return 31 - Math.clz32(mask & -mask);
}
