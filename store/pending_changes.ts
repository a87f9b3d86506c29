/**
 * Changes that wait to be written.
 *
 * @module
 */
import type { DomainKey } from "../actors/messages/domains.ts";
import type { StoreChange } from "../actors/messages/effects.ts";

/** One change of one link. */
export interface PendingChange {
  /** Which link. */
  readonly link: DomainKey;
  /** What changes. */
  readonly change: StoreChange;
  /** What it is about; of all with the same key only the latest counts. */
  readonly key: string;
}

/**
 * Keeps, for each join and for the losses of each link, only the latest change, in the order in
 * which these came.
 *
 * ```ts
 * import { PendingChanges } from "./pending_changes.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const pending = new PendingChanges();
 * const link = { host: "home.example", domain: "rooms.example" };
 * const where = { user: "ann@home.example/phone", room: "garden@rooms.example" };
 * pending.add(link, { type: "put", join: { ...where, nick: "Ann", since: 0, confirmed: 0 } });
 * pending.add(link, { type: "remove", ...where });
 * assertEquals(pending.size, 1);
 * ```
 */
export class PendingChanges {
  readonly #latest = new Map<string, PendingChange>();

  /** How many wait. */
  get size(): number {
    return this.#latest.size;
  }

  /** Adds a change in place of those that it makes obsolete. */
  add({ host, domain }: DomainKey, change: StoreChange): void {
    const key = keyOf(host, domain, change);
    this.#latest.delete(key);
    this.#latest.set(key, { link: { host, domain }, change, key });
  }

  /** The oldest ones, so many at most. */
  oldest(count: number): PendingChange[] {
    const oldest: PendingChange[] = [];
    for (const pending of this.#latest.values()) {
      if (oldest.length === count) break;
      oldest.push(pending);
    }
    return oldest;
  }

  /** These are written; those that were replaced meanwhile stay. */
  done(written: readonly PendingChange[]): void {
    for (const pending of written) {
      if (this.#latest.get(pending.key) === pending) this.#latest.delete(pending.key);
    }
  }

  /** Forgets all. */
  clear(): void {
    this.#latest.clear();
  }
}

/** NUL can't be part of an address, nor of anything else in XML. */
function keyOf(host: string, domain: string, change: StoreChange): string {
  if (change.type === "losses") return `${host}\0${domain}`;
  const { user, room } = change.type === "put" ? change.join : change;
  return `${host}\0${domain}\0${user}\0${room}`;
}
