/**
 * The SQLite file: opened, checked, migrated, held against other processes.
 *
 * @module
 */
import { StoreError } from "./errors.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";
import { SqliteWorker, type Value } from "./sqlite_worker.ts";

/** An open database that no other process can open. */
export class Database {
  /** Where it is. */
  readonly path: string;
  readonly #sqlite: SqliteWorker;
  #file: string | undefined;

  private constructor(path: string, sqlite: SqliteWorker) {
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
   * Nobody else in this process may have the file open.
   *
   * @param migrations How the tables come about; see `schema.ts`.
   * @throws {StoreError} If it can't be used; reason `corrupt` if it is damaged, and ours.
   */
  static async open(path: string, migrations: readonly string[] = MIGRATIONS): Promise<Database> {
    const application = make(path);
    const database = new Database(path, new SqliteWorker());
    try {
      await database.#sqlite.ask({ type: "open", path });
      await database.#prepareFile(migrations);
      database.#file = await fileAt(path);
      return database;
    } catch (error) {
      await database.close().catch(() => {});
      const failure = explained(StoreError.of(error, path));
      const ours = failure.reason !== "corrupt" || application === APPLICATION_ID;
      throw ours ? failure : new StoreError("foreign", path, { cause: error });
    }
  }

  async #prepareFile(migrations: readonly string[]): Promise<void> {
    // In this mode the first access locks the file, and the log needs no shared memory.
    await this.#pragma("locking_mode = EXCLUSIVE");
    const version = Number(await this.#pragma("user_version"));
    if (await this.#isForeign()) throw new StoreError("foreign", this.path);
    if (version > migrations.length) throw new StoreError("newer", this.path);
    await this.#pragma("journal_mode = WAL");
    // Tells now rather than later if it can't be written.
    for (const sql of ["BEGIN IMMEDIATE", "ROLLBACK"]) await this.read(sql);
    await this.#pragma("synchronous = NORMAL");
    const verdict = await this.#pragma("quick_check(1)");
    if (verdict !== "ok") {
      throw new StoreError("corrupt", this.path, { cause: new Error(String(verdict)) });
    }
    if (version === migrations.length) return;
    const statements = migrations.slice(version).join(";").split(";").filter((sql) => sql.trim());
    statements.push(
      `PRAGMA application_id = ${APPLICATION_ID}`,
      `PRAGMA user_version = ${migrations.length}`,
    );
    // One at a time: a statement can be prepared only when its tables are there.
    for (const sql of ["BEGIN IMMEDIATE", ...statements, "COMMIT"]) await this.read(sql);
  }

  async #isForeign(): Promise<boolean> {
    const id = await this.#pragma("application_id");
    if (id === APPLICATION_ID) return false;
    return id !== 0 || (await this.read("SELECT 1 FROM sqlite_schema LIMIT 1")).length > 0;
  }

  async #pragma(text: string): Promise<Value | undefined> {
    return (await this.read(`PRAGMA ${text}`))[0];
  }

  /** What a query finds: the columns of the first row, then those of the next. */
  async read(sql: string, ...parameters: readonly Value[]): Promise<readonly Value[]> {
    return await this.#sqlite.ask({ type: "read", sql, parameters });
  }

  /** Carries out all steps or, if one fails, none; see {@linkcode WorkerRequest}. */
  async transaction(statements: readonly string[], steps: readonly Value[]): Promise<void> {
    await this.#sqlite.ask({ type: "transaction", statements, steps });
  }

  /** Whether its file is still where it was opened: what goes to another is lost at its end. */
  async isInPlace(): Promise<boolean> {
    const file = await fileAt(this.path);
    return file === undefined || file === this.#file;
  }

  /** Moves the log into the file and lets go of it. */
  async close(): Promise<void> {
    try {
      await this.#sqlite.ask({ type: "close" });
    } finally {
      this.#sqlite.terminate();
    }
  }
}

/** How the file of a database begins, and where an application's id is in it (fileformat2.html). */
const MAGIC = "SQLite format 3\0";
const ID_AT = 68;
const HEADER_BYTES = 100;

/**
 * Makes the file if there is none, and looks into one that is there: SQLite would write over a short
 * text, and take a long one for a damaged database.
 *
 * No store of this process may have it open: to close it here ends the process's locks on it.
 *
 * @returns The id of the application whose database it is; 0 if it is a new one.
 * @throws {StoreError} If it is no database.
 */
function make(path: string): number {
  const header = new Uint8Array(HEADER_BYTES);
  let length: number | null;
  try {
    // Addresses of users are nobody else's business; SQLite gives its log the same mode.
    if (!isThere(path)) Deno.openSync(path, { write: true, create: true, mode: 0o600 }).close();
    using file = Deno.openSync(path);
    length = file.readSync(header);
  } catch (error) {
    throw StoreError.of(error, path);
  }
  if (length === null) return 0;
  const magic = new TextDecoder().decode(header.subarray(0, MAGIC.length));
  if (magic !== MAGIC) throw new StoreError("no-database", path);
  return new DataView(header.buffer).getUint32(ID_AT);
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Which file is at a path, whatever it is called; `undefined` if that can't be said now. */
async function fileAt(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await Deno.stat(path);
    return `${dev} ${ino}`;
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? "none" : undefined;
  }
}

/**
 * What else there is to be said about a failure of the disk: SQLite often knows but that there was
 * one.
 *
 * The file must not be open: to close it here would end the process's locks on it.
 */
export function explained(error: StoreError): StoreError {
  if (error.reason !== "failed" && error.reason !== "unreachable") return error;
  try {
    Deno.openSync(error.path, { write: true }).close();
    return error;
  } catch (reason) {
    const known = StoreError.of(reason, error.path);
    return known.reason === "failed" ? error : known;
  }
}

/** How much room a database takes with its log, in bytes. */
export async function sizeOf(path: string): Promise<number> {
  const sizes = [path, `${path}-wal`].map((part) =>
    // There need not be a log; whatever else is wrong is told by those who write.
    Deno.stat(part).then(({ size }) => size, () => 0)
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
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
