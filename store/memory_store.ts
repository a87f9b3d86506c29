/**
 * A join table in memory: for tests, and to see what a {@linkcode JoinStore} has to do.
 *
 * @module
 */
import type { DomainKey, StoredDomain } from "../actors/messages/domains.ts";
import type { StoreChange } from "../actors/messages/effects.ts";
import type { JoinRecord, Loss } from "../actors/messages/events.ts";
import type { JoinStore, StoreHealth } from "./join_store.ts";

interface Link extends DomainKey {
  readonly joins: Map<string, JoinRecord>;
  losses: readonly Loss[];
  seq: number;
}

/**
 * Remembers what it was told as long as it lives; a second keeper may load it after the first.
 *
 * @example
 * ```ts
 * import { MemoryStore } from "@roomkeeper/roomkeeper";
 * import { assertEquals } from "@std/assert";
 *
 * const store = new MemoryStore();
 * const join = {
 *   user: "ann@home.example/phone",
 *   room: "garden@rooms.example",
 *   nick: "Ann",
 *   since: 0,
 *   confirmed: 0,
 * };
 * store.record({ host: "home.example", domain: "rooms.example" }, { type: "put", join });
 * assertEquals([...store.load()].map((link) => link.joins), [[join]]);
 * ```
 */
export class MemoryStore implements JoinStore {
  readonly #links = new Map<string, Link>();

  /** Memory never fails. */
  readonly health: StoreHealth = {
    state: "ok",
    pending: 0,
    failures: 0,
    setAside: 0,
    bytes: 0,
    slowestMs: 0,
  };

  /** All links with joins. */
  *load(): Generator<StoredDomain> {
    for (const { host, domain, joins, losses, seq } of this.#links.values()) {
      if (joins.size > 0) yield { host, domain, joins: [...joins.values()], losses, seq };
    }
  }

  /** Remembers a change. */
  record({ host, domain }: DomainKey, change: StoreChange): void {
    const key = `${host} ${domain}`;
    const link = this.#links.get(key) ?? { host, domain, joins: new Map(), losses: [], seq: 0 };
    this.#links.set(key, link);
    switch (change.type) {
      case "put":
        link.joins.set(joinKey(change.join), change.join);
        break;
      case "remove":
        link.joins.delete(joinKey(change));
        break;
      case "losses":
        link.losses = change.losses;
        link.seq = change.seq;
    }
    if (link.joins.size === 0 && link.losses.length === 0) this.#links.delete(key);
  }

  /** Nothing ever waits. */
  caughtUp(): undefined {
    return undefined;
  }

  /** Not needed: memory never has to begin anew. */
  backUpBy(_all: () => Iterable<StoredDomain>): void {}

  /** Keeps everything: nothing to write, nothing to let go. */
  close(): void {}
}

function joinKey({ user, room }: { readonly user: string; readonly room: string }): string {
  return `${user}\0${room}`;
}
