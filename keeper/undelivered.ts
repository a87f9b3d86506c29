/**
 * Notices that are not delivered must outlive us.
 *
 * @module
 */
import type { NoticeEffect } from "../actors/domain_actor.ts";
import type { LinkName } from "../actors/router.ts";
import type { JoinStore } from "./join_store.ts";

/** What is needed to see to it. */
export interface UndeliveredPorts {
  /** The time, in milliseconds since the epoch. */
  now(): number;
  /** Resolves when what was sent so far is on its way; false: it never was. */
  written(): Promise<boolean>;
  /** Whether the user is in the room: a new stay is none of our business. */
  isJoined(user: string, room: string): boolean;
}

/**
 * Keeps in the store, as a join that nobody has confirmed, what a user is still to be told. Should
 * we be killed before the notice is on its way, the room is asked again after the start, and the
 * user is told then: a notice that comes again tells the client what it knows, but one that never
 * comes leaves the user in a silent room.
 */
export class Undelivered {
  readonly #store: JoinStore;
  readonly #ports: UndeliveredPorts;

  /** Keeps them in `store`. */
  constructor(store: JoinStore, ports: UndeliveredPorts) {
    this.#store = store;
    this.#ports = ports;
  }

  /** A notice is to be sent. To be called before the store can have written that the join ended. */
  begin(link: LinkName, { user, room, nick }: NoticeEffect): void {
    const since = Math.round(this.#ports.now());
    const join = { user, room, nick, since, confirmed: 0 };
    this.#store.record(link, { type: "put", join });
  }

  /** The notice was handed to the connection. */
  async sent(link: LinkName, { user, room }: NoticeEffect): Promise<void> {
    if (!await this.#ports.written() || this.#ports.isJoined(user, room)) return;
    this.#store.record(link, { type: "remove", user, room });
  }
}
