/**
 * What is on its way to the actors.
 *
 * @module
 */

/**
 * Joins that wait in mailboxes, so that no table has them yet: for which user, and where to.
 *
 * ```ts
 * import { Arrivals } from "./arrivals.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const arrivals = new Arrivals();
 * arrivals.add("ann@home.example/phone", "cats.example");
 * assertEquals(arrivals.of("ann@home.example/phone"), ["cats.example"]);
 * arrivals.done("ann@home.example/phone", "cats.example");
 * assertEquals(arrivals.of("ann@home.example/phone"), []);
 * ```
 */
export class Arrivals {
  readonly #links = new Map<string, string[]>();

  /** A join is on its way to a link. */
  add(user: string, link: string): void {
    const links = this.#links.get(user);
    if (links === undefined) this.#links.set(user, [link]);
    else links.push(link);
  }

  /** It was handled there. */
  done(user: string, link: string): void {
    const links = this.#links.get(user);
    const at = links?.indexOf(link) ?? -1;
    if (links === undefined || at < 0) return;
    if (links.length === 1) this.#links.delete(user);
    else links.splice(at, 1);
  }

  /** Where joins of a user are on their way to; the same link several times, if so many are. */
  of(user: string): readonly string[] {
    return this.#links.get(user) ?? [];
  }
}
