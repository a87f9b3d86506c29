/**
 * Tells a fault on our side from faults of the remote domains.
 *
 * @module
 */

/** With fewer domains than this, "all of them" proves nothing about us. */
const ENOUGH_DOMAINS = 3;

/**
 * Counts the domains that can't be reached. While that is all of them, our own network is the
 * likely culprit and nobody is to be judged: one answer from anywhere ends it.
 *
 * ```ts
 * import { OutageSense } from "./outage.ts";
 *
 * const sense = new OutageSense();
 * for (const domain of ["a", "b", "c"]) sense.unreached(domain);
 * sense.ours(3); // true
 * sense.reached("b");
 * sense.ours(3); // false
 * ```
 */
export class OutageSense {
  readonly #unreached = new Set<string>();

  /** The domain could not be reached. */
  unreached(key: string): void {
    this.#unreached.add(key);
  }

  /** The domain gave a sign of life, or is not of interest any more. */
  reached(key: string): void {
    this.#unreached.delete(key);
  }

  /** Whether all of the domains, so many, are unreachable. */
  ours(domains: number): boolean {
    return domains >= ENOUGH_DOMAINS && this.#unreached.size >= domains;
  }
}
