/** Domains with a history, made by the real thing in virtual time. */

import type { Effect } from "../../actors/messages/effects.ts";
import type { DomainEvent } from "../../actors/messages/events.ts";
import { type DomainOptions, domainOptions } from "../../actors/messages/options.ts";
import { RemoteDomain } from "../../actors/remote_domain/remote_domain.ts";
import { History } from "../../admin/history.ts";
import type { KeeperView } from "../../admin/keeper_view.ts";
import { Metrics } from "../../admin/metrics.ts";
import type { StoreHealth } from "../../store/join_store.ts";
import { StoreError } from "../../store/mod.ts";

/** Users are told at once, and nobody waits for a domain to settle. */
const TELLING: DomainOptions = {
  probe: "component",
  recover: "notify",
  pingDelay: 60_000,
  settle: 0,
  backoffMin: 15_000,
  backoffMax: 120_000,
};

/** Users are brought back. */
export const RECOVERING: DomainOptions = { recover: "rejoin", pingDelay: 1_000 };

type Question = Extract<Effect, { type: "ping" | "probe" }>;
type Rejoin = Extract<Effect, { type: "rejoin" }>;

/** The watched host of all scenes. */
export const HOST = "home.example";

/** The health of a store that does well. */
export const STORE: StoreHealth = {
  state: "ok",
  pending: 3,
  failures: 0,
  setAside: 0,
  bytes: 1_234_567,
  slowestMs: 41.6,
};

/** The health of a store whose disk has become full. */
export const FULL_STORE: StoreHealth = {
  ...STORE,
  state: "failing",
  pending: 1_250,
  failures: 4,
  reason: "full",
  error: new StoreError("full", "/var/lib/roomkeeper/roomkeeper.sqlite"),
};

/** A keeper as the operator's side sees it, whose connection is played. */
export class Scene {
  /** The time, in milliseconds since the epoch. */
  now: number;
  readonly history: History;
  readonly metrics = new Metrics();
  readonly keeper: {
    -readonly [K in keyof KeeperView]: KeeperView[K];
  };
  readonly #domains = new Map<string, RemoteDomain>();
  readonly #wakes = new Map<string, number>();
  /** Rejoins that wait for the room's answer, by domain. */
  readonly #rejoins = new Map<string, Rejoin[]>();
  #ids = 0;

  constructor(now = Date.UTC(2026, 4, 4, 9, 41)) {
    this.now = now;
    this.history = new History({ now: () => this.now });
    const domains = this.#domains;
    this.keeper = {
      router: {
        get domains() {
          return [...domains.values()];
        },
        get sessions() {
          return new Set([...domains.values()].flatMap((d) => [...d.joins].map((j) => j.user)))
            .size;
        },
        depth: 0,
      },
      connection: { state: "connected", waiting: { urgent: 0, normal: 0 }, unanswered: 0 },
      hosts: [{ host: HOST, state: "synced", software: "prosody", takesRequests: true }],
      paused: false,
      held: 0,
      store: STORE,
    };
    this.metrics.watch(this.keeper, "1.2.3");
  }

  /** A domain, made when it is first asked for. */
  domain(name: string, options: DomainOptions = {}): RemoteDomain {
    const known = this.#domains.get(name);
    if (known) return known;
    const domain = new RemoteDomain(HOST, name, domainOptions({ ...TELLING, ...options }), {
      now: () => this.now,
      random: () => 0.5,
      id: () => `q${this.#ids++}`,
      reserve: (count) => ({ count, from: 0 }),
      componentReachable: () => true,
      reserveRejoins: (count) => ({ count, from: 0 }),
      hostProbes: () => false,
      triesAnew: () => true,
      ownOutage: () => false,
    });
    this.#domains.set(name, domain);
    return domain;
  }

  /** Users join rooms of a domain. */
  join(domain: string, users: number, rooms = 1): void {
    for (let n = 0; n < users; n++) {
      const [user, room] = [`user${n}@${HOST}/phone`, `room${n % rooms}@${domain}`];
      this.tell(domain, { type: "joined", user, room, nick: `User ${n}` });
    }
  }

  /** Tells a domain something; returns the questions that it asks because of it. */
  tell(name: string, event: DomainEvent): Question[] {
    const domain = this.domain(name);
    const asked: Question[] = [];
    for (const effect of domain.receive(event)) {
      if (effect.type === "report") {
        this.history.reported(domain, effect.report);
        this.metrics.reported(domain, effect.report);
      } else if (effect.type === "notify") {
        this.history.notified(domain, effect);
        this.metrics.notified(domain, effect);
      } else if (effect.type === "ping" || effect.type === "probe") asked.push(effect);
      else if (effect.type === "rejoin") this.#waiting(name).push(effect);
      else if (effect.type === "wake") this.#wakes.set(name, effect.at);
      else if (effect.type === "rest") this.#wakes.delete(name);
    }
    return asked;
  }

  /**
   * The rooms answer those who are joined again, `seconds` after the loss: the first `refused` with
   * an error, the others by letting them in. At most `most`; the rest goes on waiting.
   */
  bringBack(name: string, { refused = 0, most = Infinity, seconds = 6 } = {}): void {
    this.now = Math.max(this.now, this.domain(name).status.losses[0]!.at + seconds * 1000);
    for (let answers = 0; answers < most && this.domain(name).status.phase !== undefined;) {
      const rejoin = this.#waiting(name).shift();
      if (rejoin === undefined) {
        this.#deny(name, this.wake(name));
        continue;
      }
      const { id, user, room, nick } = rejoin;
      const error = { type: "error", condition: "forbidden", errorType: "auth" } as const;
      const answer = answers++ < refused
        ? { type: "refused", id, user, room, error } as const
        : { type: "joined", user, room, nick } as const;
      this.#deny(name, this.tell(name, answer));
    }
  }

  /** Rooms that are asked again say that the users are out. */
  #deny(name: string, asked: readonly Question[]): void {
    const answer = { type: "error", condition: "not-acceptable", errorType: "cancel" } as const;
    for (const { type, id, ...question } of asked) {
      if (type !== "ping" || !("room" in question)) continue;
      this.#deny(name, this.tell(name, { type: "answered", id, room: question.room, answer }));
    }
  }

  #waiting(name: string): Rejoin[] {
    const known = this.#rejoins.get(name) ?? [];
    this.#rejoins.set(name, known);
    return known;
  }

  /** The link of a domain is lost. */
  lose(domain: string): void {
    this.tell(domain, { type: "link", state: "down", direction: "out", clean: false });
  }

  /** Goes on to when the domain wants to be woken, and wakes it. */
  wake(domain: string): Question[] {
    this.now = Math.max(this.now, this.#wakes.get(domain) ?? this.now);
    return this.tell(domain, { type: "wake" });
  }

  /** Verifies a domain that lost its link, up to `most` answers; of each ten users, `gone` are. */
  verify(domain: string, { gone = 0, most = Infinity, reachable = true } = {}): void {
    let asked = this.wake(domain);
    const probe = asked.find((effect) => effect.type === "probe");
    if (probe) asked = this.tell(domain, { type: "probed", id: probe.id, reachable });
    for (let answers = 0; answers < most && asked.length > 0;) {
      const next: typeof asked = [];
      for (const question of asked) {
        if (question.type !== "ping" || answers >= most) continue;
        const out = answers++ % 10 < gone;
        const { id, room } = question;
        const error = { type: "error", condition: "not-acceptable", errorType: "cancel" } as const;
        const answer = out ? error : { type: "result" } as const;
        next.push(...this.tell(domain, { type: "answered", id, room, answer }));
      }
      const { left } = this.domain(domain).status;
      if (answers < most && left > 0 && this.#wakes.has(domain)) next.push(...this.wake(domain));
      asked = next;
    }
  }
}
