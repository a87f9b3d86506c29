/**
 * What is on its way to the actors.
 *
 * @module
 */
import { randomHash } from "./hash.ts";

/**
 * Joins that wait in mailboxes, so that no table has them yet: for which user, and where to.
 *
 * ```ts
 * import { JoinsInFlight } from "./joins_in_flight.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const inFlight = new JoinsInFlight();
 * inFlight.add("ann@home.example/phone", "cats.example");
 * assertEquals(inFlight.of("ann@home.example/phone"), ["cats.example"]);
 * inFlight.done("ann@home.example/phone", "cats.example");
 * assertEquals(inFlight.of("ann@home.example/phone"), []);
 * ```
 */
export class JoinsInFlight {
  /** By the hash of the user: two users that share one only have some links asked in vain. */
  readonly #links = new Map<number, string[]>();
  readonly #hash = randomHash();

  /** A join is on its way to a link. */
  add(user: string, link: string): void {
    const key = this.#hash(user);
    const links = this.#links.get(key);
    if (links === undefined) this.#links.set(key, [link]);
    else links.push(link);
  }

  /** It was handled there. */
  done(user: string, link: string): void {
    const key = this.#hash(user);
    const links = this.#links.get(key);
    const at = links?.indexOf(link) ?? -1;
    if (links === undefined || at < 0) return;
    if (links.length === 1) this.#links.delete(key);
    else links.splice(at, 1);
  }

  /**
   * Where joins of a user are on their way to; the same link several times, if so many are. Once in
   * a billion times there may be others among them.
   */
  of(user: string): readonly string[] {
    return this.#links.get(this.#hash(user)) ?? [];
  }
}
