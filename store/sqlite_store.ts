/**
 * The durable join table.
 *
 * @module
 */
import type { DomainKey, StoredDomain } from "../actors/messages/domains.ts";
import { getLogger } from "@logtape/logtape";
import type { StoreChange } from "../actors/messages/effects.ts";
import type { KnownJoin } from "../actors/messages/events.ts";
import { hasOversizedPart, isOversized } from "../xmpp/jid.ts";
import { systemClock } from "../actors/runtime/mod.ts";
import type { JoinStore, StoreHealth } from "./join_store.ts";
import { Database, explained, setAside, sizeOf } from "./database.ts";
import { StoreError, type StoreFailure } from "./errors.ts";
import { StoreLock } from "./store_lock.ts";
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

/** The pause after the first failure in a row; it doubles up to the longest. */
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** After these the file has to be opened anew: it, or the disk under it, is not what it was. */
const BREAKS: ReadonlySet<StoreFailure> = new Set(["failed", "read-only", "unreachable", "moved"]);
/** With so many full batches waiting, others should wait too, if they can. */
const BEHIND_BATCHES = 10;
/** A write that takes longer is not waited for by anybody else. */
const SLOW_MS = 1_000;
/** A write that takes longer is told: it may be over next, or never. */
const STALLED_MS = 30_000;
/** How often it is looked whether the file is there, and how large it is. */
const LOOK_MS = 5_000;
/** A timer that is later was held up, and so was everything else. */
const LATE_MS = 2_000;

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
 * const store = await openStore(`${folder}/joins.sqlite`);
 * await store.close();
 * Deno.removeSync(folder, { recursive: true });
 * ```
 */
export function openStore(path: string, options: StoreOptions = {}): Promise<SqliteStore> {
  return SqliteStore.open(path, options);
}

/**
 * Joins in a SQLite file. Changes are gathered and written in one transaction per tick, by a thread
 * of its own. What can't be written is kept and tried again; see {@linkcode StoreHealth}.
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
  #all: () => Iterable<StoredDomain> = () => [];
  /** What is left to be copied into a file that has begun anew. */
  #copying: Iterator<StoredDomain> | undefined;
  #planned: { readonly at: number; readonly cancel: () => void } | undefined;
  #error: StoreError | undefined;
  #failures = 0;
  #setAside = 0;
  #bytes = 0;
  #measuredAt = -Infinity;
  #lock: StoreLock | undefined;
  #cancelLook: () => void = () => {};
  /** The pause after the last failure in a row; 0 if there was none. */
  #retryMs = 0;
  #writing: Promise<void> | undefined;
  #slowestMs = 0;
  /** Whether the write under way is slow. */
  #slow = false;
  /** For those who wait until there is less to write. */
  #behind: PromiseWithResolvers<void> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(path: string, options: StoreOptions) {
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
  }

  /** Opens the file; see {@linkcode openStore}. */
  static async open(path: string, options: StoreOptions = {}): Promise<SqliteStore> {
    const store = new SqliteStore(path, options);
    try {
      store.#tables = await store.#open();
      await store.#measure();
    } catch (error) {
      store.#unlock();
      throw error;
    }
    store.#lookLater();
    return store;
  }

  /** How it is doing. */
  get health(): StoreHealth {
    return {
      state: this.#error === undefined ? "ok" : "failing",
      pending: this.#pending.size,
      failures: this.#failures,
      ...(this.#error && { error: this.#error, reason: this.#error.reason }),
      setAside: this.#setAside,
      bytes: this.#bytes,
      slowestMs: this.#slowestMs,
    };
  }

  /**
   * All links that had joins when the last process ended, a large one in parts, read as they are
   * asked for. Should the file prove to be damaged midway, what was read so far is all.
   *
   * @throws {StoreError} If the file can't be read for another reason.
   */
  async *load(): AsyncGenerator<StoredDomain> {
    try {
      if (this.#tables === undefined) return;
      for await (const link of this.#tables.load()) yield this.#sound(link);
    } catch (error) {
      await this.#failed(error);
      if (this.#error?.reason !== "corrupt") throw this.#error;
    }
  }

  /** What versions before this one let in would be kept for ever. */
  #sound(link: StoredDomain): StoredDomain {
    const oversized = link.joins.filter(isOversizedJoin);
    if (oversized.length === 0) return link;
    for (const { user, room } of oversized) this.record(link, { type: "remove", user, room });
    return { ...link, joins: link.joins.filter((join) => !isOversizedJoin(join)) };
  }

  /** Where everything can be had again. */
  backUpBy(all: () => Iterable<StoredDomain>): void {
    this.#all = all;
  }

  /** Remembers a change, to be written within a tick. */
  record(link: DomainKey, change: StoreChange): void {
    if (this.#closing !== undefined || this.#outdated) return;
    if (change.type === "put" && isOversizedJoin(change.join)) return;
    this.#pending.add(link, change);
    if (this.#error === undefined) this.#plan(this.#pending.size < this.#batch ? this.#tick : 0);
    else if (this.#pending.size > this.#maxPending) this.#overflowed();
  }

  /** Settles when few changes wait, or writing fails or takes long. */
  caughtUp(): Promise<void> | undefined {
    if (this.#pending.size < BEHIND_BATCHES * this.#batch) return undefined;
    if (this.#error !== undefined || this.#slow) return undefined;
    return (this.#behind ??= Promise.withResolvers()).promise;
  }

  /** Resolves when no write is under way. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  /** Writes what waits, as far as that is possible, and lets go of the file. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#planned?.cancel();
    this.#cancelLook();
    await this.#writing;
    do await this.#write(); while (this.#error === undefined && this.#busy);
    try {
      await this.#tables?.close();
    } catch (error) {
      await this.#failed(error);
    }
    this.#unlock();
    if (!this.#busy) return;
    this.#logger.error("{pending} changes of joins are lost as {path} could not be written", {
      event: "store-lost",
      pending: this.#pending.size,
      path: this.path,
    });
  }

  // --- writing --------------------------------------------------------------------------------

  /** Whether there is something to write. */
  get #busy(): boolean {
    return this.#pending.size > 0 || this.#rewriting;
  }

  /** Whether everything is still to be written anew, or some of it. */
  get #rewriting(): boolean {
    return this.#outdated || this.#copying !== undefined;
  }

  /** Writes in so many milliseconds, or earlier if that is planned already. */
  #plan(ms: number): void {
    if (this.#closing !== undefined || this.#writing !== undefined) return;
    const at = this.#clock.now() + ms;
    if (this.#planned !== undefined) {
      if (this.#planned.at <= at) return;
      this.#planned.cancel();
    }
    const cancel = this.#clock.after(ms, () => {
      this.#planned = undefined;
      this.#writing = this.#writeAll();
    });
    this.#planned = { at, cancel };
  }

  /** Writes one batch after the other while there are full ones; the rest is left for the tick. */
  async #writeAll(): Promise<void> {
    do await this.#write(); while (
      this.#error === undefined && this.#closing === undefined &&
      (this.#pending.size >= this.#batch || this.#rewriting)
    );
    this.#rest();
  }

  /** Nothing is being written; plans what is to be written next. */
  #rest(): void {
    this.#writing = undefined;
    if (this.#error !== undefined) this.#plan(this.#retryMs);
    else if (this.#busy) this.#plan(this.#tick);
  }

  async #write(): Promise<void> {
    const start = this.#clock.now();
    const cancels = [
      this.#clock.after(SLOW_MS, () => {
        this.#slow = true;
        this.#release();
      }),
      this.#afterListening(STALLED_MS, () => this.#stalled()),
    ];
    try {
      const tables = await this.#writable();
      if (this.#pending.size < this.#batch) this.#copySome();
      const changes = this.#pending.oldest(this.#batch);
      await tables.write(changes);
      this.#pending.done(changes);
      this.#slowestMs = Math.max(this.#slowestMs, this.#clock.now() - start);
      await this.#measure();
    } catch (error) {
      return await this.#failed(error);
    } finally {
      for (const cancel of cancels) cancel();
      this.#slow = false;
      if (this.#error !== undefined || this.#pending.size < this.#batch) this.#release();
    }
    if (this.#error !== undefined) this.#recovered();
  }

  /** Lets those go on who wait. */
  #release(): void {
    this.#behind?.resolve();
    this.#behind = undefined;
  }

  /** Calls `fire` once if so much time passes in which we could have heard of the end of a write. */
  #afterListening(ms: number, fire: () => void): () => void {
    const due = this.#clock.now() + ms;
    let cancel = this.#clock.after(ms, () => {
      if (this.#clock.now() - due <= LATE_MS) fire();
      // The process was stopped: the answer of the disk may be there, and is read first.
      else cancel = this.#afterListening(ms, fire);
    });
    return () => cancel();
  }

  #lookLater(): void {
    this.#cancelLook = this.#clock.after(LOOK_MS, () => {
      if (this.#closing !== undefined) return;
      this.#lookLater();
      // A write looks as well.
      if (this.#writing === undefined && this.#error === undefined) this.#writing = this.#look();
    });
  }

  /** Looks after the file, also while there is nothing to write. */
  async #look(): Promise<void> {
    try {
      await this.#measure();
    } catch (error) {
      await this.#failed(error);
    }
    this.#rest();
  }

  async #measure(): Promise<void> {
    if (this.#clock.now() < this.#measuredAt + LOOK_MS) return;
    this.#measuredAt = this.#clock.now();
    this.#bytes = await sizeOf(this.path);
    if (await this.#tables?.isInPlace() === false) throw new StoreError("moved", this.path);
  }

  /** The tables, made fit for writing if they were not. */
  async #writable(): Promise<Tables> {
    if (this.#damaged) this.#rename();
    if (this.#tables === undefined) {
      this.#tables = await this.#open();
      // What a disk took before it failed need not be there any more.
      this.#copying = this.#all()[Symbol.iterator]();
    }
    const tables = this.#tables;
    if (this.#outdated) {
      await tables.clear();
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

  async #failed(cause: unknown): Promise<void> {
    let error = this.#error = StoreError.of(cause, this.path);
    if (this.#tables !== undefined && BREAKS.has(error.reason)) {
      await this.#letGo();
      // A disk can't be mounted again while anything on it is open.
      if (error.reason !== "moved") this.#unlock();
      this.#error = error = explained(error);
    }
    this.#failures++;
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2 || RETRY_MS);
    const next = this.#closing ? "" : "; trying again in {seconds} s";
    this.#logger.error(`{message}. {pending} changes wait${next}`, {
      event: "store-failing",
      reason: error.reason,
      message: error.message,
      pending: this.#pending.size,
      seconds: this.#retryMs / 1000,
      error: error.cause ?? error,
    });
    if (error.reason === "corrupt") await this.#discard();
    this.#plan(this.#retryMs);
  }

  /** A write takes so long that it may never end. Nothing else can be tried before it does. */
  #stalled(): void {
    if (this.#error !== undefined) return;
    const error = this.#error = new StoreError("stalled", this.path);
    this.#failures++;
    this.#logger.error("{message}. {pending} changes wait", {
      event: "store-failing",
      reason: error.reason,
      message: error.message,
      pending: this.#pending.size,
    });
  }

  #recovered(): void {
    this.#error = undefined;
    this.#retryMs = 0;
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
  async #discard(): Promise<void> {
    this.#outdate();
    // What has come in its place is not ours to rename.
    this.#damaged = await this.#tables?.isInPlace() ?? true;
    await this.#letGo();
  }

  /** Closes the file, to be opened anew: a disk that is in use can't be mounted again, for one. */
  async #letGo(): Promise<void> {
    const tables = this.#tables;
    this.#tables = undefined;
    // It is of no use any more, and neither is what closing it tells.
    await tables?.close().catch(() => {});
  }

  #rename(): void {
    const aside = setAside(this.path, this.#clock.now());
    this.#damaged = false;
    this.#setAside++;
    this.#logger.error(
      "The damaged store was renamed to {aside} and a new one begun. Nothing else is to be done: " +
        "the joins come from memory and from the server's plugin",
      { event: "store-set-aside", aside },
    );
  }

  #unlock(): void {
    this.#lock?.[Symbol.dispose]();
    this.#lock = undefined;
  }

  async #open(): Promise<Tables> {
    this.#lock ??= StoreLock.take(this.path);
    try {
      return new Tables(await Database.open(this.path));
    } catch (error) {
      if (!(error instanceof StoreError) || error.reason !== "corrupt") throw error;
      this.#failures++;
      this.#rename();
      return new Tables(await Database.open(this.path));
    }
  }
}

/** Whether an address or the nick is longer than there can be. */
function isOversizedJoin({ user, room, nick }: KnownJoin): boolean {
  return hasOversizedPart(user) || hasOversizedPart(room) || isOversized(nick);
}

const ownClock: StoreClock = {
  now: () => systemClock.now(),
  after(ms: number, fire: () => void): () => void {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
};
