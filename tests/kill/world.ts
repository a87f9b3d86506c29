/** The truth: who is in which room, and what each client believes. */

import { domainOf } from "../../xmpp/jid.ts";

export const HOME = "home.example";

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
  /** Whether it can be reached. */
  reachable: boolean;
  /** Whether there is an s2s link to it. */
  linked: boolean;
  /** Whether it stays away for so long that its users are to be told although nobody knows. */
  dead: boolean;
}

/** What should never happen. */
export interface Faults {
  /** Told to users who were in the room all the time. */
  readonly mistaken: string[];
  /** Told to users who had been told before. */
  readonly doubled: string[];
}

/** Rooms, users, and what they think of each other. */
export class World {
  readonly domains: ReadonlyMap<string, Domain>;
  readonly faults: Faults = { mistaken: [], doubled: [] };
  /** Notices that were due, and came. */
  told = 0;
  readonly #users: readonly string[];
  readonly #rooms: readonly string[];
  readonly #size: number;
  readonly #stays = new Map<string, Stay>();
  /** Stays that a notice ended. */
  readonly #ended = new Set<string>();
  #names = 0;

  constructor(options: { readonly joins: number; readonly domains: number }) {
    const { joins, domains } = options;
    this.#size = joins;
    const names = Array.from({ length: domains }, (_, n) => `rooms${n}.example`);
    this.domains = new Map(
      names.map((name) => [name, { name, reachable: true, linked: true, dead: false }]),
    );
    this.#users = Array.from({ length: joins / 5 }, (_, n) => `user${n}@${HOME}/phone`);
    this.#rooms = Array.from({ length: joins / 25 }, (_, n) => `room${n}@${names[n % domains]}`);
  }

  /** The joins that the clients and the plugin believe in. */
  get stays(): Stay[] {
    return [...this.#stays.values()];
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

  /** Whether the room says that this is one of its occupants, under that nick. */
  occupant(user: string, room: string, nick: string): "joined" | "gone" | "renamed" {
    const stay = this.stay(user, room);
    if (!stay?.inRoom) return "gone";
    return stay.nick === nick ? "joined" : "renamed";
  }

  /** A new join in a room that can be reached, up to the full number of joins. */
  join(): Stay | undefined {
    for (let tries = 0; tries < 100 && this.#stays.size < this.#size; tries++) {
      const [user, room] = [pick(this.#users), pick(this.#rooms)];
      const where = key(user, room);
      if (this.#stays.has(where) || !this.domains.get(domainOf(room))!.reachable) continue;
      const stay = { user, room, nick: `nick${this.#names++}`, inRoom: true };
      this.#stays.set(where, stay);
      this.#ended.delete(where);
      return stay;
    }
    return undefined;
  }

  /** A user leaves some room. */
  leave(): Stay | undefined {
    const stay = pick(this.stays);
    if (stay) this.#stays.delete(key(stay.user, stay.room));
    return stay;
  }

  /** A user takes another nick, which the room agrees to. */
  rename(): { readonly stay: Stay; readonly from: string } | undefined {
    const stay = pick(this.stays);
    if (!stay?.inRoom || !this.domains.get(domainOf(stay.room))!.reachable) return undefined;
    const from = stay.nick;
    stay.nick = `nick${this.#names++}`;
    return { stay, from };
  }

  /** A user's session ends. */
  end(): string | undefined {
    const user = pick(this.stays)?.user;
    for (const stay of this.stays) {
      if (stay.user === user) this.#stays.delete(key(stay.user, stay.room));
    }
    return user;
  }

  /** The rooms of a domain forget some of their occupants, without a word. */
  forget(domain: string, part: number): void {
    for (const stay of this.stays) {
      if (domainOf(stay.room) === domain && Math.random() < part) stay.inRoom = false;
    }
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

  #inDead({ room }: Stay): boolean {
    return this.domains.get(domainOf(room))!.dead;
  }
}

function key(user: string, room: string): string {
  return `${user} ${room}`;
}

function pick<T>(from: readonly T[]): T {
  return from[Math.floor(Math.random() * from.length)]!;
}
