/**
 * Reads and writes links, losses and joins in an open database.
 *
 * @module
 */
import type { StoreChange } from "../actors/effects.ts";
import type { JoinRecord, Loss } from "../actors/events.ts";
import type { LinkName, StoredLink } from "../actors/router.ts";
import type { Database } from "./database.ts";
import type { StatementSync } from "node:sqlite";

const STATEMENTS = {
  findLink: "SELECT id FROM links WHERE host = ? AND domain = ?",
  addLink: "INSERT INTO links (host, domain) VALUES (?, ?) RETURNING id",
  setSeq: "UPDATE links SET seq = ? WHERE id = ?",
  removeLink: "DELETE FROM links WHERE id = ?1 " +
    "AND NOT EXISTS (SELECT 1 FROM joins WHERE link = ?1) " +
    "AND NOT EXISTS (SELECT 1 FROM losses WHERE link = ?1)",
  putJoin: "INSERT INTO joins (link, user, room, nick, since, confirmed) " +
    "VALUES (?, ?, ?, ?, ?, ?) " +
    "ON CONFLICT DO UPDATE SET nick = excluded.nick, since = excluded.since, " +
    "confirmed = excluded.confirmed",
  removeJoin: "DELETE FROM joins WHERE link = ? AND user = ? AND room = ?",
  clearLosses: "DELETE FROM losses WHERE link = ?",
  addLoss: "INSERT INTO losses (link, position, seq, at, cause) VALUES (?, ?, ?, ?, ?)",
  links: "SELECT id, host, domain, seq FROM links ORDER BY id",
  losses: "SELECT seq, at, cause FROM losses WHERE link = ? ORDER BY position",
  joins: "SELECT user, room, nick, since, confirmed FROM joins WHERE link = ?",
} as const;

/** The tables of one database. */
export class Tables {
  readonly #database: Database;
  readonly #statements: { readonly [Name in keyof typeof STATEMENTS]: StatementSync };

  /** Prepares the statements. */
  constructor(database: Database) {
    this.#database = database;
    const prepared = Object.entries(STATEMENTS).map(([name, sql]) => [name, database.prepare(sql)]);
    this.#statements = Object.fromEntries(prepared);
  }

  /** All links that have joins, each read when it is asked for. */
  *load(): Generator<StoredLink> {
    const links = this.#statements.links.all() as unknown as LinkRow[];
    for (const { id, host, domain, seq } of links) {
      const joins = this.#statements.joins.all(id) as unknown as JoinRecord[];
      if (joins.length === 0) continue;
      const losses = this.#statements.losses.all(id) as unknown as Loss[];
      yield { host, domain, seq, joins: joins.map(plain), losses: losses.map(plain) };
    }
  }

  /** Carries out `work`, which makes changes, in one transaction. */
  transaction(work: (apply: (link: LinkName, change: StoreChange) => void) => void): void {
    const ids = new Map<string, number>();
    const shrunk = new Set<number>();
    this.#database.transaction(() => {
      work((link, change) => {
        const key = `${link.host}\0${link.domain}`;
        let id = ids.get(key);
        if (id === undefined) ids.set(key, id = this.#link(link));
        if (change.type !== "put") shrunk.add(id);
        this.#apply(id, change);
      });
      for (const id of shrunk) this.#statements.removeLink.run(id);
    });
  }

  /** Empties all tables. */
  clear(): void {
    this.#database.transaction(() => {
      for (const table of ["joins", "losses", "links"]) {
        this.#database.prepare(`DELETE FROM ${table}`).run();
      }
    });
  }

  /** Lets go of the file. */
  close(): void {
    this.#database.close();
  }

  #link({ host, domain }: LinkName): number {
    const { findLink, addLink } = this.#statements;
    const row = findLink.get(host, domain) ?? addLink.get(host, domain);
    return row?.id as number;
  }

  #apply(link: number, change: StoreChange): void {
    const { putJoin, removeJoin, setSeq, clearLosses, addLoss } = this.#statements;
    switch (change.type) {
      case "put": {
        const { user, room, nick, since, confirmed } = change.join;
        putJoin.run(link, user, room, nick, since, confirmed);
        return;
      }
      case "remove":
        removeJoin.run(link, change.user, change.room);
        return;
      case "losses":
        setSeq.run(change.seq, link);
        clearLosses.run(link);
        for (const [position, { seq, at, cause }] of change.losses.entries()) {
          addLoss.run(link, position, seq, Math.round(at), cause);
        }
    }
  }
}

interface LinkRow extends LinkName {
  readonly id: number;
  readonly seq: number;
}

/** SQLite's rows have no prototype, which makes them large and slow. */
function plain<Row extends object>(row: Row): Row {
  return { ...row };
}
