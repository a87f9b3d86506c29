/**
 * How late timers fire: a program that is late with its timers is late with everything.
 *
 * @module
 */

/** How often to look, in milliseconds. */
const INTERVAL_MS = 500;

/**
 * Measures how late a timer fires, twice a second, until it is told to stop. Keeps no program
 * alive.
 *
 * @param observe Gets each lag, in seconds.
 * @returns Stops it.
 */
export function watchLoopLag(observe: (seconds: number) => void): () => void {
  let due = performance.now() + INTERVAL_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    observe(Math.max(0, now - due) / 1000);
    due = now + INTERVAL_MS;
  }, INTERVAL_MS);
  Deno.unrefTimer(timer);
  return () => clearInterval(timer);
}
