/**
 * Reads and writes links, losses and joins in an open database.
 *
 * @module
 */
import type { DomainKey, StoredDomain } from "../actors/messages/domains.ts";
import { chunk } from "@std/collections/chunk";
import type { StoreChange } from "../actors/messages/effects.ts";
import type { JoinRecord, Loss, LossCause } from "../actors/messages/events.ts";
import type { Database } from "./database.ts";
import type { PendingChange } from "./pending_changes.ts";
import type { Value } from "./sqlite_worker.ts";

const LINK = "(SELECT id FROM links WHERE host = ?1 AND domain = ?2)";

/** The statements that change something; each begins with the host and the domain of a link. */
const CHANGES = {
  addLink: "INSERT INTO links (host, domain) VALUES (?, ?) ON CONFLICT DO NOTHING",
  setSeq: "UPDATE links SET seq = ?3 WHERE host = ?1 AND domain = ?2",
  removeLink: "DELETE FROM links WHERE host = ?1 AND domain = ?2 " +
    "AND NOT EXISTS (SELECT 1 FROM joins WHERE link = links.id) " +
    "AND NOT EXISTS (SELECT 1 FROM losses WHERE link = links.id)",
  putJoin: "INSERT INTO joins (link, user, room, nick, since, confirmed) " +
    `VALUES (${LINK}, ?3, ?4, ?5, ?6, ?7) ` +
    "ON CONFLICT DO UPDATE SET nick = excluded.nick, since = excluded.since, " +
    "confirmed = excluded.confirmed",
  removeJoin: `DELETE FROM joins WHERE link = ${LINK} AND user = ?3 AND room = ?4`,
  clearLosses: `DELETE FROM losses WHERE link = ${LINK}`,
  addLoss: `INSERT INTO losses (link, position, seq, at, cause) VALUES (${LINK}, ?3, ?4, ?5, ?6)`,
} as const;

type Change = keyof typeof CHANGES;
const STATEMENTS = Object.values(CHANGES);
const PLACES = new Map(Object.keys(CHANGES).map((name, place) => [name as Change, place]));

/** How many joins are read at a time, so that no part of loading takes long. */
const BATCH = 2_000;

const LOAD_LINKS = "SELECT id, host, domain, seq FROM links";
const LOAD_LOSSES = "SELECT link, seq, at, cause FROM losses ORDER BY link, position";
const LOAD_JOINS = "SELECT link, user, room, nick, since, confirmed FROM joins " +
  `WHERE (link, user, room) > (?, ?, ?) ORDER BY link, user, room LIMIT ${BATCH}`;
const JOIN_COLUMNS = 6;

/** The tables of one database. */
export class Tables {
  readonly #database: Database;

  /** Takes over an open database. */
  constructor(database: Database) {
    this.#database = database;
  }

  /** All links that have joins, a large one in parts; read on while those are dealt with. */
  async *load(): AsyncGenerator<StoredDomain> {
    const links = await this.#loadLinks();
    let next = this.#database.read(LOAD_JOINS, 0, "", "");
    for (let rows = await next; rows.length > 0; rows = await next) {
      const last = rows.slice(-JOIN_COLUMNS);
      next = this.#database.read(LOAD_JOINS, ...last.slice(0, 3));
      // Whoever stops reading here need not hear that it failed.
      next.catch(() => {});
      for (const [id, joins] of joinsByLink(rows)) {
        const link = links.get(id);
        if (link !== undefined) yield { ...link, joins };
      }
    }
  }

  async #loadLinks(): Promise<Map<number, Omit<StoredDomain, "joins">>> {
    const links = new Map<number, DomainKey & { seq: number; losses: Loss[] }>();
    const rows = chunk(await this.#database.read(LOAD_LINKS), 4);
    for (const [id, host, domain, seq] of rows as [number, string, string, number][]) {
      links.set(id, { host, domain, seq, losses: [] });
    }
    const losses = chunk(await this.#database.read(LOAD_LOSSES), 4);
    for (const [id, seq, at, cause] of losses as [number, number, number, LossCause][]) {
      links.get(id)?.losses.push({ seq, at, cause });
    }
    return links;
  }

  /** Makes the changes, all or none. */
  async write(changes: readonly PendingChange[]): Promise<void> {
    // A link is there while it has joins or losses; either may come with a change, or go.
    const [coming, going] = [new Map<string, DomainKey>(), new Map<string, DomainKey>()];
    for (const { link, change } of changes) {
      const name = `${link.host}\0${link.domain}`;
      if (change.type !== "remove") coming.set(name, link);
      if (change.type !== "put") going.set(name, link);
    }
    const steps: Value[] = [];
    for (const link of coming.values()) step(steps, "addLink", link);
    for (const { link, change } of changes) addSteps(steps, link, change);
    for (const link of going.values()) step(steps, "removeLink", link);
    await this.#database.transaction(STATEMENTS, steps);
  }

  /** Empties all tables. */
  async clear(): Promise<void> {
    const statements = ["joins", "losses", "links"].map((table) => `DELETE FROM ${table}`);
    await this.#database.transaction(statements, statements.flatMap((_, place) => [place, 0]));
  }

  /** Whether the file is still where it was opened. */
  async isInPlace(): Promise<boolean> {
    return await this.#database.isInPlace();
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    await this.#database.close();
  }
}

function addSteps(steps: Value[], link: DomainKey, change: StoreChange): void {
  switch (change.type) {
    case "put": {
      const { user, room, nick, since, confirmed } = change.join;
      return step(steps, "putJoin", link, user, room, nick, Math.round(since), confirmed);
    }
    case "remove":
      return step(steps, "removeJoin", link, change.user, change.room);
    case "losses":
      step(steps, "setSeq", link, change.seq);
      step(steps, "clearLosses", link);
      for (const [position, { seq, at, cause }] of change.losses.entries()) {
        step(steps, "addLoss", link, position, seq, Math.round(at), cause);
      }
  }
}

function step(
  steps: Value[],
  change: Change,
  { host, domain }: DomainKey,
  ...rest: readonly Value[]
): void {
  steps.push(PLACES.get(change)!, rest.length + 2, host, domain, ...rest);
}

function joinsByLink(values: readonly Value[]): Map<number, JoinRecord[]> {
  const links = new Map<number, JoinRecord[]>();
  for (let i = 0; i < values.length; i += JOIN_COLUMNS) {
    const id = values[i] as number;
    let joins = links.get(id);
    if (joins === undefined) links.set(id, joins = []);
    joins.push({
      user: values[i + 1] as string,
      room: values[i + 2] as string,
      nick: values[i + 3] as string,
      since: values[i + 4] as number,
      confirmed: values[i + 5] as number,
    });
  }
  return links;
}
