/**
 * Time as a port, so that tests can run hours of reconnecting in a millisecond.
 *
 * @module
 */

/** Where the connection gets its time and its timers from. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes backwards. */
  now(): number;
  /**
   * Calls `fire` once.
   *
   * @param ms In how many milliseconds.
   * @param fire What to call then.
   * @returns A function that cancels the call; harmless after it.
   */
  after(ms: number, fire: () => void): () => void;
  /**
   * Calls `fire` as soon as whoever is ready to work has had a turn: actors, and timers that are
   * due. It need not wait for sockets.
   */
  soon(fire: () => void): void;
}

/** The clock of the machine: monotonic, not the time of day. */
export const systemClock: Clock = Object.freeze({
  now: () => performance.now(),
  after(ms: number, fire: () => void): () => void {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
  soon: (fire: () => void) => void setImmediate(fire),
});
