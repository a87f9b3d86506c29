/**
 * What goes on in a room at random: people join, leave, change nicks, get roles and are put out.
 *
 * @module
 */
import type { Crowd } from "./crowd.ts";

/** Who is about, and what chance is to do. */
export interface RoomLifeOptions {
  /** All crowds; the first one's {@linkcode owner} can change roles. */
  readonly crowds: readonly Crowd[];
  /** How many users each crowd has, some of whom are out at any time. */
  readonly sizes: readonly number[];
  /** The full JID of the room's owner, who does nothing else. */
  readonly owner: string;
  /** The same seed leads to the same steps. */
  readonly seed: number;
}

interface Person {
  readonly crowd: Crowd;
  readonly user: string;
  readonly nick: string;
  banned: boolean;
}

/** A room's people, and one thing after the other that they do. */
export class RoomLife {
  readonly #people: readonly Person[];
  readonly #crowds: readonly Crowd[];
  readonly #owner: string;
  #state: number;
  #renames = 0;

  /** Nobody is in yet. */
  constructor({ crowds, sizes, owner, seed }: RoomLifeOptions) {
    this.#crowds = crowds;
    this.#owner = owner;
    this.#state = seed;
    this.#people = crowds.flatMap((crowd, which) =>
      Array.from({ length: sizes[which]! }, (_, index) => ({
        crowd,
        user: crowd.user(`u${index}`),
        nick: `${crowd.domain.split(".")[0]}${index}`,
        banned: false,
      }))
    );
  }

  /** Everybody joins. */
  async fill(): Promise<void> {
    for (const { crowd, user, nick } of this.#people) await crowd.join(user, nick);
    await this.settle();
  }

  /** Waits until the room has done all that it was asked for, and everybody knows. */
  async settle(): Promise<void> {
    await this.#settle(this.#crowds);
    await this.#settle(this.#crowds);
  }

  /**
   * Somebody does something, or something is done to somebody.
   *
   * @returns What it was, for messages.
   */
  async step(): Promise<string> {
    const out = this.#people.filter(({ crowd, user }) => !crowd.inside.has(user));
    const pool = out.length > 0 && this.#below(2) === 0 ? out : this.#people;
    const person = pool[this.#below(pool.length)]!;
    const { name, actor } = await this.#act(person, this.#below(100));
    await actor.settle();
    await this.#settle(this.#crowds.filter((crowd) => crowd !== actor));
    return `${person.user} ${name}`;
  }

  async #settle(crowds: readonly Crowd[]): Promise<void> {
    await Promise.all(crowds.map((crowd) => crowd.settle()));
  }

  async #act(person: Person, chance: number): Promise<{ name: string; actor: Crowd }> {
    const { crowd, user } = person;
    const nick = crowd.inside.get(user);
    if (nick === undefined) {
      if (person.banned) {
        await this.#set(`jid='${user.split("/")[0]}' affiliation='none'`);
        await this.#crowds[0]!.settle();
        person.banned = false;
      }
      await crowd.join(user, person.nick);
      return { name: "joins", actor: crowd };
    }
    if (chance < 25) {
      await crowd.leave(user);
      return { name: "leaves", actor: crowd };
    }
    if (chance < 50) return { name: "is kicked", ...await this.#set(`nick='${nick}' role='none'`) };
    if (chance < 55) {
      person.banned = true;
      const item = `jid='${user.split("/")[0]}' affiliation='outcast'`;
      return { name: "is banned", ...await this.#set(item) };
    }
    if (chance < 75) {
      await crowd.changeNick(user, `${person.nick}-${++this.#renames}`);
      return { name: "changes nick", actor: crowd };
    }
    if (chance < 90) {
      const role = ["moderator", "participant", "visitor"][this.#below(3)]!;
      return { name: `gets role ${role}`, ...await this.#set(`nick='${nick}' role='${role}'`) };
    }
    if (chance < 95) {
      const affiliation = ["member", "none", "admin"][this.#below(3)]!;
      const item = `jid='${user.split("/")[0]}' affiliation='${affiliation}'`;
      return { name: `gets affiliation ${affiliation}`, ...await this.#set(item) };
    }
    await crowd.show(user, ["away", "dnd", "xa"][this.#below(3)]!);
    return { name: "shows something", actor: crowd };
  }

  async #set(item: string): Promise<{ actor: Crowd }> {
    const actor = this.#crowds[0]!;
    await actor.set(this.#owner, item);
    return { actor };
  }

  /** A random whole number below a limit (mulberry32). */
  #below(limit: number): number {
    this.#state = this.#state + 0x6d2b79f5 | 0;
    let t = Math.imul(this.#state ^ this.#state >>> 15, 1 | this.#state);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) % limit;
  }
}
