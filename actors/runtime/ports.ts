/**
 * What an actor system needs from the outside world. Everything that is not pure goes through
 * these ports, so that a test can replace them with virtual time.
 */

/** A clock that never goes back. */
export interface Clock {
  /** The time now, in milliseconds since the Unix epoch. */
  now(): number;
}

/** A source of random numbers in [0, 1), such as `Math.random`. */
export type Random = () => number;

/** Runs things later, outside the current call. */
export interface Scheduler {
  /** Runs `run` once as soon as possible, after other waiting work (such as I/O) had a turn. */
  soon(run: () => void): void;
  /**
   * Runs `run` once, `ms` milliseconds from now.
   *
   * @returns a function that cancels it
   */
  later(ms: number, run: () => void): () => void;
}

/** One thing the actor system wants to tell the operator. */
export interface LogEntry {
  /** How bad it is. */
  readonly level: "debug" | "info" | "warn" | "error";
  /** What happened, as a constant name; entries are rate-limited per event and path. */
  readonly event: string;
  /** The path of the actor it is about, or "/" for the system. */
  readonly path: string;
  /** What happened, in a sentence. */
  readonly text: string;
  /** The error behind it. */
  readonly error?: unknown;
  /** The message that was handled when it happened. */
  readonly cause?: unknown;
  /** How many entries of this event and path were left out since the last one. */
  readonly suppressed?: number;
}

/** Receives log entries; connect it to the application's logger. */
export type Log = (entry: LogEntry) => void;

/**
 * The real clock: starts at the wall clock's time and is monotonic from there, so a correction
 * of the wall clock neither fires timers early nor holds them back.
 */
export const systemClock: Clock = {
  now(): number {
    return performance.timeOrigin + performance.now();
  },
};

/** How long actors may be busy before sockets get a real turn, in milliseconds. */
const BUSY_MS = 50;

/** A gap this long between two runs means that the runtime was idle meanwhile. */
const IDLE_GAP_MS = 2;

/** The longest delay that `setTimeout` can carry. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/**
 * A scheduler on the runtime's own timers.
 *
 * `setImmediate` is the fastest macro-task there is, but a chain of immediates keeps Deno from
 * polling its sockets (for about 60 rounds; with a MessageChannel for thousands). So after 50 ms
 * of work without a break one hop is made with `setTimeout`, which lets all waiting I/O through.
 */
export function runtimeScheduler(): Scheduler {
  let busySince = -Infinity;
  let lastRun = -Infinity;
  return {
    soon(run: () => void): void {
      const now = performance.now();
      if (now - lastRun > IDLE_GAP_MS) busySince = now;
      const done = () => {
        run();
        lastRun = performance.now();
      };
      if (now - busySince < BUSY_MS && typeof setImmediate === "function") {
        setImmediate(done);
      } else {
        setTimeout(() => {
          busySince = performance.now();
          done();
        }, 0);
      }
    },
    later(ms: number, run: () => void): () => void {
      const id = setTimeout(run, Math.min(ms, MAX_TIMEOUT));
      return () => clearTimeout(id);
    },
  };
}
