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
import { Timeline } from "./timeline.ts";

/** How many events are remembered of one domain. */
export const MAX_EVENTS = 50;

/** How many joins were found to be what. */
export interface VerdictCounts {
  /** Still in. */
  readonly joined: number;
  /** No longer in, and told so. */
  readonly gone: number;
  /** Told, or given up, since nobody could confirm them in time. */
  readonly unconfirmed: number;
}

/** A user's stay in a room. */
export interface Occupancy {
  /** The user's full JID. */
  readonly user: string;
  /** The room's bare JID. */
  readonly room: string;
}

/** How many users are named of those who were told one after the other. */
export const MAX_NAMED = 5;

/** Something that happened, with its time in milliseconds since the epoch. */
export type PastEvent =
  & { readonly at: number }
  & (
    | { readonly type: "loss"; readonly cause: LossCause; readonly joins: number }
    | { readonly type: "unreached"; readonly attempt: number }
    | { readonly type: "reachable"; readonly unverified: number }
    | { readonly type: "settled"; readonly after: number; readonly verdicts: VerdictCounts }
    | {
      readonly type: "notices";
      readonly reason: NoticeReason;
      /** How many one after the other. */
      readonly count: number;
      /** Who was told about which room, the first {@linkcode MAX_NAMED} of them. */
      readonly first: readonly Occupancy[];
    }
    | ({ readonly type: "refused" } & Occupancy)
  );

/** The figures of one link, or of all together. */
export class Figures {
  /** 24 hours in quarters. */
  readonly timeline: Timeline = new Timeline();
  /** Verdicts since the start. */
  readonly verdicts: { joined: number; gone: number; unconfirmed: number } = noVerdicts();

  /** Counts a report. */
  count(report: Report, at: number): void {
    if (report.type === "loss") this.timeline.count("losses", at);
    else if (report.type === "unreached") this.timeline.count("unreached", at);
    else if (report.type === "verdict" && report.verdict !== "undecided") {
      this.#found(report.verdict, at);
    }
  }

  /** Counts a notice; of one whose join was found to be gone the verdict was counted. */
  countNotice({ reason }: NoticeEffect, at: number): void {
    if (reason === "unconfirmed") this.#found("unconfirmed", at);
  }

  #found(verdict: keyof VerdictCounts, at: number): void {
    this.verdicts[verdict]++;
    this.timeline.count(verdict, at);
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
  #before: VerdictCounts = noVerdicts();

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
        const { joined, gone, unconfirmed } = this.figures.verdicts;
        const verdicts = {
          joined: joined - this.#before.joined,
          gone: gone - this.#before.gone,
          unconfirmed: unconfirmed - this.#before.unconfirmed,
        };
        this.#before = { joined, gone, unconfirmed };
        this.unverified = 0;
        this.#add({ type: "settled", at, after: report.after, verdicts });
        break;
      }
      case "refused":
        this.#add({ type: "refused", at, user: report.user, room: report.room });
        break;
      case "waiting":
      case "probing":
      case "asked":
    }
  }

  /** Remembers a notice. */
  notice(notice: NoticeEffect, at: number): void {
    this.figures.countNotice(notice, at);
    const { user, room, reason } = notice;
    const last = this.events.at(-1);
    if (last?.type !== "notices" || last.reason !== reason) {
      return this.#add({ type: "notices", at, reason, count: 1, first: [{ user, room }] });
    }
    // Of a room that is lost with all its users there is one line, not one for each.
    this.events.pop();
    const first = last.count < MAX_NAMED ? [...last.first, { user, room }] : last.first;
    this.#add({ type: "notices", at, reason, count: last.count + 1, first });
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
    if (report.type === "asked") return;
    const now = this.#now();
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
