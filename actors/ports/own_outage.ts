/**
 * Tells a fault on our side from faults of the remote domains.
 *
 * @module
 */

/** With fewer domains than this, "nobody can be reached" proves nothing about us. */
const ENOUGH_DOMAINS = 3;

/**
 * Remembers the domains that could not be reached since the last sign of life from anywhere. When
 * they are several, our own network is the likely culprit and nobody is to be judged: one sign of
 * life ends it. A domain that merely has nothing to say is no proof that the network is well.
 *
 * ```ts
 * import { OwnOutage } from "./own_outage.ts";
 *
 * const sense = new OwnOutage();
 * for (const domain of ["a", "b", "c"]) sense.unreached(domain);
 * sense.ours; // true
 * sense.heard();
 * sense.ours; // false
 * ```
 */
export class OwnOutage {
  readonly #unreached = new Set<string>();

  /** Whether nobody could be reached of late. */
  get ours(): boolean {
    return this.#unreached.size >= ENOUGH_DOMAINS;
  }

  /** Whether this domain could not be reached. */
  has(key: string): boolean {
    return this.#unreached.has(key);
  }

  /** The domain could not be reached. */
  unreached(key: string): void {
    this.#unreached.add(key);
  }

  /** A domain gave a sign of life. */
  heard(): void {
    if (this.#unreached.size > 0) this.#unreached.clear();
  }

  /** The domain is not of interest any more. */
  forget(key: string): void {
    this.#unreached.delete(key);
  }
}
