/**
 * The port to the durable join table.
 *
 * @module
 */
import type { StoreChange } from "../actors/effects.ts";
import type { LinkName, StoredLink } from "../actors/router.ts";

/** Where joins and open losses outlive the process. */
export interface JoinStore {
  /** All that was known when the last process ended. */
  load(): Iterable<StoredLink>;
  /** Remembers a change; written soon, together with others. Never throws. */
  record(link: LinkName, change: StoreChange): void;
  /** Writes what waits and lets go of the file. */
  close(): void | Promise<void>;
}
