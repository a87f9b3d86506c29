/**
 * What the operator's side needs to see of a keeper; every `Keeper` has it.
 *
 * @module
 */
import type { RemoteDomain } from "../actors/remote_domain/remote_domain.ts";
import type { ConnectionStatus } from "../component/mod.ts";
import type { SyncState } from "../keeper/plugin_sync.ts";
import type { StoreHealth } from "../store/join_store.ts";

/** What can be seen of a keeper. */
export interface KeeperView {
  /** The joins. */
  readonly router: {
    /** The links that have something to remember. */
    readonly domains: readonly RemoteDomain[];
    /** How many sessions have at least one join. */
    readonly sessions: number;
    /** How many events wait in all mailboxes. */
    readonly depth: number;
  };
  /** The connection to the server. */
  readonly connection: ConnectionStatus;
  /** The plugin of each watched host. */
  readonly hosts: readonly {
    readonly host: string;
    readonly state: SyncState;
    readonly software: string;
    /** Whether it carries out requests: it is in step, and not too old for them. */
    readonly takesRequests: boolean;
  }[];
  /** Whether rejoins and notices are held back. */
  readonly paused: boolean;
  /** How many notices are held back. */
  readonly held: number;
  /** How the store is doing, if there is one. */
  readonly store: StoreHealth | undefined;
}
