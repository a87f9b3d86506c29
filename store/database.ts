/**
 * The SQLite file: opened, checked, migrated, held against other processes.
 *
 * @module
 */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { StoreError } from "./errors.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";

/** A value of a column of ours. */
export type Value = string | number;

/** An open database that no other process can open. */
export class Database {
  /** Where it is. */
  readonly path: string;
  readonly #sqlite: DatabaseSync;

  private constructor(path: string, sqlite: DatabaseSync) {
    this.path = path;
    this.#sqlite = sqlite;
  }

  /**
   * Opens the file, made anew if there is none, and brings its tables up to date.
   *
   * Write-ahead logging with `synchronous=NORMAL` asks the disk to sync only when the log is moved
   * into the database: whatever ends the process leaves all that was committed, and a power cut
   * at most takes the latest commits with it, never the file.
   *
   * @param migrations How the tables come about; see `schema.ts`.
   * @throws {StoreError} If it can't be used; reason `corrupt` if it is damaged.
   */
  static open(path: string, migrations: readonly string[] = MIGRATIONS): Database {
    let sqlite: DatabaseSync | undefined;
    try {
      // Addresses of users are nobody else's business; SQLite gives its log the same mode.
      Deno.openSync(path, { write: true, create: true, mode: 0o600 }).close();
      sqlite = new DatabaseSync(path, { timeout: 0 });
      const database = new Database(path, sqlite);
      database.#prepareFile(migrations);
      return database;
    } catch (error) {
      sqlite?.close();
      throw StoreError.of(error, path);
    }
  }

  #prepareFile(migrations: readonly string[]): void {
    // In this mode the first access locks the file, and the log needs no shared memory.
    this.#pragma("locking_mode = EXCLUSIVE");
    const version = this.#pragma("user_version");
    if (this.#isForeign()) throw new StoreError("foreign", this.path);
    if (version > migrations.length) throw new StoreError("newer", this.path);
    this.#pragma("journal_mode = WAL");
    this.#pragma("synchronous = NORMAL");
    this.#check();
    if (version < migrations.length) this.#migrate(migrations.slice(version), migrations.length);
  }

  #isForeign(): boolean {
    const id = this.#pragma("application_id");
    if (id === APPLICATION_ID) return false;
    return id !== 0 || this.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() !== undefined;
  }

  #check(): void {
    const { quick_check: verdict } = this.prepare("PRAGMA quick_check(1)").get() ?? {};
    if (verdict === "ok") return;
    throw new StoreError("corrupt", this.path, { cause: new Error(String(verdict)) });
  }

  #migrate(steps: readonly string[], version: number): void {
    this.transaction(() => {
      for (const step of steps) {
        for (const statement of step.split(";")) {
          if (statement.trim() !== "") this.prepare(statement).run();
        }
      }
      this.#pragma(`application_id = ${APPLICATION_ID}`);
      this.#pragma(`user_version = ${version}`);
    });
  }

  #pragma(text: string): number {
    const row = this.prepare(`PRAGMA ${text}`).get();
    return Number(Object.values(row ?? {})[0]);
  }

  /** Prepares a statement. Other than `exec`, prepared statements tell why they fail. */
  prepare(sql: string): StatementSync {
    return this.#sqlite.prepare(sql);
  }

  /** Carries out all of `work` or, if it throws, nothing of it. */
  transaction(work: () => void): void {
    this.prepare("BEGIN IMMEDIATE").run();
    try {
      work();
      this.prepare("COMMIT").run();
    } catch (error) {
      // SQLite may have rolled back by itself already.
      if (this.#sqlite.isTransaction) this.prepare("ROLLBACK").run();
      throw error;
    }
  }

  /** Moves the log into the file and lets go of it. */
  close(): void {
    this.#sqlite.close();
  }
}

/**
 * Renames a damaged database and its log, so that it can be looked into and a new one can begin.
 *
 * @param now The time for its name, in milliseconds since the epoch.
 * @returns The new name.
 * @throws {StoreError} If the folder doesn't allow it.
 */
export function setAside(path: string, now: number): string {
  const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const aside = `${path}.corrupt-${time}`;
  // The log first: it must never be taken for the log of the new file.
  for (const part of ["-wal", "-shm", ""]) {
    try {
      Deno.renameSync(path + part, aside + part);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw StoreError.of(error, path);
    }
  }
  return aside;
}
