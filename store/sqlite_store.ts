/**
 * The durable join table.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import type { StoreChange } from "../actors/effects.ts";
import type { LinkName, StoredLink } from "../actors/router.ts";
import { systemClock } from "../actors/runtime/mod.ts";
import type { JoinStore, StoreHealth } from "../keeper/join_store.ts";
import { Database, setAside } from "./database.ts";
import { StoreError } from "./errors.ts";
import { PendingChanges } from "./pending_changes.ts";
import { Tables } from "./tables.ts";

/** Time as a store needs it. */
export interface StoreClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `fire` once, in so many milliseconds; returns what cancels that. */
  after(ms: number, fire: () => void): () => void;
}

/** Takes what the operator should know; LogTape's loggers are such. */
export interface StoreLog {
  /** Takes a message, with names in braces for the properties in it. */
  info(message: string, properties: Record<string, unknown>): void;
  /** As `info`, for what went wrong. */
  error(message: string, properties: Record<string, unknown>): void;
}

/** How a store behaves. */
export interface StoreOptions {
  /** How long a change may wait to be written, in milliseconds. @default {200} */
  readonly tick?: number;
  /** How many changes one transaction has, at most. @default {1000} */
  readonly batch?: number;
  /**
   * How many changes may wait while nothing can be written. Beyond that they are forgotten, and
   * everything is written anew as soon as writing works. @default {500000}
   */
  readonly maxPending?: number;
  /** Takes what the operator should know. @default {LogTape's category `roomkeeper.store`} */
  readonly logger?: StoreLog;
  /** Time; for tests. */
  readonly clock?: StoreClock;
}

/** How long one transaction may go on before others get a turn, in milliseconds. */
const SLICE_MS = 8;
/** The turn that others get then. */
const REST_MS = 8;
/** The pause after the first failure in a row; it doubles up to the longest. */
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/**
 * Opens the file, made anew if there is none. A damaged one is renamed and a new one begun.
 *
 * Needs permission to read and write the file's folder.
 *
 * @throws {StoreError} If the file can't be used.
 *
 * @example
 * ```ts
 * import { openStore } from "@roomkeeper/roomkeeper";
 *
 * const folder = Deno.makeTempDirSync();
 * const store = openStore(`${folder}/joins.sqlite`);
 * store.close();
 * Deno.removeSync(folder, { recursive: true });
 * ```
 */
export function openStore(path: string, options: StoreOptions = {}): SqliteStore {
  return new SqliteStore(path, options);
}

/**
 * Joins in a SQLite file. Changes are gathered and written in one transaction per tick. What
 * can't be written is kept and tried again; see {@linkcode StoreHealth}.
 */
export class SqliteStore implements JoinStore {
  /** Where the file is. */
  readonly path: string;
  readonly #tick: number;
  readonly #batch: number;
  readonly #maxPending: number;
  readonly #logger: StoreLog;
  readonly #clock: StoreClock;
  readonly #pending = new PendingChanges();
  #tables: Tables | undefined;
  /** Whether the file is damaged and still to be renamed. */
  #damaged = false;
  /** Whether what is in the file is out of date as a whole. */
  #outdated = false;
  #all: () => Iterable<StoredLink> = () => [];
  /** What is left to be copied into a file that has begun anew. */
  #copying: Iterator<StoredLink> | undefined;
  #planned: { readonly at: number; readonly cancel: () => void } | undefined;
  #error: StoreError | undefined;
  #failures = 0;
  #failuresInARow = 0;
  #slowestMs = 0;
  #closed = false;

  /** Opens the file; see {@linkcode openStore}. */
  constructor(path: string, options: StoreOptions = {}) {
    const { tick = 200, batch = 1000, maxPending = 500_000 } = options;
    for (const [name, value] of Object.entries({ tick, batch, maxPending })) {
      if (value > 0) continue;
      throw new RangeError(
        `Cannot open a store as '${name}' must be positive: current value is ${value}`,
      );
    }
    this.path = path;
    this.#tick = tick;
    this.#batch = batch;
    this.#maxPending = maxPending;
    this.#logger = options.logger ?? getLogger(["roomkeeper", "store"]);
    this.#clock = options.clock ?? ownClock;
    this.#tables = this.#open();
  }

  /** How it is doing. */
  get health(): StoreHealth {
    return {
      state: this.#error === undefined ? "ok" : "failing",
      pending: this.#pending.size,
      failures: this.#failures,
      ...(this.#error && { error: this.#error }),
      slowestMs: this.#slowestMs,
    };
  }

  /**
   * All links that had joins when the last process ended, each read when it is asked for. Should
   * the file prove to be damaged midway, what was read so far is all.
   *
   * @throws {StoreError} If the file can't be read for another reason.
   */
  *load(): Generator<StoredLink> {
    try {
      yield* this.#tables?.load() ?? [];
    } catch (error) {
      this.#failed(error);
      if (this.#error?.reason !== "corrupt") throw this.#error;
    }
  }

  /** Where everything can be had again. */
  backUpBy(all: () => Iterable<StoredLink>): void {
    this.#all = all;
  }

  /** Remembers a change, to be written within a tick. */
  record(link: LinkName, change: StoreChange): void {
    if (this.#closed || this.#outdated) return;
    this.#pending.add(link, change);
    if (this.#error === undefined) this.#plan(this.#pending.size < this.#batch ? this.#tick : 0);
    else if (this.#pending.size > this.#maxPending) this.#overflowed();
  }

  /** Writes what waits, as far as that is possible, and lets go of the file. */
  close(): void {
    if (this.#closed) return;
    this.#planned?.cancel();
    do this.#write(); while (this.#error === undefined && this.#busy);
    this.#closed = true;
    this.#planned?.cancel();
    try {
      this.#tables?.close();
    } catch (error) {
      this.#failed(error);
    }
    if (this.#pending.size === 0 && !this.#outdated) return;
    this.#logger.error("{pending} changes of joins are lost as {path} could not be written", {
      event: "store-lost",
      pending: this.#pending.size,
      path: this.path,
    });
  }

  // --- writing --------------------------------------------------------------------------------

  /** Whether there is something to write. */
  get #busy(): boolean {
    return this.#pending.size > 0 || this.#copying !== undefined;
  }

  /** Writes in so many milliseconds, or earlier if that is planned already. */
  #plan(ms: number): void {
    const at = this.#clock.now() + ms;
    if (this.#planned !== undefined) {
      if (this.#planned.at <= at) return;
      this.#planned.cancel();
    }
    const cancel = this.#clock.after(ms, () => {
      this.#planned = undefined;
      this.#write();
      if (this.#error === undefined && this.#busy) this.#plan(REST_MS);
    });
    this.#planned = { at, cancel };
  }

  #write(): void {
    const start = this.#clock.now();
    try {
      const tables = this.#writable();
      if (this.#pending.size < this.#batch) this.#copySome();
      const written: string[] = [];
      tables.transaction((apply) => {
        for (const [key, { link, change }] of this.#pending.entries()) {
          if (written.length === this.#batch) break;
          if (written.length % 64 === 63 && this.#clock.now() - start > SLICE_MS) break;
          apply(link, change);
          written.push(key);
        }
      });
      this.#pending.done(written);
      this.#slowestMs = Math.max(this.#slowestMs, this.#clock.now() - start);
    } catch (error) {
      return this.#failed(error);
    }
    if (this.#error !== undefined) this.#recovered();
  }

  /** The tables, made fit for writing if they were not. */
  #writable(): Tables {
    if (this.#damaged) this.#rename();
    const tables = this.#tables ??= this.#open();
    if (this.#outdated) {
      tables.clear();
      this.#outdated = false;
      this.#copying = this.#all()[Symbol.iterator]();
    }
    return tables;
  }

  /** Copies the next link into a file that has begun anew. */
  #copySome(): void {
    if (this.#copying === undefined) return;
    const { value: link, done } = this.#copying.next();
    if (done) return void (this.#copying = undefined);
    const { joins, losses, seq } = link;
    for (const join of joins) this.#pending.add(link, { type: "put", join });
    this.#pending.add(link, { type: "losses", losses, seq });
  }

  // --- failures -------------------------------------------------------------------------------

  #failed(cause: unknown): void {
    const error = StoreError.of(cause, this.path);
    this.#error = error;
    this.#failures++;
    if (error.reason === "corrupt") this.#discard();
    const retry = Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** this.#failuresInARow++);
    this.#logger.error("{message}. {pending} changes wait; trying again in {seconds} s", {
      event: "store-failing",
      message: error.message,
      pending: this.#pending.size,
      seconds: retry / 1000,
      error: error.cause ?? error,
    });
    if (!this.#closed) this.#plan(retry);
  }

  #recovered(): void {
    this.#error = undefined;
    this.#failuresInARow = 0;
    this.#logger.info("{path} can be written again", { event: "store-ok", path: this.path });
  }

  /** What is in the file is of no use any more: everything is written anew when that is possible. */
  #outdate(): void {
    this.#pending.clear();
    this.#copying = undefined;
    this.#outdated = true;
  }

  /** More waits than is worth keeping. */
  #overflowed(): void {
    this.#outdate();
    this.#logger.error(
      "More than {limit} changes wait for {path}: all joins will be written anew when it works",
      { event: "store-outdated", limit: this.#maxPending, path: this.path },
    );
  }

  /** The file is damaged: it is to be renamed, and another one begun with what memory knows. */
  #discard(): void {
    this.#outdate();
    this.#damaged = true;
    try {
      this.#tables?.close();
    } catch {
      // It is of no use any more.
    }
    this.#tables = undefined;
  }

  #rename(): void {
    const aside = setAside(this.path, this.#clock.now());
    this.#damaged = false;
    this.#logger.error(
      "The damaged store was renamed to {aside} and a new one begun. Nothing else is to be done: " +
        "the joins come from memory and from the server's plugin",
      { event: "store-set-aside", aside },
    );
  }

  #open(): Tables {
    try {
      return new Tables(Database.open(this.path));
    } catch (error) {
      if (!(error instanceof StoreError) || error.reason !== "corrupt") throw error;
      this.#failures++;
      this.#rename();
      return new Tables(Database.open(this.path));
    }
  }
}

const ownClock: StoreClock = {
  now: () => systemClock.now(),
  after(ms: number, fire: () => void): () => void {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
};
