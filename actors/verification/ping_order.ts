/**
 * The order in which one round of questions is asked: one join of each room first, since a room
 * is usually lost as a whole, then the others. Built while it is asked, a bounded number of joins
 * at a time, so that a domain with 100,000 joins holds nobody up.
 *
 * @module
 */
import type { Join, Room } from "../joins/join.ts";
import { Ring } from "../runtime/ring.ts";

/**
 * What is asked: a self-ping, disco#info on the room, or `again` a self-ping in a room that is
 * known to be there.
 */
export type PingKind = "ping" | "room" | "again";

/** Something still to be asked. */
export interface Item {
  readonly kind: PingKind;
  readonly join: Join;
}

/** One round of questions. */
export class PingOrder {
  readonly #joins: Iterator<Join>;
  readonly #wanted: (join: Join) => boolean;
  readonly #rooms = new Set<Room>();
  readonly #urgent = new Ring<Item>();
  readonly #later = new Ring<Item>();
  #rest: Join[] = [];
  #next = 0;
  #unread: number;

  /** Asks about those of the `joins` that are `wanted`, about so many. */
  constructor(joins: Iterator<Join>, wanted: (join: Join) => boolean, count: number) {
    this.#joins = joins;
    this.#wanted = wanted;
    this.#unread = count;
  }

  /** How many items are left, or a little more. */
  get left(): number {
    return this.#unread + this.#rest.length - this.#next + this.#urgent.length +
      this.#later.length;
  }

  /**
   * Looks at one more join. Returns what to ask next, or undefined if this join is none, or not
   * yet; the caller sees to it that something is left.
   */
  take(): Item | undefined {
    if (this.#urgent.length > 0) return this.#urgent.shift();
    if (this.#unread > 0) return this.#read();
    const join = this.#rest[this.#next];
    if (join === undefined) return this.#later.length > 0 ? this.#later.shift() : undefined;
    this.#next++;
    return { kind: "ping", join };
  }

  /** Asks this before all that is left. */
  soon(item: Item): void {
    this.#urgent.push(item);
  }

  /** Asks this after all that is left. */
  later(item: Item): void {
    this.#later.push(item);
  }

  #read(): Item | undefined {
    const { value: join, done } = this.#joins.next();
    if (done) this.#unread = 0;
    if (done || !this.#wanted(join)) return undefined;
    if (this.#unread > 1) this.#unread--;
    if (!this.#rooms.has(join.room)) {
      this.#rooms.add(join.room);
      return { kind: "ping", join };
    }
    this.#rest.push(join);
    return undefined;
  }
}
