/**
 * The joins of one remote domain. Sessions are looked up in one table for all domains.
 *
 * @module
 */
import type { Join, Room } from "./join.ts";
import { Sessions } from "./sessions.ts";

/**
 * A table of joins, by user and room.
 *
 * @example
 * ```ts
 * import { Joins } from "@roomkeeper/roomkeeper";
 * import { assertEquals } from "@std/assert";
 *
 * const joins = new Joins();
 * joins.add("ann@example.net/phone", "garden@rooms.example", "Ann", 0, 1);
 * assertEquals(joins.get("ann@example.net/phone", "garden@rooms.example")?.nick, "Ann");
 * assertEquals([...joins.ofUser("ann@example.net/phone")].length, 1);
 * ```
 */
export class Joins {
  readonly #sessions: Sessions;
  readonly #rooms = new Map<string, Room>();
  readonly #all: Join[] = [];
  #users = 0;

  /** Makes an empty table of one of the domains that share `sessions`. */
  constructor(sessions: Sessions = new Sessions()) {
    this.#sessions = sessions;
  }

  /** How many joins there are. */
  get size(): number {
    return this.#all.length;
  }

  /** The join at a place from 0 to {@linkcode size}, excluded; places change as joins are removed. */
  at(place: number): Join | undefined {
    return this.#all[place];
  }

  /** How many rooms at least one user is in. */
  get rooms(): number {
    return this.#rooms.size;
  }

  /** How many sessions have at least one join. */
  get users(): number {
    return this.#users;
  }

  /** The user's join of the room, if there is one. */
  get(user: string, room: string): Join | undefined {
    const place = this.#rooms.get(room);
    if (place === undefined) return undefined;
    let join = this.#sessions.first(user);
    while (join !== undefined && join.room !== place) join = join.next;
    return join;
  }

  /** Whether this very join is still in the table. */
  has(join: Join): boolean {
    return this.#all[join.index] === join;
  }

  /** Whether the session has any join. */
  hasUser(user: string): boolean {
    return this.#has(this.#sessions.first(user));
  }

  /** Adds a join; the caller has made sure that there is none of this user and room. */
  add(user: string, room: string, nick: string, since: number, confirmed: number): Join {
    let place = this.#rooms.get(room);
    if (place === undefined) {
      place = { jid: room, table: this, joins: 0 };
      this.#rooms.set(room, place);
    }
    place.joins++;
    const first = this.#sessions.first(user);
    if (!this.#has(first)) this.#users++;
    const join: Join = {
      // The strings of the first join serve all of a session, so the new ones can be collected.
      user: first?.user ?? user,
      room: place,
      nick: first?.nick === nick ? first.nick : nick,
      since,
      confirmed,
      index: this.#all.length,
      next: undefined,
    };
    this.#all.push(join);
    this.#sessions.add(join, first);
    return join;
  }

  /** Removes a join; returns it, or undefined when there was none. */
  remove(user: string, room: string): Join | undefined {
    const join = this.get(user, room);
    if (join === undefined) return undefined;
    const last = this.#all.pop()!;
    if (last !== join) {
      this.#all[join.index] = last;
      last.index = join.index;
    }
    this.#sessions.remove(join);
    if (!this.hasUser(user)) this.#users--;
    if (--join.room.joins === 0) this.#rooms.delete(room);
    return join;
  }

  /** Whether one of a session's joins is in this table. */
  #has(first: Join | undefined): boolean {
    let join = first;
    while (join !== undefined && join.room.table !== this) join = join.next;
    return join !== undefined;
  }

  /** How many joins are as asked for; much faster than to go through them. */
  count(where: (join: Join) => boolean): number {
    let count = 0;
    for (const join of this.#all) if (where(join)) count++;
    return count;
  }

  /** The joins of one session. */
  *ofUser(user: string): Generator<Join> {
    for (const join of this.#sessions.of(user)) if (join.room.table === this) yield join;
  }

  /** All joins that are in now. */
  [Symbol.iterator](): Generator<Join> {
    return this.from(0);
  }

  /** All joins that are in now, the `start`-th one first, then round to it. */
  *from(start: number): Generator<Join> {
    // Of its own, since removals move joins to other places.
    const all = this.#all.slice();
    for (let i = 0; i < all.length; i++) yield all[(start + i) % all.length]!;
  }

  /** The rooms that at least one user is in. */
  roomList(): IterableIterator<Readonly<Room>> {
    return this.#rooms.values();
  }
}
