import type { Effect, Report } from "../../../actors/messages/effects.ts";
import type {
  Direction,
  DomainEvent,
  KnownJoin,
  OccupancyEvent,
  RoomError,
} from "../../../actors/messages/events.ts";
import { type DomainOptions, domainOptions } from "../../../actors/messages/options.ts";
import { RemoteDomain } from "../../../actors/remote_domain/remote_domain.ts";
import { Sessions } from "../../../actors/joins/sessions.ts";
import type { RejoinRefusal } from "../../../xmpp/plugin_events.ts";
import type { SelfPingAnswer } from "../../../xmpp/self_ping.ts";
import { Timeline } from "./timeline.ts";

export const HOST = "home.example";
export const DOMAIN = "rooms.example";
export const SECOND = 1_000;
export const MINUTE = 60_000;

type Of<T extends Effect["type"]> = Extract<Effect, { type: T }>;
/** A self-ping or a question about a room, and when it was sent. */
export type Sent = (Of<"ping"> | Of<"ask-room">) & { readonly at: number };

/** How a rejoin ends: the user is in, the plugin does not send it, or the room refuses. */
export type RejoinAnswer = "in" | "created" | RejoinRefusal | RoomError;

/** What rooms and servers answer. */
export const ANSWERS = {
  joined: { type: "result" },
  notIn: { type: "error", condition: "not-acceptable", errorType: "cancel" },
  notFound: { type: "error", condition: "item-not-found", errorType: "cancel" },
  ended: { type: "error", condition: "gone", errorType: "cancel" },
  busy: { type: "error", condition: "resource-constraint", errorType: "wait" },
  unreachable: { type: "error", condition: "remote-server-not-found", errorType: "cancel" },
} as const satisfies Record<string, SelfPingAnswer>;

/** The full JID of a user: `user("ann")`, or `user("ann", "tablet")`. */
export function user(name: string, resource = "phone"): string {
  return `${name}@${HOST}/${resource}`;
}

/** The bare JID of a room. */
export function room(name: string): string {
  return `${name}@${DOMAIN}`;
}

/** Long waits that are easily told apart, and users who are told at once. */
const PATIENT: DomainOptions = {
  recover: "notify",
  pingDelay: 60_000,
  settle: 0,
  backoffMin: 10_000,
  backoffMax: 120_000,
};

/** A RemoteDomain in virtual time, with all that it wants written down. */
export class DomainRig {
  readonly time = new Timeline();
  readonly domain: RemoteDomain;
  readonly start: number = this.time.now;
  /** Self-pings and questions to rooms, in the order in which they were sent. */
  readonly sent: Sent[] = [];
  readonly probes: Of<"probe">[] = [];
  readonly notices: Of<"notify">[] = [];
  readonly rejoins: (Of<"rejoin"> & { readonly at: number })[] = [];
  readonly forms: Of<"configure">[] = [];
  readonly leaves: Of<"leave">[] = [];
  readonly reports: Report[] = [];
  /** What the next random numbers are; 0 makes every wait the shortest. */
  random = 0;
  outage = false;
  componentReachable: boolean | undefined = true;
  triesAnew = true;
  hostProbes = false;
  /** How questions are answered as soon as they are sent; undefined: not at all. */
  reply: (sent: Sent) => SelfPingAnswer | undefined = () => undefined;
  /** How rejoins are answered as soon as they are sent; undefined: not at all. */
  onRejoin: (sent: Of<"rejoin">) => RejoinAnswer | undefined = () => undefined;
  /** Whether the remote domain answers probes; undefined: not at all. */
  reachable: boolean | undefined = true;
  #ids = 0;
  #cancel: (() => void) | undefined;

  constructor(options: DomainOptions = {}, sessions: Sessions = new Sessions()) {
    this.domain = new RemoteDomain(
      HOST,
      DOMAIN,
      domainOptions({ ...PATIENT, ...options }),
      {
        now: () => this.time.now,
        random: () => this.random,
        id: () => `rk-${this.#ids++}`,
        reserve: (count) => ({ count, from: 0 }),
        reserveRejoins: (count) => ({ count, from: 0 }),
        hostProbes: () => this.hostProbes,
        componentReachable: () => this.componentReachable,
        triesAnew: () => this.triesAnew,
        ownOutage: () => this.outage,
      },
      sessions,
    );
  }

  /** Seconds since the start. */
  get seconds(): number {
    return (this.time.now - this.start) / 1000;
  }

  /** Who was asked about so far, as "ann garden". */
  get asked(): string[] {
    return this.sent.map(({ user, room }) => `${local(user)} ${local(room)}`);
  }

  /** Who was told so far, and why, as "ann garden gone". */
  get told(): string[] {
    return this.notices.map(({ user, room, reason }) => `${local(user)} ${local(room)} ${reason}`);
  }

  get phase(): string | undefined {
    return this.domain.status.phase;
  }

  /** Users join a room, each under the own name. */
  join(where: string, ...names: string[]): this {
    for (const name of names) this.tell("joined", name, where, name);
    return this;
  }

  /** Something that the feed says of a user and a room. */
  tell(type: OccupancyEvent["type"], name: string, where: string, nick = name): void {
    const event = { type, user: user(name), room: room(where), nick };
    this.receive(event as OccupancyEvent);
  }

  up(direction: "in" | "out" = "out"): void {
    this.receive({ type: "link", state: "up", direction, clean: false });
  }

  down(clean = false, direction: "in" | "out" = "out"): void {
    this.receive({ type: "link", state: "down", direction, clean });
  }

  /** The server plugin's word for who is where. */
  snapshot(joins: readonly KnownJoin[], up: readonly Direction[] = ["in", "out"]): void {
    this.receive({ type: "snapshot-begin" });
    this.receive({ type: "snapshot", joins });
    this.receive({ type: "snapshot-end", up });
  }

  /** The answer to the latest question, or to the one given. */
  answer(answer: SelfPingAnswer, sent: Sent = this.sent.at(-1)!): void {
    this.receive({ type: "answered", id: sent.id, room: sent.room, answer });
  }

  /** How a rejoin ends; by default the latest. */
  answerRejoin(answer: RejoinAnswer, sent: Of<"rejoin"> = this.rejoins.at(-1)!): void {
    const { id, user, room, nick } = sent;
    if (answer === "in" || answer === "created") {
      const created = answer === "created" && { created: true as const };
      return this.receive({ type: "joined", user, room, nick, ...created });
    }
    if (typeof answer === "string") {
      return this.receive({ type: "not-rejoined", id, reason: answer });
    }
    this.receive({ type: "refused", id, user, room, error: answer });
  }

  receive(event: DomainEvent): void {
    for (const effect of this.domain.receive(event)) this.#carryOut(effect);
  }

  advance(ms: number): void {
    this.time.advance(ms);
  }

  #carryOut(effect: Effect): void {
    const { now } = this.time;
    switch (effect.type) {
      case "ping":
      case "ask-room": {
        const sent = { ...effect, at: now };
        this.sent.push(sent);
        const answer = this.reply(sent);
        if (answer !== undefined) this.time.at(now + 1, () => this.answer(answer, sent));
        return;
      }
      case "probe": {
        this.probes.push(effect);
        const { reachable } = this;
        if (reachable === undefined) return;
        this.time.at(now + 1, () => this.receive({ type: "probed", id: effect.id, reachable }));
        return;
      }
      case "rejoin": {
        const sent = { ...effect, at: now };
        this.rejoins.push(sent);
        const answer = this.onRejoin(sent);
        if (answer !== undefined) this.time.at(now + 1, () => this.answerRejoin(answer, sent));
        return;
      }
      case "configure":
        return void this.forms.push(effect);
      case "leave":
        return void this.leaves.push(effect);
      case "notify":
        return void this.notices.push(effect);
      case "report":
        return void this.reports.push(effect.report);
      case "wake":
        this.#cancel?.();
        this.#cancel = this.time.at(effect.at, () => this.receive({ type: "wake" }));
        return;
      case "rest":
        this.#cancel?.();
        this.#cancel = undefined;
        return;
      case "persist":
    }
  }
}

function local(jid: string): string {
  return jid.slice(0, jid.indexOf("@"));
}
