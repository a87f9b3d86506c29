/**
 * The joins of every session, over all remote domains.
 *
 * @module
 */
import { randomHash } from "./hash.ts";
import type { Join } from "./join.ts";

/**
 * Which joins a session has. They are chained: so a session costs one entry, and what its joins have
 * in common they can take from the first.
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
 * assertEquals(rooms, ["tom@cats.example", "rex@dogs.example"]);
 * ```
 */
export class Sessions {
  /** By the hash of the user, or the next number that was free. */
  readonly #first = new Map<number, Join>();
  readonly #hash: (user: string) => number;

  /**
   * Makes an empty table.
   *
   * @param hash An integer for a user's full JID; by default one that users can't foresee.
   */
  constructor(hash: (user: string) => number = randomHash()) {
    this.#hash = hash;
  }

  /** How many sessions have at least one join. */
  get size(): number {
    return this.#first.size;
  }

  /** The first join of a session; the others follow as its `next`. */
  first(user: string): Join | undefined {
    return this.#first.get(this.#place(user));
  }

  /** The joins of a session. Those that it goes through may be removed meanwhile. */
  *of(user: string): Generator<Join> {
    for (let join = this.first(user); join !== undefined;) {
      const { next }: Join = join;
      yield join;
      join = next;
    }
  }

  /** The session's join of the room, if there is one. */
  get(user: string, room: string): Join | undefined {
    let join = this.first(user);
    while (join !== undefined && join.room.jid !== room) join = join.next;
    return join;
  }

  /** How many joins a session has. */
  count(user: string): number {
    let count = 0;
    for (let join = this.first(user); join !== undefined; join = join.next) count++;
    return count;
  }

  /** Adds a join behind the `first` of its session, or as that. */
  add(join: Join, first: Join | undefined): void {
    if (first === undefined) return void this.#first.set(this.#place(join.user), join);
    join.next = first.next;
    first.next = join;
  }

  /** Takes out a join that is in. */
  remove(join: Join): void {
    const { user, next } = join;
    const place = this.#place(user);
    let before = this.#first.get(place);
    if (before !== join) {
      while (before!.next !== join) before = before!.next;
      before!.next = next;
    } else if (next !== undefined) this.#first.set(place, next);
    else this.#free(place);
  }

  /** Where the session is, or where it would be. */
  #place(user: string): number {
    let place = this.#hash(user);
    for (let join; (join = this.#first.get(place)) !== undefined && join.user !== user;) place++;
    return place;
  }

  /** Frees a place; those behind it may have been waiting for it. */
  #free(place: number): void {
    this.#first.delete(place);
    for (let join; (join = this.#first.get(++place)) !== undefined;) {
      this.#first.delete(place);
      this.#first.set(this.#place(join.user), join);
    }
  }
}
