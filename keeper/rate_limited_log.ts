/**
 * Log lines that may come in floods, kept to a trickle.
 *
 * @module
 */

/** Where lines go, such as a method of a logger. */
export type WriteLog = (message: string, fields: Readonly<Record<string, unknown>>) => void;

/** How a {@linkcode RateLimitedLog} behaves. */
export interface RateLimitedLogOptions {
  /** Takes the lines that are let through. */
  readonly write: WriteLog;
  /** The time in milliseconds; need not be the time of day. */
  readonly now: () => number;
  /** The time in which at most `burst` lines of a kind are logged, in milliseconds. @default {60000} */
  readonly interval?: number;
  /** How many lines of a kind are logged in an interval. @default {1} */
  readonly burst?: number;
  /** How many kinds are told apart; beyond that the one longest not logged is forgotten. @default {1000} */
  readonly maxKinds?: number;
}

/** What is known of one kind of line. */
interface Kind {
  /** When the first line of its interval was let through. */
  readonly since: number;
  /** How many were let through since. */
  count: number;
  /** How many were held back since. */
  suppressed: number;
  /** The last that was held back. */
  message: string;
  fields: Readonly<Record<string, unknown>>;
}

/**
 * Lets the first line of a kind through at once, and at most `burst` in each interval. The next one
 * has the number of those that were held back as the field `suppressed`. The kind should be a word from the
 * program, not from the network: what varies belongs in the fields.
 *
 * @example
 * ```ts
 * import { RateLimitedLog } from "./rate_limited_log.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: unknown[] = [];
 * let time = 0;
 * const log = new RateLimitedLog({
 *   write: (message, fields) => lines.push([message, fields]),
 *   now: () => time,
 * });
 * log.note("forged", "A forged notice was ignored", { from: "a.example" });
 * log.note("forged", "A forged notice was ignored", { from: "b.example" });
 * time = 60_000;
 * log.note("forged", "A forged notice was ignored", { from: "c.example" });
 * assertEquals(lines, [
 *   ["A forged notice was ignored", { from: "a.example" }],
 *   ["A forged notice was ignored", { from: "c.example", suppressed: 1 }],
 * ]);
 * ```
 */
export class RateLimitedLog {
  readonly #write: WriteLog;
  readonly #now: () => number;
  readonly #interval: number;
  readonly #burst: number;
  readonly #maxKinds: number;
  /** In the order in which lines were last let through. */
  readonly #kinds = new Map<string, Kind>();

  /**
   * Makes a log in which nothing has been noted.
   *
   * @throws {RangeError} If the interval, the burst or the number of kinds is not positive.
   */
  constructor(
    { write, now, interval = 60_000, burst = 1, maxKinds = 1000 }: RateLimitedLogOptions,
  ) {
    for (const [name, value] of Object.entries({ interval, burst, maxKinds })) {
      if (value > 0) continue;
      throw new RangeError(
        `Cannot limit the log as '${name}' must be positive: current value is ${value}`,
      );
    }
    this.#write = write;
    this.#now = now;
    this.#interval = interval;
    this.#burst = burst;
    this.#maxKinds = maxKinds;
  }

  /**
   * Logs a line, or counts it if enough of its kind were logged less than an interval ago.
   *
   * @returns Whether it was logged.
   */
  note(kind: string, message: string, fields: Readonly<Record<string, unknown>> = {}): boolean {
    const now = this.#now();
    const known = this.#kinds.get(kind);
    if (known && now - known.since < this.#interval) {
      if (known.count < this.#burst) {
        known.count++;
        this.#emit(message, fields, 0);
        return true;
      }
      known.suppressed++;
      known.message = message;
      known.fields = fields;
      return false;
    }
    this.#let(kind, { since: now, count: 1, suppressed: 0, message, fields }, known?.suppressed);
    return true;
  }

  /**
   * Logs, for each kind of which lines were held back, the last of them with the number of the
   * others: at the end of a flood, or of the program.
   *
   * @param options `all`: also those whose interval has not passed yet.
   */
  flush({ all = false }: { readonly all?: boolean } = {}): void {
    const now = this.#now();
    for (const [kind, known] of [...this.#kinds]) {
      if (!all && now - known.since < this.#interval) continue;
      if (known.suppressed === 0) this.#kinds.delete(kind);
      else this.#let(kind, { ...known, since: now, count: 1, suppressed: 0 }, known.suppressed - 1);
    }
  }

  #let(kind: string, line: Kind, suppressed = 0): void {
    this.#kinds.delete(kind);
    for (const [oldest, { suppressed, message, fields }] of this.#kinds) {
      if (this.#kinds.size < this.#maxKinds) break;
      this.#kinds.delete(oldest);
      if (suppressed > 0) this.#emit(message, fields, suppressed - 1);
    }
    this.#kinds.set(kind, line);
    this.#emit(line.message, line.fields, suppressed);
  }

  #emit(message: string, fields: Readonly<Record<string, unknown>>, suppressed: number): void {
    this.#write(message, suppressed === 0 ? fields : { ...fields, suppressed });
  }
}
