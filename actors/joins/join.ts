/**
 * One user's stay in one room. Kept small, since a large server has a million of them: a join holds
 * no keys of its own that it could share.
 *
 * @module
 */

/** A room that at least one user is in; shared by its joins. */
export interface Room {
  /** The room's bare JID. */
  readonly jid: string;
  /** The table that it is in; only ever compared. */
  readonly table: object;
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
  /** Where it is in its table. */
  index: number;
  /** The next join of the same session, in whatever domain. */
  next: Join | undefined;
}
