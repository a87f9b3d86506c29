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

/** A timer that is later than this was held up, and with it whatever it waits for. */
const LATE_MS = 2_000;

/**
 * Calls `fire` once when nothing came for so long that we could have heard it. If the timer itself
 * is late, as the process was stopped or its machine frozen, an answer may wait in the socket: then
 * it has another while to be read.
 *
 * @param clock The time.
 * @param ms In how many milliseconds.
 * @param fire What to call then.
 * @returns A function that cancels the call; harmless after it.
 */
export function unlessSuspended(clock: Clock, ms: number, fire: () => void): () => void {
  const due = clock.now() + ms;
  let stop = clock.after(ms, () => {
    if (clock.now() - due <= LATE_MS) fire();
    else stop = unlessSuspended(clock, Math.min(ms, LATE_MS), fire);
  });
  return () => stop();
}
