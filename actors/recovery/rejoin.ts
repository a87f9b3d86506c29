/**
 * One user on the way back into one room.
 *
 * @module
 */
import type { Join } from "../joins/join.ts";

/** Where a rejoin stands. */
export type RejoinPhase =
  /** It waits for its turn. */
  | "queued"
  /** It failed, or could not be sent, and is tried again later. */
  | "waiting"
  /** The join presence is sent; the room has not answered. */
  | "open"
  /** The verdict is old: the verification asks the room again. */
  | "asked"
  /** It is done, one way or the other. */
  | "over";

/** One user on the way back into one room. Times are milliseconds since the epoch. */
export interface Rejoin {
  /** Whose join it is, and of which room. */
  readonly join: Join;
  /** When the loss was noticed. */
  readonly lostAt: number;
  /** Whether the user was in until then, so that it is known how much was missed. */
  readonly exact: boolean;
  /** Where it stands. */
  phase: RejoinPhase;
  /** When the room last said that the user is out. */
  verdictAt: number;
  /** Whether others of the room wait for how this one ends. */
  holdsRoom: boolean;
  /** The id of the join presence. */
  id: string;
  /** When it was sent. */
  sentAt: number;
  /** When it is tried again. */
  until: number;
  /** Whether the room is asked if a join that it did not answer has worked. */
  unsure: boolean;
  /** How many joins were answered with `conflict`. */
  conflicts: number;
  /** How many met a room that is locked. */
  lockouts: number;
  /** How many had no answer. */
  unanswered: number;
  /** Why the last one failed. */
  because: string | undefined;
}

/** The rejoin of a user of whom the room said at `now` that it is out. */
export function newRejoin(join: Join, lostAt: number, exact: boolean, now: number): Rejoin {
  return {
    join,
    lostAt,
    exact,
    phase: "over",
    verdictAt: now,
    holdsRoom: false,
    id: "",
    sentAt: -Infinity,
    until: -Infinity,
    unsure: false,
    conflicts: 0,
    lockouts: 0,
    unanswered: 0,
    because: undefined,
  };
}
