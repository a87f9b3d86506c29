/**
 * Notices that are not delivered must outlive us.
 *
 * @module
 */
import type { JoinRecord } from "../actors/messages/events.ts";
import type { JoinStore } from "../store/join_store.ts";
import type { UserNotice } from "./notice_queue.ts";

/** What is needed to see to it. */
export interface PendingNoticesPorts {
  /** The time, in milliseconds since the epoch. */
  now(): number;
  /** Whether the user is in the room: a new stay is none of our business. */
  isJoined(user: string, room: string): boolean;
}

/**
 * Keeps in the store, as a join that nobody has confirmed, what a user is still to be told. Should
 * we be killed before the notice is on its way, the room is asked again after the start, and the
 * user is told then: a notice that comes again tells the client what it knows, but one that never
 * comes leaves the user in a silent room.
 */
export class PendingNotices {
  readonly #store: JoinStore;
  readonly #ports: PendingNoticesPorts;

  /** Keeps them in `store`. */
  constructor(store: JoinStore, ports: PendingNoticesPorts) {
    this.#store = store;
    this.#ports = ports;
  }

  /** A notice is to be sent. To be called before the store can have written that the join ended. */
  begin(notice: UserNotice): void {
    this.#store.record(notice.link, { type: "put", join: inDoubt(notice, this.#ports.now()) });
  }

  /** The notice is on its way to the server. */
  end({ link, notice: { user, room } }: UserNotice): void {
    if (!this.#ports.isJoined(user, room)) this.#store.record(link, { type: "remove", user, room });
  }
}

/** The join that a notice would end, as one that nobody has confirmed. */
export function inDoubt({ notice: { user, room, nick } }: UserNotice, now: number): JoinRecord {
  return { user, room, nick, since: Math.round(now), confirmed: 0 };
}
