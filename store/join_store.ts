/**
 * The port to the durable join table.
 *
 * @module
 */
import type { DomainKey, StoredDomain } from "../actors/messages/domains.ts";
import type { StoreChange } from "../actors/messages/effects.ts";

/** How a store is doing, for metrics and health checks. */
export interface StoreHealth {
  /** `failing`: nothing can be written; changes wait in memory and are tried again and again. */
  readonly state: "ok" | "failing";
  /** Changes that are not written yet. */
  readonly pending: number;
  /** How many times writing failed, since the start. */
  readonly failures: number;
  /** What went wrong last, while `failing`. */
  readonly error?: Error;
  /** The same in one word, such as `full`, `read-only`, `corrupt` or `locked`. */
  readonly reason?: string;
  /** How many damaged files were put aside, since the start: what they knew is not known from there. */
  readonly setAside: number;
  /** How large the file is, with its log, in bytes; 0 if there is none. */
  readonly bytes: number;
  /** The longest time that a write took, in milliseconds. */
  readonly slowestMs: number;
}

/** Where joins and open losses outlive the process. */
export interface JoinStore {
  /** How it is doing. */
  readonly health: StoreHealth;
  /**
   * All links that had joins when the last process ended, a large one in parts, one after the
   * other. To be read before any change.
   */
  load(): Iterable<StoredDomain> | AsyncIterable<StoredDomain>;
  /** Remembers a change; written soon, together with others. Never throws. */
  record(link: DomainKey, change: StoreChange): void;
  /**
   * For whoever can wait before making more changes, so that a crash loses few of them: settles when
   * not many are left to be written; undefined: go on, as they are few or waiting would not help.
   */
  caughtUp(): Promise<void> | undefined;
  /**
   * Names where everything that ought to be in the store can be had again, should it ever have to
   * begin anew. It is read a little at a time, with changes recorded in between.
   */
  backUpBy(all: () => Iterable<StoredDomain>): void;
  /** Writes what waits and lets go of the file. Never throws. */
  close(): void | Promise<void>;
}
