/**
 * Questions that wait for their answers.
 *
 * @module
 */
import type { Join } from "../joins/join.ts";
import { bareJid } from "../../xmpp/jid.ts";
import { randomHash } from "../joins/hash.ts";
import type { PingKind } from "./ping_order.ts";

/** A question that waits for its answer. */
export interface PendingPing {
  /** The id of its stanza. */
  readonly id: string;
  /** What is asked. */
  readonly kind: PingKind;
  /** In whose name, and about which join. */
  readonly join: Join;
  /** The sequence number when it was asked. */
  readonly seq: number;
  /** When it was asked, in milliseconds since the epoch. */
  readonly at: number;
}

const ownHash = randomHash();

/** The open questions of one domain: no two are about stays of the same user in the same room. */
export class PendingPings {
  /** By id; those first that have waited longest. */
  readonly #byId = new Map<string, PendingPing>();
  /** By the hash of the user's bare JID and the room. */
  readonly #byOccupant = new Map<number, PendingPing>();
  readonly #hash: (text: string) => number;

  /** Starts without any; `hash` gives an integer for a text, by default one that nobody can foresee. */
  constructor(hash: (text: string) => number = ownHash) {
    this.#hash = hash;
  }

  /** How many wait. */
  get size(): number {
    return this.#byId.size;
  }

  /** The one that has waited longest. */
  get oldest(): PendingPing | undefined {
    return this.#byId.values().next().value;
  }

  /** The question with this id. */
  get(id: string): PendingPing | undefined {
    return this.#byId.get(id);
  }

  /** The question about any of a user's stays in a room. */
  about(user: string, room: string): PendingPing | undefined {
    const question = this.#byOccupant.get(this.#occupant(user, room));
    return question !== undefined && question.join.room.jid === room &&
        bareJid(question.join.user) === bareJid(user)
      ? question
      : undefined;
  }

  /**
   * Whether no other question about this user's stays in the room may be added. Once in a billion
   * times it is somebody else's question that is in the way.
   */
  isHeld({ user, room }: Join): boolean {
    return this.#byOccupant.has(this.#occupant(user, room.jid));
  }

  /** Adds a question about a join that is not held. */
  add(question: PendingPing): void {
    const { id, join: { user, room } } = question;
    this.#byId.set(id, question);
    this.#byOccupant.set(this.#occupant(user, room.jid), question);
  }

  /** Takes out a question. */
  remove({ id, join: { user, room } }: PendingPing): void {
    this.#byId.delete(id);
    this.#byOccupant.delete(this.#occupant(user, room.jid));
  }

  /** A number for both: a text of them would have to be made anew each time it is looked up. */
  #occupant(user: string, room: string): number {
    return this.#hash(bareJid(user)) ^ this.#hash(room);
  }
}
