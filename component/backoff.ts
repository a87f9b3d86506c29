/**
 * How long to wait before connecting again: exponential back-off with full jitter.
 *
 * @module
 */

/** Bounds of the waiting between two attempts to connect. */
export interface BackoffOptions {
  /**
   * The longest wait before the first new attempt, in milliseconds; doubled for each further one.
   *
   * @default {250}
   */
  readonly minMs?: number;
  /**
   * The longest wait of all, in milliseconds.
   *
   * @default {30_000}
   */
  readonly maxMs?: number;
  /**
   * A connection that held for this long, in milliseconds, was a good one: the next loss starts
   * again at `minMs`.
   *
   * @default {30_000}
   */
  readonly stableMs?: number;
}

/**
 * Completes and checks the options.
 *
 * @throws {RangeError} If a bound is not a positive number, or `minMs` is above `maxMs`.
 */
export function backoffOptions(options: BackoffOptions = {}): Required<BackoffOptions> {
  const { minMs = 250, maxMs = 30_000, stableMs = 30_000 } = options;
  for (const [name, value] of Object.entries({ minMs, maxMs, stableMs })) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new RangeError(
        `Cannot back off as '${name}' must be a positive number: current value is ${value}`,
      );
    }
  }
  if (minMs > maxMs) {
    throw new RangeError(
      `Cannot back off as 'minMs' must not be above 'maxMs': current values are ${minMs}, ${maxMs}`,
    );
  }
  return { minMs, maxMs, stableMs };
}

/**
 * The wait before an attempt, in milliseconds: uniform between 0 and a cap that doubles, so that
 * components that lost the same server do not all come back at the same moment.
 *
 * @param attempt How many attempts have failed in a row before this wait, from 0.
 * @param bounds The least and the greatest cap, in milliseconds.
 * @param random Gives a number from 0 up to, but not, 1.
 */
export function backoffDelay(
  attempt: number,
  bounds: { readonly minMs: number; readonly maxMs: number },
  random: () => number,
): number {
  return random() * Math.min(bounds.maxMs, bounds.minMs * 2 ** attempt);
}
