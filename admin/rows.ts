/**
 * The domains as rows of a table, searched, sorted and paged.
 *
 * @module
 */
import type { LossCause } from "../actors/messages/events.ts";
import type { LinkState } from "../actors/remote_domain/link.ts";
import type { DomainStatus } from "../actors/remote_domain/remote_domain.ts";
import type { Figures, History, Past, VerdictCounts } from "./history.ts";
import type { KeeperView } from "./keeper_view.ts";
import { eachSliced, type Sliced } from "./sliced.ts";
import type { Slot } from "./timeline.ts";

/** How far a verification is. */
export interface Progress {
  /** What it is doing. */
  readonly phase: "delay" | "probe" | "backoff" | "asking";
  /** How many joins are decided, while the rooms are asked. */
  readonly done: number;
  /** How many joins are in doubt. */
  readonly total: number;
}

/** One link. Times are milliseconds since the epoch. */
export interface DomainRow {
  /** The watched host. */
  readonly host: string;
  /** The remote domain. */
  readonly domain: string;
  /** The link; `unwatched` if nobody is in a room there any more. */
  readonly link: LinkState | "unwatched";
  /** How many joins there are. */
  readonly joins: number;
  /** How many rooms have at least one. */
  readonly rooms: number;
  /** How many sessions have at least one. */
  readonly users: number;
  /** The verification that runs. */
  readonly verifying?: Progress;
  /** The last loss. */
  readonly loss?: { readonly at: number; readonly cause: LossCause };
  /** What verifications found since the start. */
  readonly verdicts: VerdictCounts;
  /** How users were brought back since the start. */
  readonly recovery: RecoveryFigures;
  /** The last 24 hours. */
  readonly timeline: readonly Slot[];
}

/** How users are brought back. */
export interface RecoveryFigures {
  /** How many are being brought back now. */
  readonly rejoining: number;
  /** How many were brought back since the start. */
  readonly back: number;
  /** How many could not be brought back. */
  readonly failed: number;
  /** How many were notified that they are out, as they could not be brought back or were not to be. */
  readonly notified: number;
  /** The median of the latest times out of a room, in milliseconds, if anybody was brought back. */
  readonly medianMs?: number;
}

/** By what rows can be sorted. `trouble`: what needs attention first. */
export const SORTS = ["trouble", "domain", "link", "joins", "loss", "notified"] as const;

/** One of {@linkcode SORTS}. */
export type Sort = (typeof SORTS)[number];

/** Which rows are wanted. */
export interface RowQuery {
  /** Part of the domain's or host's name; empty for all. */
  readonly search: string;
  /** By what to sort. */
  readonly sort: Sort;
  /** Whether to turn the order round. */
  readonly reverse: boolean;
  /** The page, from 1. */
  readonly page: number;
  /** Rows on a page. */
  readonly size: number;
}

/** Some of the rows. */
export interface RowPage {
  /** The rows of this page. */
  readonly rows: readonly DomainRow[];
  /** How many rows were found. */
  readonly found: number;
  /** This page, from 1. */
  readonly page: number;
  /** How many pages there are, at least 1. */
  readonly pages: number;
}

/** How long a domain without joins is shown after something happened there, in milliseconds. */
const REMEMBERED_MS = 86_400_000;

/** How many links are sorted at a time. */
const PART = 1_024;

/** A link before its row is made, which most never need. */
interface Entry {
  readonly host: string;
  readonly domain: string;
  readonly status: DomainStatus | undefined;
  readonly past: Past | undefined;
}

/** The rows that are wanted. */
export function* domainRows(
  keeper: KeeperView,
  history: History,
  { search: wanted, sort, reverse, page: wantedPage, size }: RowQuery,
  now: number,
): Sliced<RowPage> {
  const search = wanted.trim().toLowerCase();
  const entries: Entry[] = [];
  yield* eachSliced(collect(keeper, history, now), (entry) => {
    if (entry.domain.includes(search) || entry.host.includes(search)) entries.push(entry);
  });
  const found = entries.length;
  const pages = Math.max(1, Math.ceil(found / size));
  const page = Math.min(Math.max(1, wantedPage), pages);
  const compare = ORDERS[sort];
  const order: Order = (a, b) => (reverse ? compare(b, a) : compare(a, b)) || byName(a, b);
  const rows = yield* firstOf(entries, page * size, order);
  return {
    rows: rows.slice((page - 1) * size).map((entry) => toRow(entry, now)),
    found,
    page,
    pages,
  };
}

/** The rows of one domain: one for each watched host that has a link to it. */
export function* rowsOf(
  domain: string,
  keeper: KeeperView,
  history: History,
  now: number,
): Sliced<DomainRow[]> {
  const entries: Entry[] = [];
  yield* eachSliced(collect(keeper, history, now), (entry) => {
    if (entry.domain === domain) entries.push(entry);
  });
  return entries.sort(byName).map((entry) => toRow(entry, now));
}

function* collect(keeper: KeeperView, history: History, now: number): Generator<Entry> {
  const known = new Set<string>();
  for (const remote of keeper.router.domains) {
    const { host, domain, status } = remote;
    const past = history.of(remote);
    if (past !== undefined) known.add(`${host} ${domain}`);
    yield { host, domain, status, past };
  }
  for (const { host, domain } of history.links) {
    const past = history.of({ host, domain });
    if (known.has(`${host} ${domain}`) || now - (past?.at ?? 0) > REMEMBERED_MS) continue;
    yield { host, domain, status: undefined, past };
  }
}

/** The first `count` in order: sorted in parts, which are merged, for no sort can be in slices. */
function* firstOf(entries: readonly Entry[], count: number, order: Order): Sliced<Entry[]> {
  let parts: Entry[][] = [];
  for (let at = 0; at < entries.length; at += PART) {
    parts.push(entries.slice(at, at + PART).sort(order).slice(0, count));
    yield;
  }
  while (parts.length > 1) {
    const merged: Entry[][] = [];
    for (let i = 0; i < parts.length; i += 2) {
      merged.push(yield* merge(parts[i]!, parts[i + 1] ?? [], count, order));
    }
    parts = merged;
  }
  return parts[0] ?? [];
}

function* merge(
  a: readonly Entry[],
  b: readonly Entry[],
  count: number,
  order: Order,
): Sliced<Entry[]> {
  const merged: Entry[] = [];
  for (let i = 0, j = 0; merged.length < count && (i < a.length || j < b.length);) {
    const takesA = j >= b.length || i < a.length && order(a[i]!, b[j]!) <= 0;
    merged.push(takesA ? a[i++]! : b[j++]!);
    if (merged.length % PART === 0) yield;
  }
  return merged;
}

function toRow({ host, domain, status, past }: Entry, now: number): DomainRow {
  const loss = status?.losses.at(-1) ?? past?.loss;
  return {
    host,
    domain,
    link: status?.link ?? "unwatched",
    joins: status?.joins ?? 0,
    rooms: status?.rooms ?? 0,
    users: status?.users ?? 0,
    ...status?.phase && { verifying: progress(status, status.phase, past) },
    ...loss && { loss: { at: loss.at, cause: loss.cause } },
    verdicts: { ...past?.figures.verdicts ?? { joined: 0, gone: 0, unconfirmed: 0 } },
    recovery: recoveryFigures(past?.figures, status?.rejoining ?? 0),
    timeline: past?.figures.timeline.slots(now) ?? [],
  };
}

/** How users are brought back, of whom so many are on the way. */
export function recoveryFigures(
  figures: Figures | undefined,
  rejoining: number,
): RecoveryFigures {
  const { back = 0, failed = 0, medianMs } = figures?.rejoins ?? {};
  const notified = figures?.notified ?? 0;
  return { rejoining, back, failed, notified, ...medianMs !== undefined && { medianMs } };
}

function progress(
  { joins }: DomainStatus,
  phase: Progress["phase"],
  past: Past | undefined,
): Progress {
  if (phase !== "asking") return { phase, done: 0, total: joins };
  const total = past?.unverified ?? joins;
  return { phase, done: Math.min(total, past?.decided ?? 0), total };
}

type Order = (a: Entry, b: Entry) => number;

const byName: Order = (a, b) => compareText(a.domain, b.domain) || compareText(a.host, b.host);

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const LINKS: readonly string[] = ["down", "idle", "unknown", "up"];

const linkRank = ({ status }: Entry) => status ? LINKS.indexOf(status.link) : LINKS.length;
const joins = ({ status }: Entry) => status?.joins ?? 0;
const lossAt = ({ status, past }: Entry) => status?.losses.at(-1)?.at ?? past?.loss?.at ?? 0;
const notified = ({ past }: Entry) => past?.figures.notified ?? 0;

/** Can't be reached, then being verified, then down, then the rest. */
function troubleRank({ status }: Entry): number {
  if (status?.phase === "backoff" || status?.phase === "probe") return 0;
  if (status?.phase !== undefined) return 1;
  return status?.link === "down" ? 2 : 3;
}

const ORDERS: Readonly<Record<Sort, Order>> = {
  trouble: (a, b) => troubleRank(a) - troubleRank(b) || joins(b) - joins(a),
  domain: byName,
  link: (a, b) => linkRank(a) - linkRank(b),
  joins: (a, b) => joins(b) - joins(a),
  loss: (a, b) => lossAt(b) - lossAt(a),
  notified: (a, b) => notified(b) - notified(a),
};
