import type { Clock, Log, LogEntry } from "./ports.ts";

/** Entries of one event and path that get through in each window. */
const BURST = 5;

/** The window, in milliseconds. */
const WINDOW_MS = 10_000;

/**
 * Lets the first entries of each event and path through and counts the rest, so that an actor
 * that fails with every message can't flood the log.
 */
export class LogLimit {
  readonly #log: Log;
  readonly #clock: Clock;
  #windowEnd = -Infinity;
  #seen = new Map<string, { count: number; last: LogEntry }>();

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** Logs an entry, or counts it. */
  write(entry: LogEntry): void {
    const now = this.#clock.now();
    if (now >= this.#windowEnd) {
      this.flush();
      this.#windowEnd = now + WINDOW_MS;
    }
    const kind = `${entry.event} ${entry.path}`;
    const seen = this.#seen.get(kind);
    if (seen === undefined) this.#seen.set(kind, { count: 1, last: entry });
    else {
      seen.count++;
      seen.last = entry;
    }
    if (seen === undefined || seen.count <= BURST) this.#log(entry);
  }

  /** Logs the last entry of each kind that was left out, with the number of the others. */
  flush(): void {
    const seen = this.#seen;
    this.#seen = new Map();
    for (const { count, last } of seen.values()) {
      if (count > BURST) this.#log({ ...last, suppressed: count - BURST - 1 });
    }
  }
}
