/** The truth: who is in which room, and what each client believes. */

import { domainOf } from "../../xmpp/jid.ts";
import type { StanzaError } from "../../xmpp/stanza_error.ts";

export const HOME = "home.example";

/** So many stays that ended are not made anew at once: a notice may still be on its way to them. */
const REMEMBERED = 500;

/** One user's stay in one room, which the user's client and the home server's plugin believe in. */
export interface Stay {
  readonly user: string;
  readonly room: string;
  nick: string;
  /** Whether the room agrees. */
  inRoom: boolean;
}

/** A domain of rooms. */
export interface Domain {
  readonly name: string;
  /** Whose words its rooms use. */
  readonly software: "prosody" | "ejabberd";
  /** Whether it can be reached. */
  reachable: boolean;
  /** Whether there is an s2s link to it. */
  linked: boolean;
  /** Whether it answers: it does, or is frozen, or is too slow for our server's patience. */
  mood: "well" | "frozen" | "slow";
  /** Whether it stays away for so long that its users are to be told although nobody knows. */
  dead: boolean;
}

/** What should never happen. */
export interface Faults {
  /** Users who were told, or joined again, although they were in the room. */
  readonly mistaken: string[];
  /** Told to users who had been told before. */
  readonly doubled: string[];
}

/** How large a world is. */
export interface WorldOptions {
  /** How many stays there are at most. */
  readonly joins: number;
  readonly domains: number;
  /** A number from 0 (included) to 1 (excluded). @default {Math.random} */
  readonly random?: () => number;
}

/** Rooms, users, and what they think of each other. */
export class World {
  readonly domains: ReadonlyMap<string, Domain>;
  readonly faults: Faults = { mistaken: [], doubled: [] };
  /** Notices that were due, and came. */
  told = 0;
  /** Users who were brought back. */
  back = 0;
  /** Rooms that refuse those who come, and how. */
  readonly refusals = new Map<string, StanzaError>();
  /** A number from 0 (included) to 1 (excluded). */
  readonly random: () => number;
  readonly #users: readonly string[];
  readonly #rooms: readonly string[];
  readonly #size: number;
  readonly #stays = new Map<string, Stay>();
  /** Stays that a notice ended. */
  readonly #ended = new Set<string>();
  /** Stays that ended otherwise of late, the oldest first. */
  readonly #left = new Set<string>();
  #names = 0;

  constructor({ joins, domains, random = Math.random }: WorldOptions) {
    this.#size = joins;
    this.random = random;
    const all = Array.from({ length: domains }, (_, n): Domain => ({
      name: `rooms${n}.example`,
      software: n % 2 === 0 ? "prosody" : "ejabberd",
      reachable: true,
      linked: true,
      mood: "well",
      dead: false,
    }));
    this.domains = new Map(all.map((domain) => [domain.name, domain]));
    const devices = ["phone", "desk"];
    this.#users = Array.from(
      { length: joins / 5 },
      (_, n) => `user${n >> 1}@${HOME}/${devices[n % 2]}`,
    );
    this.#rooms = Array.from(
      { length: joins / 25 },
      (_, n) => `room${n}@${all[n % domains]!.name}`,
    );
  }

  /** The joins that the clients and the plugin believe in. */
  get stays(): Stay[] {
    return [...this.#stays.values()];
  }

  /** How many these are. */
  get size(): number {
    return this.#stays.size;
  }

  /** Stays that nobody but the client believes in. */
  get misled(): Stay[] {
    return this.stays.filter((stay) => !stay.inRoom && !this.#inDead(stay));
  }

  /** Stays in a domain that stays away. */
  get abandoned(): Stay[] {
    return this.stays.filter((stay) => this.#inDead(stay));
  }

  stay(user: string, room: string): Stay | undefined {
    return this.#stays.get(key(user, room));
  }

  /** Some stay. */
  anyStay(): Stay | undefined {
    return this.#pick(this.stays);
  }

  /** The stays in a room that client and room agree on. */
  occupants(room: string): Stay[] {
    return this.stays.filter((stay) => stay.room === room && stay.inRoom);
  }

  /** Whether the room is there: every second one is kept alive by other servers' users. */
  isRoom(room: string): boolean {
    return /[02468]@/.test(room) || this.occupants(room).length > 0;
  }

  /** Whether the room says that this is one of its occupants, under that nick. */
  occupant(user: string, room: string, nick: string): "joined" | "gone" | "renamed" {
    const stay = this.stay(user, room);
    if (!stay?.inRoom) return "gone";
    return stay.nick === nick ? "joined" : "renamed";
  }

  /** A new join in a room that can be reached, up to the full number of joins. */
  join(): Stay | undefined {
    for (let tries = 0; tries < 100 && this.#stays.size < this.#size; tries++) {
      const [user, room] = [this.#pick(this.#users)!, this.#pick(this.#rooms)!];
      if (!this.#left.has(key(user, room)) && this.canJoin(user, room)) {
        return this.enter(user, room);
      }
    }
    return undefined;
  }

  /** Whether the user can join the room now. */
  canJoin(user: string, room: string): boolean {
    return !this.#stays.has(key(user, room)) && this.#domainOf({ room }).reachable;
  }

  /** The user joins the room. */
  enter(user: string, room: string): Stay {
    const stay = { user, room, nick: `nick${this.#names++}`, inRoom: true };
    this.#stays.set(key(user, room), stay);
    this.#ended.delete(key(user, room));
    return stay;
  }

  /** A user leaves some room. */
  leave(): Stay | undefined {
    const stay = this.anyStay();
    if (stay) this.#leave(stay);
    return stay;
  }

  /** A user takes another nick, which the room agrees to. */
  rename(): { readonly stay: Stay; readonly from: string } | undefined {
    const stay = this.anyStay();
    if (!stay?.inRoom || !this.#domainOf(stay).reachable) return undefined;
    const from = stay.nick;
    stay.nick = `nick${this.#names++}`;
    return { stay, from };
  }

  /** A user's session ends. */
  end(): string | undefined {
    const user = this.anyStay()?.user;
    for (const stay of this.stays) {
      if (stay.user === user) this.#leave(stay);
    }
    return user;
  }

  /** The rooms of a domain forget some of their occupants, without a word. */
  forget(domain: string, part: number): void {
    for (const stay of this.stays) {
      if (domainOf(stay.room) === domain && this.random() < part) stay.inRoom = false;
    }
  }

  /** Somebody joins a room again in the user's name. */
  joinAgain({ user, room, inRoom }: Stay): void {
    if (inRoom) this.faults.mistaken.push(`again ${key(user, room)}`);
  }

  /** The room lets in who was joined again, unless the user has left, or come back, since. */
  readmit(stay: Stay): boolean {
    if (stay.inRoom || this.stay(stay.user, stay.room) !== stay) return false;
    stay.inRoom = true;
    this.back++;
    return true;
  }

  /** A client is told that its user is no longer in the room. */
  tell(user: string, room: string): void {
    const where = key(user, room);
    const stay = this.#stays.get(where);
    if (stay === undefined) {
      // A notice may cross with the user's own leaving, but nothing excuses a second one.
      if (this.#ended.has(where)) this.faults.doubled.push(where);
      return;
    }
    if (stay.inRoom && !this.#inDead(stay)) this.faults.mistaken.push(where);
    this.#stays.delete(where);
    this.#ended.add(where);
    this.told++;
  }

  /** The client may be told once more, if it has not joined again. */
  excuse(user: string, room: string): void {
    this.#ended.delete(key(user, room));
  }

  #leave({ user, room }: Stay): void {
    const where = key(user, room);
    this.#stays.delete(where);
    this.#left.delete(where);
    this.#left.add(where);
    for (const oldest of this.#left) {
      if (this.#left.size <= REMEMBERED) break;
      this.#left.delete(oldest);
    }
  }

  #domainOf({ room }: { readonly room: string }): Domain {
    return this.domains.get(domainOf(room))!;
  }

  #inDead(stay: Stay): boolean {
    return this.#domainOf(stay).dead;
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.random() * from.length)];
  }
}

function key(user: string, room: string): string {
  return `${user} ${room}`;
}
