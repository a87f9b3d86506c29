/**
 * Which remote domain is meant, and what is known of it from before.
 *
 * @module
 */
import type { Direction, JoinRecord, Loss } from "./events.ts";

/** Names a remote domain: by the watched host whose users are there, and the domain of the rooms. */
export interface DomainKey {
  /** The watched host. */
  readonly host: string;
  /** The remote domain. */
  readonly domain: string;
}

/** What was known of one remote domain when we stopped. */
export interface StoredDomain extends DomainKey {
  /** Its joins, or some of them. */
  readonly joins: readonly JoinRecord[];
  /** The losses that were not settled. */
  readonly losses: readonly Loss[];
  /** Its sequence number. */
  readonly seq: number;
}

/** An s2s stream of a watched host that is up. */
export interface KnownStream {
  /** The remote domain. */
  readonly domain: string;
  /** Which way stanzas go in it. */
  readonly direction: Direction;
}
