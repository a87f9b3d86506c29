/**
 * Reads and writes links, losses and joins in an open database.
 *
 * @module
 */
import type { JoinRecord, Loss, LossCause } from "../actors/events.ts";
import type { LinkName, StoredLink } from "../actors/router.ts";
import type { Database } from "./database.ts";
import type { PendingChange } from "./pending_changes.ts";
import type { Step, Value } from "./sqlite_worker.ts";

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
const NAMES = Object.keys(CHANGES) as Change[];

const LOAD_LINKS = "SELECT id, host, domain, seq FROM links ORDER BY id";
const LOAD_JOINS = "SELECT user, room, nick, since, confirmed FROM joins WHERE link = ?";
const LOAD_LOSSES = "SELECT seq, at, cause FROM losses WHERE link = ? ORDER BY position";

/** The tables of one database. */
export class Tables {
  readonly #database: Database;

  /** Takes over an open database. */
  constructor(database: Database) {
    this.#database = database;
  }

  /** All links that have joins, each read while the one before is dealt with. */
  async *load(): AsyncGenerator<StoredLink> {
    const rows = inRows(4, await this.#database.read(LOAD_LINKS));
    const links = rows.map((row) => row as [number, string, string, number]);
    let next = this.#loadLink(links[0]);
    for (let i = 1; i <= links.length; i++) {
      const link = await next;
      next = this.#loadLink(links[i]);
      // Whoever stops reading here need not hear that it failed.
      next.catch(() => {});
      if (link && link.joins.length > 0) yield link;
    }
  }

  async #loadLink(
    link: readonly [id: number, host: string, domain: string, seq: number] | undefined,
  ): Promise<StoredLink | undefined> {
    if (link === undefined) return undefined;
    const [id, host, domain, seq] = link;
    const [joins, losses] = await Promise.all([
      this.#database.read(LOAD_JOINS, id),
      this.#database.read(LOAD_LOSSES, id),
    ]);
    return { host, domain, seq, joins: toJoins(joins), losses: toLosses(losses) };
  }

  /** Makes the changes, all or none. */
  async write(changes: readonly PendingChange[]): Promise<void> {
    const steps: Step[] = [];
    const links = new Map<string, LinkName>();
    for (const { link } of changes) links.set(`${link.host}\0${link.domain}`, link);
    for (const link of links.values()) steps.push(step("addLink", link));
    for (const change of changes) steps.push(...stepsOf(change));
    for (const link of links.values()) steps.push(step("removeLink", link));
    await this.#database.transaction(Object.values(CHANGES), steps);
  }

  /** Empties all tables. */
  async clear(): Promise<void> {
    const statements = ["joins", "losses", "links"].map((table) => `DELETE FROM ${table}`);
    await this.#database.transaction(statements, statements.map((_, i) => [i]));
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    await this.#database.close();
  }
}

function stepsOf({ link, change }: PendingChange): Step[] {
  switch (change.type) {
    case "put": {
      const { user, room, nick, since, confirmed } = change.join;
      return [step("putJoin", link, user, room, nick, since, confirmed)];
    }
    case "remove":
      return [step("removeJoin", link, change.user, change.room)];
    case "losses":
      return [
        step("setSeq", link, change.seq),
        step("clearLosses", link),
        ...change.losses.map(({ seq, at, cause }, position) =>
          step("addLoss", link, position, seq, Math.round(at), cause)
        ),
      ];
  }
}

function step(change: Change, { host, domain }: LinkName, ...rest: Value[]): Step {
  return [NAMES.indexOf(change), host, domain, ...rest];
}

function toJoins(values: readonly Value[]): JoinRecord[] {
  const joins: JoinRecord[] = [];
  for (let i = 0; i < values.length; i += 5) {
    joins.push({
      user: values[i] as string,
      room: values[i + 1] as string,
      nick: values[i + 2] as string,
      since: values[i + 3] as number,
      confirmed: values[i + 4] as number,
    });
  }
  return joins;
}

function toLosses(values: readonly Value[]): Loss[] {
  return inRows(3, values).map((row) => {
    const [seq, at, cause] = row as [number, number, LossCause];
    return { seq, at, cause };
  });
}

function inRows(columns: number, values: readonly Value[]): (readonly Value[])[] {
  return Array.from(
    { length: values.length / columns },
    (_, row) => values.slice(row * columns, (row + 1) * columns),
  );
}
