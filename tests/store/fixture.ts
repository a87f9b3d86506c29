/** What the tests of the store share. */

import type { DomainKey, StoredDomain } from "../../actors/messages/domains.ts";
import type { Logger } from "@logtape/logtape";
import type { JoinRecord } from "../../actors/messages/events.ts";
import { openStore, type SqliteStore, type StoreOptions } from "../../store/mod.ts";
import { VirtualClock } from "../component/virtual_clock.ts";

export const LINK: DomainKey = { host: "home.example", domain: "rooms.example" };

/** A folder that is gone after the test. */
export class Folder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "roomkeeper-store-" });
  readonly file = `${this.path}/joins.sqlite`;

  /** The names of its files. */
  get names(): string[] {
    return [...Deno.readDirSync(this.path)].map((entry) => entry.name).sort();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** A store in virtual time, with what it logged. */
export class Bench implements AsyncDisposable {
  readonly clock: VirtualClock;
  readonly log: string[];
  readonly store: SqliteStore;

  private constructor(clock: VirtualClock, log: string[], store: SqliteStore) {
    this.clock = clock;
    this.log = log;
    this.store = store;
  }

  static async open(path: string, options: StoreOptions = {}): Promise<Bench> {
    const clock = new VirtualClock();
    const log: string[] = [];
    const note = (level: string) => (_text: string, { event }: { readonly event: string }) =>
      log.push(`${level} ${event}`);
    const logger = { error: note("error"), info: note("info") } as unknown as Logger;
    return new Bench(clock, log, await openStore(path, { clock, logger, ...options }));
  }

  /** Records the joins with these numbers. */
  put(...numbers: readonly number[]): void {
    for (const n of numbers) this.store.record(LINK, { type: "put", join: join(n) });
  }

  /** Lets time pass, and what is due be written. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    do {
      this.clock.advance(Math.min(100, end - this.clock.now()));
      await this.store.idle();
    } while (this.clock.now() < end);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
  }
}

/** The join with this number. */
export function join(n: number, changes: Partial<JoinRecord> = {}): JoinRecord {
  return {
    user: `user${n}@home.example/phone`,
    room: `room${n % 10}@rooms.example`,
    nick: `user${n}`,
    since: 1_700_000_000_000 + n * 1000,
    confirmed: 0,
    ...changes,
  };
}

/** What a file has in it, as a process that starts would find it. */
export async function stored(path: string): Promise<StoredDomain[]> {
  await using bench = await Bench.open(path);
  return normal(await Array.fromAsync(bench.store.load()));
}

/** The same for the joins of {@linkcode LINK}: their numbers, in order. */
export async function storedNumbers(path: string): Promise<number[]> {
  return (await stored(path)).flatMap((link) => link.joins)
    .map(({ nick }) => Number(nick.slice("user".length)))
    .sort((a, b) => a - b);
}

/** Links and joins in one order, whatever order the store has. */
export function normal(links: Iterable<StoredDomain>): StoredDomain[] {
  return [...links]
    .map((link) => ({ ...link, joins: link.joins.toSorted(by(({ user, room }) => user + room)) }))
    .sort(by(({ host, domain }) => host + domain));
}

function by<T>(key: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
}

/** All numbers below `end`. */
export function numbers(end: number): number[] {
  return Array.from({ length: end }, (_, n) => n);
}

/** What memory knows of these joins. */
export function knownLinks(of: readonly number[]): StoredDomain[] {
  return [{ ...LINK, joins: of.map((n) => join(n)), losses: [], seq: 0 }];
}
