/**
 * The joins of every session, over all remote domains.
 *
 * @module
 */
import type { Join } from "./joins.ts";

/**
 * Which joins a session has. They are chained, the latest first: so a session costs one entry, and
 * what its joins have in common they can take from the one before.
 *
 * @example
 * ```ts
 * import { Joins, Sessions } from "@roomkeeper/roomkeeper";
 * import { assertEquals } from "@std/assert";
 *
 * const sessions = new Sessions();
 * const [cats, dogs] = [new Joins(sessions), new Joins(sessions)];
 * cats.add("ann@example.net/phone", "tom@cats.example", "Ann", 0, 1);
 * dogs.add("ann@example.net/phone", "rex@dogs.example", "Ann", 0, 1);
 * const rooms = [...sessions.of("ann@example.net/phone")].map(({ room }) => room.jid);
 * assertEquals(rooms, ["rex@dogs.example", "tom@cats.example"]);
 * ```
 */
export class Sessions {
  readonly #latest = new Map<string, Join>();

  /** How many sessions have at least one join. */
  get size(): number {
    return this.#latest.size;
  }

  /** The latest join of a session; the others follow as its `next`. */
  latest(user: string): Join | undefined {
    return this.#latest.get(user);
  }

  /** The joins of a session. Those that it goes through may be removed meanwhile. */
  *of(user: string): Generator<Join> {
    for (let join = this.#latest.get(user); join !== undefined;) {
      const { next }: Join = join;
      yield join;
      join = next;
    }
  }

  /** How many joins a session has. */
  count(user: string): number {
    let count = 0;
    for (let join = this.#latest.get(user); join !== undefined; join = join.next) count++;
    return count;
  }

  /** Adds a join whose `next` is the latest one so far. */
  add(join: Join): void {
    this.#latest.set(join.user, join);
  }

  /** Takes out a join that is in. */
  remove(join: Join): void {
    const { user, next } = join;
    let before = this.#latest.get(user);
    if (before !== join) {
      while (before!.next !== join) before = before!.next;
      before!.next = next;
    } else if (next !== undefined) this.#latest.set(user, next);
    else this.#latest.delete(user);
  }
}
