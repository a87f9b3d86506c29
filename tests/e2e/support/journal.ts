/**
 * What happened, in order, and the means to wait for what will.
 *
 * @module
 */

/** Thrown when something did not happen in time; lists what did. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

interface Waiter<T> {
  readonly test: (entry: T) => boolean;
  readonly resolve: (entry: T) => void;
}

/** How long and from where to look. */
export interface Wait {
  /** Milliseconds until it is given up. @default {10000} */
  readonly within?: number;
  /** Entries before this position are not looked at; see {@linkcode Journal.length}. @default {0} */
  readonly after?: number;
}

/** An append-only list of events that can be awaited. */
export class Journal<T> {
  /** What happened so far. */
  readonly entries: T[] = [];
  readonly #name: string;
  readonly #show: (entry: T) => string;
  readonly #waiters = new Set<Waiter<T>>();

  /**
   * @param name Whose journal it is, for messages.
   * @param show An entry on one line, for messages.
   */
  constructor(name: string, show: (entry: T) => string = String) {
    this.#name = name;
    this.#show = show;
  }

  /** How many entries there are: a position to wait from. */
  get length(): number {
    return this.entries.length;
  }

  /** Appends an entry and wakes those who wait for it. */
  add(entry: T): void {
    this.entries.push(entry);
    for (const waiter of this.#waiters) {
      if (!waiter.test(entry)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(entry);
    }
  }

  /** The entries that fit. */
  where(test: (entry: T) => boolean, after = 0): T[] {
    return this.entries.slice(after).filter(test);
  }

  /**
   * The first entry that fits, now or later.
   *
   * @param what Completes "… did not see", for the message.
   * @throws {DeadlineError} If there is none in time.
   */
  async until(what: string, test: (entry: T) => boolean, wait: Wait = {}): Promise<T> {
    const { within = 10_000, after = 0 } = wait;
    const found = this.entries.slice(after).find(test);
    if (found !== undefined) return found;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const waiter = { test, resolve };
    this.#waiters.add(waiter);
    const timer = setTimeout(() => {
      const last = this.entries.slice(after).slice(-25).map(this.#show).join("\n  ");
      reject(
        new DeadlineError(`${this.#name} did not see ${what} in ${within} ms, but\n  ${last}`),
      );
    }, within);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
    }
  }
}
