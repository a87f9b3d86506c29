/**
 * Many losses with one cause, as one log line.
 *
 * @module
 */

/** No more losses for so long, and it is time to sum up, in milliseconds. */
const QUIET_MS = 1_000;

/** Calls back later; returns what calls it off. */
export type After = (ms: number, run: () => void) => () => void;

/** Sums up losses that come one right after the other, such as those of our own restart. */
export class LossSummary {
  readonly #tell: (domains: number, joins: number) => void;
  readonly #after: After;
  #domains = 0;
  #joins = 0;
  #cancel: () => void = () => {};

  /** Starts with nothing; `tell` gets each sum. */
  constructor(tell: (domains: number, joins: number) => void, after: After = later) {
    this.#tell = tell;
    this.#after = after;
  }

  /** One more domain, with so many joins. */
  add(joins: number): void {
    this.#domains++;
    this.#joins += joins;
    this.#cancel();
    this.#cancel = this.#after(QUIET_MS, () => this.flush());
  }

  /** Tells what there is to tell. */
  flush(): void {
    this.#cancel();
    if (this.#domains > 0) this.#tell(this.#domains, this.#joins);
    this.#domains = this.#joins = 0;
  }
}

/** A timer that keeps no program alive. */
function later(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  Deno.unrefTimer(timer);
  return () => clearTimeout(timer);
}
