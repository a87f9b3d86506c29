/**
 * The joins of one remote domain. Kept small, since a large server has a million of them: a join
 * holds no keys of its own that it could share, and the joins of one user are chained.
 *
 * @module
 */

/** A room that at least one user is in; shared by its joins. */
export interface Room {
  /** The room's bare JID. */
  readonly jid: string;
  /** How many joins there are. */
  joins: number;
}

/** One user's stay in one room. */
export interface Join {
  /** The user's full JID. */
  readonly user: string;
  /** The room. */
  readonly room: Room;
  /** The nick that the room gave. */
  nick: string;
  /** When the user joined, in whole seconds since the epoch. */
  readonly since: number;
  /** Sequence number of the latest evidence that the user is in. */
  confirmed: number;
  /** The next join of the same user in this domain. */
  next: Join | undefined;
}

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
  readonly #users = new Map<string, Join>();
  readonly #rooms = new Map<string, Room>();
  #size = 0;

  /** How many joins there are. */
  get size(): number {
    return this.#size;
  }

  /** How many rooms at least one user is in. */
  get rooms(): number {
    return this.#rooms.size;
  }

  /** How many sessions have at least one join. */
  get users(): number {
    return this.#users.size;
  }

  /** The user's join of the room, if there is one. */
  get(user: string, room: string): Join | undefined {
    let join = this.#users.get(user);
    while (join !== undefined && join.room.jid !== room) join = join.next;
    return join;
  }

  /** Whether this very join is still in the table. */
  has(join: Join): boolean {
    return this.get(join.user, join.room.jid) === join;
  }

  /** Whether the session has any join. */
  hasUser(user: string): boolean {
    return this.#users.has(user);
  }

  /** Adds a join; the caller has made sure that there is none of this user and room. */
  add(user: string, room: string, nick: string, since: number, confirmed: number): Join {
    let place = this.#rooms.get(room);
    if (place === undefined) {
      place = { jid: room, joins: 0 };
      this.#rooms.set(room, place);
    }
    place.joins++;
    this.#size++;
    const first = this.#users.get(user);
    // The user's string of the first join serves all of them, so the new one can be collected.
    const join = { user: first?.user ?? user, room: place, nick, since, confirmed, next: first };
    this.#users.set(join.user, join);
    return join;
  }

  /** Removes a join; returns it, or undefined when there was none. */
  remove(user: string, room: string): Join | undefined {
    let before: Join | undefined;
    let join = this.#users.get(user);
    while (join !== undefined && join.room.jid !== room) {
      before = join;
      join = join.next;
    }
    if (join === undefined) return undefined;
    if (before !== undefined) before.next = join.next;
    else if (join.next !== undefined) this.#users.set(user, join.next);
    else this.#users.delete(user);
    if (--join.room.joins === 0) this.#rooms.delete(room);
    this.#size--;
    return join;
  }

  /** How many joins are as asked for; much faster than to go through them. */
  count(where: (join: Join) => boolean): number {
    let count = 0;
    for (const first of this.#users.values()) {
      for (let join: Join | undefined = first; join !== undefined; join = join.next) {
        if (where(join)) count++;
      }
    }
    return count;
  }

  /** Calls back for each join; much faster than to go through them. */
  forEach(each: (join: Join) => void): void {
    this.count((join) => {
      each(join);
      return false;
    });
  }

  /** The joins of one session. */
  ofUser(user: string): Generator<Join> {
    return chain(this.#users.get(user));
  }

  /** All joins. */
  *[Symbol.iterator](): Generator<Join> {
    for (const first of this.#users.values()) yield* chain(first);
  }

  /**
   * All joins, the first one that of the `start`-th session, then round to it. The table may
   * change meanwhile: a join that stays comes at least once.
   */
  *from(start: number): Generator<Join> {
    let first: string | undefined;
    let index = 0;
    for (const join of this.#users.values()) {
      if (index++ < start) continue;
      first ??= join.user;
      yield* chain(join);
    }
    for (const join of this.#users.values()) {
      if (join.user === first) return;
      yield* chain(join);
    }
  }

  /** The rooms that at least one user is in. */
  roomList(): IterableIterator<Readonly<Room>> {
    return this.#rooms.values();
  }
}

/** A join and those after it, even if it is removed meanwhile. */
function* chain(first: Join | undefined): Generator<Join> {
  for (let join = first; join !== undefined;) {
    const next: Join | undefined = join.next;
    yield join;
    join = next;
  }
}
