/**
 * What happened to each domain lately: figures, the last events, and 24 hours in quarters.
 *
 * @module
 */
import type { DomainKey } from "../actors/messages/domains.ts";
import type { NoticeEffect, NoticeReason, Report } from "../actors/messages/effects.ts";
import type { LossCause } from "../actors/messages/events.ts";
import { systemClock } from "../actors/runtime/mod.ts";
import type { KeeperObserver } from "../keeper/observer.ts";
import { failureText, RejoinCounts, type RejoinFailure } from "./rejoins.ts";
import { Timeline } from "./timeline.ts";

/** How many events are remembered of one domain. */
export const MAX_EVENTS = 50;

/** How many joins were found to be what. */
export interface VerdictCounts {
  /** Still in. */
  readonly joined: number;
  /** No longer in. */
  readonly gone: number;
  /** Notified, or given up, since nobody could confirm them in time. */
  readonly unconfirmed: number;
}

/** A user's stay in a room. */
export interface Occupancy {
  /** The user's full JID. */
  readonly user: string;
  /** The room's bare JID. */
  readonly room: string;
}

/** How many users are named of those to whom the same happened. */
export const MAX_NAMED = 5;

/** Something that happened, with its time in milliseconds since the epoch. */
export type PastEvent =
  & { readonly at: number }
  & (
    | { readonly type: "loss"; readonly cause: LossCause; readonly joins: number }
    | { readonly type: "unreached"; readonly attempt: number }
    | { readonly type: "reachable"; readonly unverified: number }
    | {
      readonly type: "settled";
      readonly after: number;
      readonly verdicts: VerdictCounts;
      /** How many were brought back. */
      readonly back: number;
    }
    | ({ readonly type: "notices"; readonly reason: NoticeReason } & Many)
    | (
      & {
        readonly type: "rejoined";
        /** The longest time that one of them was out, in milliseconds. */
        readonly longest: number;
      }
      & Many
    )
    | (
      & {
        readonly type: "rejoin-failed";
        /** Why, and what follows, in words. */
        readonly why: string;
      }
      & Many
    )
    | { readonly type: "unwanted-room"; readonly room: string }
    | ({ readonly type: "refused" } & Occupancy)
  );

/** Several to whom the same happened in one verification. */
export interface Many {
  /** How many. */
  readonly count: number;
  /** Who, and in which room, the first {@linkcode MAX_NAMED} of them. */
  readonly first: readonly Occupancy[];
}

/** What happens to many at the same time, and is one line. */
type Gathered = Extract<PastEvent, Many>;

/** What is told of one of them. */
type OneOf<Event> = Event extends Gathered ? Omit<Event, "at" | keyof Many> : never;

/** The figures of one link, or of all together. */
export class Figures {
  /** 24 hours in quarters. */
  readonly timeline: Timeline = new Timeline();
  /** Verdicts since the start. */
  readonly verdicts: { joined: number; gone: number; unconfirmed: number } = noVerdicts();
  /** How rejoins have ended since the start. */
  readonly rejoins: RejoinCounts = new RejoinCounts();
  /** Users who were notified since the start. */
  notified = 0;

  /** Counts a report. */
  count(report: Report, at: number): void {
    this.rejoins.count(report);
    if (report.type === "loss") this.timeline.count("losses", at);
    else if (report.type === "unreached") this.timeline.count("unreached", at);
    else if (report.type === "rejoined") this.timeline.count("back", at);
    else if (report.type === "verdict" && report.verdict !== "undecided") {
      this.verdicts[report.verdict]++;
      if (report.verdict === "joined") this.timeline.count("joined", at);
    }
  }

  /** Counts a notice; of one whose join was found to be gone the verdict was counted. */
  countNotice({ reason }: NoticeEffect, at: number): void {
    this.notified++;
    this.timeline.count("notified", at);
    if (reason === "unconfirmed") this.verdicts.unconfirmed++;
  }
}

/** The past of one link. */
export class Past {
  /** Its figures. */
  readonly figures: Figures = new Figures();
  /** The last events, oldest first. */
  readonly events: PastEvent[] = [];
  /** How many joins the verification that runs, or the last one, began to ask about. */
  unverified = 0;
  /** How many of these are decided. */
  decided = 0;
  /** The last loss. */
  loss: { readonly at: number; readonly cause: LossCause } | undefined;
  /** When something happened last, in milliseconds since the epoch. */
  at = 0;
  /** The verdicts when the verification began. */
  #before: VerdictCounts & { readonly back: number } = { ...noVerdicts(), back: 0 };

  /** Remembers a report. */
  report(report: Report, at: number): void {
    this.figures.count(report, at);
    switch (report.type) {
      case "loss":
        this.#lost(report.cause, report.joins, at);
        break;
      case "unreached":
        // A long outage has one line, which tells the attempts so far.
        if (this.events.at(-1)?.type === "unreached") this.events.pop();
        this.#add({ type: "unreached", at, attempt: report.attempt });
        break;
      case "reachable":
        this.unverified = report.unverified;
        this.decided = 0;
        this.#add({ type: "reachable", at, unverified: report.unverified });
        break;
      case "verdict":
        if (report.verdict !== "undecided") this.decided++;
        break;
      case "settled": {
        const { verdicts: { joined, gone, unconfirmed }, rejoins: { back } } = this.figures;
        const verdicts = {
          joined: joined - this.#before.joined,
          gone: gone - this.#before.gone,
          unconfirmed: unconfirmed - this.#before.unconfirmed,
        };
        const brought = back - this.#before.back;
        this.#before = { joined, gone, unconfirmed, back };
        this.unverified = 0;
        this.#add({ type: "settled", at, after: report.after, verdicts, back: brought });
        break;
      }
      case "refused":
        this.#add({ type: "refused", at, user: report.user, room: report.room });
        break;
      case "rejoined":
        this.#gather({ type: "rejoined", longest: report.after }, report, at);
        break;
      case "rejoin-failed":
        this.#gather({ type: "rejoin-failed", why: failureText(report) }, report, at);
        break;
      case "unwanted-room":
        this.#add({ type: "unwanted-room", at, room: report.room });
        break;
      case "waiting":
      case "probing":
      case "asked":
      case "rejoining":
    }
  }

  /** Remembers a notice. */
  notice(notice: NoticeEffect, at: number): void {
    this.figures.countNotice(notice, at);
    this.#gather({ type: "notices", reason: notice.reason }, notice, at);
  }

  /** Of a room that is lost with all its users there is one line of a kind, not one for each. */
  #gather(event: OneOf<Gathered>, { user, room }: Occupancy, at: number): void {
    const place = this.events.findLastIndex((past) => !isGathered(past) || isAlike(past, event));
    const past = this.events[place];
    if (past === undefined || !isGathered(past)) {
      return this.#add({ ...event, at, count: 1, first: [{ user, room }] } as Gathered);
    }
    this.events.splice(place, 1);
    const first = past.count < MAX_NAMED ? [...past.first, { user, room }] : past.first;
    const many = { ...past, at, count: past.count + 1, first };
    this.#add(
      many.type === "rejoined" && event.type === "rejoined"
        ? { ...many, longest: Math.max(many.longest, event.longest) }
        : many,
    );
  }

  #lost(cause: LossCause, joins: number, at: number): void {
    this.loss = { at, cause };
    const last = this.events.at(-1);
    // Both streams of a link are reported lost, a moment apart.
    if (last?.type === "loss" && last.cause === cause && at - last.at < 1_000) this.events.pop();
    this.#add({ type: "loss", at, cause, joins });
  }

  #add(event: PastEvent): void {
    this.at = event.at;
    this.events.push(event);
    if (this.events.length > MAX_EVENTS) this.events.shift();
  }
}

/** A rejoin that ended in vain, with its time in milliseconds since the epoch. */
export interface LastFailure {
  /** When it was. */
  readonly at: number;
  /** The remote domain. */
  readonly domain: string;
  /** What failed, and why. */
  readonly failure: RejoinFailure;
}

/** How much to remember. */
export interface HistoryOptions {
  /** Links with a past, at most; of more, those forgotten are where nothing happened longest. @default {5000} */
  readonly links?: number;
  /** The time, in milliseconds since the epoch. @default {systemClock} */
  readonly now?: () => number;
}

/** Watches a keeper and remembers. */
export class History implements KeeperObserver {
  /** The sum over all links. */
  readonly all: Figures = new Figures();
  /** When the connection to the server came up or went down. */
  connectionSince: number;
  /** The last rejoin that ended in vain. */
  lastFailure: LastFailure | undefined;
  readonly #links = new Map<string, { readonly link: DomainKey; readonly past: Past }>();
  readonly #limit: number;
  readonly #now: () => number;

  /** Starts with nothing. */
  constructor({ links = 5_000, now = systemClock.now }: HistoryOptions = {}) {
    this.#limit = links;
    this.#now = now;
    this.connectionSince = now();
  }

  /** The past of a link, if it has one. */
  of(link: DomainKey): Past | undefined {
    return this.#links.get(key(link))?.past;
  }

  /** All links that have a past. */
  get links(): DomainKey[] {
    return [...this.#links.values()].map(({ link }) => link);
  }

  /** See {@linkcode KeeperObserver}. */
  connected(): void {
    this.connectionSince = this.#now();
  }

  /** See {@linkcode KeeperObserver}. */
  disconnected(): void {
    this.connectionSince = this.#now();
  }

  /** See {@linkcode KeeperObserver}. */
  reported(link: DomainKey, report: Report): void {
    if (report.type === "asked" || report.type === "rejoining") return;
    const now = this.#now();
    if (report.type === "rejoin-failed" && report.next === "notify") {
      this.lastFailure = { at: now, domain: link.domain, failure: report };
    }
    this.#past(link).report(report, now);
    this.all.count(report, now);
  }

  /** See {@linkcode KeeperObserver}. */
  notified(link: DomainKey, notice: NoticeEffect): void {
    const now = this.#now();
    this.#past(link).notice(notice, now);
    this.all.countNotice(notice, now);
  }

  #past({ host, domain }: DomainKey): Past {
    const name = key({ host, domain });
    const known = this.#links.get(name);
    const entry = known ?? { link: { host, domain }, past: new Past() };
    // A map keeps the order of insertion: the first one is the one that rested longest.
    if (known !== undefined) this.#links.delete(name);
    else if (this.#links.size >= this.#limit) {
      for (const oldest of this.#links.keys()) {
        this.#links.delete(oldest);
        break;
      }
    }
    this.#links.set(name, entry);
    return entry.past;
  }
}

function key({ host, domain }: DomainKey): string {
  return `${host} ${domain}`;
}

function noVerdicts(): { joined: number; gone: number; unconfirmed: number } {
  return { joined: 0, gone: 0, unconfirmed: 0 };
}

function isGathered(event: PastEvent): event is Gathered {
  return "first" in event;
}

/** Whether two are of one kind, and so one line. */
function isAlike(past: Gathered, event: OneOf<Gathered>): boolean {
  if (past.type === "notices" && event.type === "notices") return past.reason === event.reason;
  if (past.type !== "rejoin-failed" || event.type !== "rejoin-failed") {
    return past.type === event.type;
  }
  return past.why === event.why;
}
