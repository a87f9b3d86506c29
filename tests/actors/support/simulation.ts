import { assert, assertEquals } from "@std/assert";
import type { Effect } from "../../../actors/messages/effects.ts";
import type { DomainEvent, JoinRecord, Loss } from "../../../actors/messages/events.ts";
import {
  type DomainOptions,
  domainOptions,
  type FullDomainOptions,
} from "../../../actors/messages/options.ts";
import { RemoteDomain } from "../../../actors/remote_domain/remote_domain.ts";
import { seededRandom } from "../../../actors/runtime/testing.ts";
import { bareJid } from "../../../xmpp/jid.ts";
import { DOMAIN, HomeServer, type HomeTraits, HOST, key } from "./home_server.ts";
import { type Answer, RoomsServer, type RoomTraits } from "./rooms_server.ts";
import { Timeline } from "./timeline.ts";

/** One simulation. */
export interface SimulationOptions {
  readonly seed: number;
  readonly domain: DomainOptions;
  readonly home: HomeTraits;
  readonly flavour: "prosody" | "ejabberd";
  readonly rooms: ReadonlyMap<string, RoomTraits>;
  /** The plugin of the home host probes. */
  readonly hostProbes: boolean;
  /** Whether remote domains answer the component itself. */
  readonly componentKnown: boolean;
}

/** A question that is not answered yet. */
interface Open {
  readonly key: string;
  readonly occupant: string;
  readonly ping: boolean;
  readonly at: number;
  readonly order: number;
}

/**
 * A RemoteDomain that is driven by a model of the world, and checked after each event against what
 * is true in it and against a naive model of its own.
 */
export class Simulation {
  readonly time = new Timeline();
  readonly home: HomeServer;
  readonly random: () => number;
  /** Whether our server takes our questions. */
  deferring = false;
  /** Whether no domain at all can be reached. */
  outage = false;
  readonly #options: SimulationOptions;
  readonly #domainOptions: FullDomainOptions;
  /** The connection to our server is there. */
  #connected = true;
  #domain: RemoteDomain;
  #cancelWake: (() => void) | undefined;
  #ids = 0;
  #componentReachable: boolean | undefined;
  /** The naive model: session and room -> nick. */
  readonly #model = new Map<string, string>();
  readonly #store = new Map<string, JoinRecord>();
  #storedLosses: { readonly losses: readonly Loss[]; readonly seq: number } = {
    losses: [],
    seq: 0,
  };
  /** Order of all that happens. */
  #order = 0;
  /** Latest evidence of each join, by order. */
  readonly #evidence = new Map<string, number>();
  #lastLoss = 0;
  /** When the oldest loss was that is not settled. */
  #lossAt = Infinity;
  /** When something last happened that may put off a decision. */
  #calmSince = 0;
  #asked: number[] = [];
  readonly #questions = new Map<string, Open>();
  /** Rejoins that are not answered yet, and when they were sent. */
  readonly #rejoins = new Map<string, { readonly id: string; readonly at: number }>();
  readonly #rejoinTimes: number[] = [];
  /** When rooms last said that they don't have a user, and which of these rooms are there. */
  readonly #goneAt = new Map<string, number>();
  /** The loss, by order, after which a join was last brought back. */
  readonly #rejoined = new Map<string, number>();
  readonly #unwanted = new Set<string>();
  /** How the last rejoin of a join was refused. */
  readonly #refusals = new Map<string, string>();
  readonly #answers: { readonly id: string; readonly room: string }[] = [];
  /** The answer that is being taken, if one is. */
  #about: Answer | undefined;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#domainOptions = domainOptions(options.domain);
    this.random = seededRandom(options.seed);
    this.home = new HomeServer(
      this.time,
      new RoomsServer(options.flavour, options.rooms),
      options.home,
      this.random,
      (event, about) => this.#fed(event, about),
    );
    this.#domain = this.#make();
  }

  // --- what may happen on our side --------------------------------------------------------------

  /** The connection to our server is lost. */
  disconnect(): void {
    this.#connected = false;
    this.calm();
  }

  /** It is there again. */
  connect(): void {
    if (this.#connected) return;
    this.#connected = true;
    this.receive({ type: "away" });
    if (this.#options.home.plugin) this.#resync();
  }

  /** We are killed, and start from what was stored. */
  restart(): void {
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    this.#questions.clear();
    this.#rejoins.clear();
    this.#rejoinTimes.length = 0;
    this.#asked = [];
    this.#connected = true;
    this.#domain = this.#make();
    if (this.#store.size > 0) {
      const joins = [...this.#store.values()];
      const { losses, seq } = this.#storedLosses;
      this.#domain.restore(joins, losses, seq);
      this.receive({ type: "away" });
    }
    if (this.#options.home.plugin) this.#resync();
    else this.calm();
  }

  /** Answers that nobody asked for: unknown ids, old ids, ids of others. */
  stray(kind: number): void {
    const open = [...this.#questions.keys()];
    const old = this.#answers.at(kind % Math.max(1, this.#answers.length));
    const gone = { type: "error", condition: "not-acceptable", errorType: "cancel" } as const;
    const room = [...this.#options.rooms.keys()][0]!;
    this.receive({ type: "answered", id: "made up", room, answer: gone });
    if (old && !this.#questions.has(old.id)) {
      this.receive({ type: "answered", ...old, answer: gone });
    }
    if (open.length > 0) {
      const id = open[kind % open.length]!;
      this.receive({ type: "answered", id, room: `other@${DOMAIN}`, answer: gone });
    }
    this.receive({ type: "probed", id: "made up", reachable: false });
  }

  /** Something happened that may put off a decision. */
  calm(): void {
    this.#calmSince = this.time.now;
  }

  /** Lets everything be well for long enough, then checks what must be true in the end. */
  finish(): void {
    this.deferring = this.outage = false;
    this.home.flaky = 0;
    this.home.refusal = undefined;
    this.home.recover();
    this.connect();
    // Somebody writes, so the servers talk to each other again.
    this.home.chat(`u0@${HOST}/a`);
    const { pingDelay, giveUp, pingTimeout, backoffMax } = this.#domainOptions;
    this.time.advance(3 * (pingDelay + pingTimeout + backoffMax) + giveUp + 600_000);
    this.#checkRest();
    for (const each of this.home.clients.keys()) {
      const [session, room] = each.split(" ") as [string, string];
      if (this.#domainOptions.unconfirmed === "keep") continue;
      // A join that was made while we were away, with nobody to tell us of it.
      if (!this.#options.home.plugin && !this.#model.has(each)) continue;
      assert(this.home.rooms.has(session, room), `${each} was dropped, never told`);
    }
  }

  #checkRest(): void {
    const { silence } = this.#domainOptions;
    const patience = this.time.now + 3_600_000 + 4 * silence;
    if (silence === 0) {
      while (this.time.pending > 0) {
        assert(this.time.now < patience, "never comes to rest");
        this.time.step();
      }
      return;
    }
    while (this.#domain.status.phase !== undefined) {
      assert(this.time.now < patience, "never settles");
      this.time.step();
    }
  }

  // --- the domain and its checks ----------------------------------------------------------------

  #make(): RemoteDomain {
    return new RemoteDomain(HOST, DOMAIN, this.#domainOptions, {
      now: () => this.time.now,
      random: this.random,
      id: () => `q${this.#ids++}`,
      reserve: (wanted) => {
        if (this.random() < 0.9) return { count: wanted, from: this.time.now };
        const count = Math.max(1, Math.floor(wanted * this.random()));
        return { count, from: this.time.now + 3_000 * this.random() };
      },
      reserveRejoins: (wanted) => {
        if (this.random() < 0.9) return { count: wanted, from: this.time.now };
        return { count: 1, from: this.time.now + 8_000 * this.random() };
      },
      hostProbes: () => this.#options.hostProbes,
      componentReachable: () => this.#componentReachable,
      triesAnew: () => false,
      ownOutage: () => this.outage || !this.#connected,
    });
  }

  #resync(): void {
    const snapshot = this.home.snapshot();
    if (this.#model.size === 0 && snapshot.joins.length === 0) return;
    const half = Math.floor(snapshot.joins.length * this.random());
    this.receive({ type: "snapshot-begin" });
    this.receive({ type: "snapshot", joins: snapshot.joins.slice(0, half) });
    this.receive({ type: "snapshot", joins: snapshot.joins.slice(half) });
    this.receive({ type: "snapshot-end", up: snapshot.up });
  }

  #fed(event: DomainEvent, about: Answer | undefined): void {
    if (!this.#connected) return;
    if (event.type === "answered" && !event.id.startsWith("q")) return;
    this.#about = about;
    this.receive(event);
    this.#about = undefined;
  }

  /** Gives the domain one event, and checks all that must always hold. */
  receive(event: DomainEvent): void {
    this.#order++;
    this.#lossAt = this.#domain.status.losses[0]?.at ?? this.time.now;
    this.#note(event);
    for (const effect of this.#domain.receive(event)) this.#carryOut(effect);
    this.#checkTables();
    this.#checkDeadline();
  }

  /** What the event means to the naive model. */
  #note(event: DomainEvent): void {
    switch (event.type) {
      case "joined":
        this.#rejoins.delete(key(event.user, event.room));
        this.#model.set(key(event.user, event.room), event.nick);
        this.#evidence.set(key(event.user, event.room), this.#order);
        return this.calm();
      case "refused":
        if (this.#rejoins.get(key(event.user, event.room))?.id !== event.id) return;
        this.#rejoins.delete(key(event.user, event.room));
        this.#refusals.set(key(event.user, event.room), event.error.condition);
        return this.calm();
      case "not-rejoined":
        for (const [join, { id }] of this.#rejoins) {
          if (id !== event.id) continue;
          this.#rejoins.delete(join);
          if (event.reason !== "joining") this.#model.delete(join);
        }
        return this.calm();
      case "seen":
        this.#rejoins.delete(key(event.user, event.room));
        this.#evidence.set(key(event.user, event.room), this.#order);
        return this.calm();
      case "renamed":
        if (this.#model.has(key(event.user, event.room))) {
          this.#model.set(key(event.user, event.room), event.nick);
        }
        this.#evidence.set(key(event.user, event.room), this.#order);
        return this.calm();
      case "left":
        this.#rejoins.delete(key(event.user, event.room));
        return void this.#model.delete(key(event.user, event.room));
      case "ended":
        for (const each of [...this.#model.keys()]) {
          if (!each.startsWith(`${event.user} `)) continue;
          this.#model.delete(each);
          this.#rejoins.delete(each);
        }
        return;
      case "snapshot":
        for (const { user, room, nick } of event.joins) this.#model.set(key(user, room), nick);
        return this.calm();
      case "snapshot-end":
        this.#model.clear();
        for (const { user, room, nick } of this.home.snapshot().joins) {
          this.#model.set(key(user, room), nick);
        }
        return this.calm();
      case "reflected":
        for (const [id, { occupant, key, order, ping }] of this.#questions) {
          if (!ping || occupant !== `${bareJid(event.user)} ${event.room}`) continue;
          this.#questions.delete(id);
          if (order > this.#lastLoss) this.#confirm(key, order);
        }
        return;
      case "answered": {
        const question = this.#questions.get(event.id);
        if (question === undefined || this.#about === undefined) return;
        this.#questions.delete(event.id);
        this.#answers.push({ id: event.id, room: event.room });
        this.calm();
        if (question.at + this.#domainOptions.pingTimeout < this.time.now) return;
        if (event.answer.type === "error" && event.answer.condition === "not-acceptable") {
          this.#goneAt.set(question.key, this.time.now);
        }
        if (event.answer.type !== "result" && this.#about.reflectedTo === undefined) return;
        if (question.order > this.#lastLoss && question.ping) {
          this.#confirm(question.key, question.order);
        }
        return;
      }
      case "link":
      case "verify":
        return this.calm();
      case "wake":
        return void (this.#cancelWake = undefined);
    }
  }

  #confirm(join: string, order: number): void {
    this.#evidence.set(join, Math.max(order, this.#evidence.get(join) ?? 0));
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case "ping":
      case "ask-room":
        return this.#ask(effect);
      case "probe": {
        if (this.deferring || !this.#connected) {
          return this.#soon({ type: "deferred", id: effect.id });
        }
        const { id } = effect;
        return this.home.probe((reachable) => {
          const byHost = effect.by === "host";
          const answered = reachable && (byHost || this.#options.componentKnown);
          if (answered && !byHost) this.#componentReachable = true;
          this.receive({ type: "probed", id, reachable: answered });
        });
      }
      case "rejoin":
        return this.#rejoin(effect);
      case "configure":
        return assertEquals(this.#domainOptions.vanished, "recreate");
      case "leave":
        return this.#leave(effect);
      case "notify":
        return this.#notify(effect);
      case "persist": {
        const { change } = effect;
        if (change.type === "put") {
          this.#store.set(key(change.join.user, change.join.room), change.join);
        } else if (change.type === "remove") this.#store.delete(key(change.user, change.room));
        else this.#storedLosses = { losses: change.losses, seq: change.seq };
        return;
      }
      case "wake":
        assert(Number.isFinite(effect.at), "wants to be woken at no time");
        this.#cancelWake?.();
        this.#cancelWake = this.time.at(effect.at, () => this.receive({ type: "wake" }));
        return;
      case "rest":
        this.#cancelWake?.();
        this.#cancelWake = undefined;
        return;
      case "report":
        if (effect.report.type === "loss") {
          this.#lastLoss = this.#order;
          this.#unwanted.clear();
          // What may have been lost with the link is not waited for.
          const { cause } = effect.report;
          if (cause === "link-down" || cause === "restart") this.#rejoins.clear();
        }
        if (effect.report.type === "rejoined") {
          const join = key(effect.report.user, effect.report.room);
          assert(this.#rejoined.get(join) !== this.#lastLoss, `${join} was brought back twice`);
          this.#rejoined.set(join, this.#lastLoss);
        }
        if (effect.report.type === "unwanted-room") this.#unwanted.add(effect.report.room);
        if (effect.report.type === "settled") this.#questions.clear();
        return;
    }
  }

  #soon(event: DomainEvent): void {
    this.calm();
    this.time.at(this.time.now, () => this.receive(event));
  }

  #ask(effect: Extract<Effect, { type: "ping" | "ask-room" }>): void {
    const { now } = this.time;
    const { id, user, room } = effect;
    const { pingsPerSecond, pingTimeout } = this.#domainOptions;
    this.#asked = [...this.#asked.filter((at) => at > now - 1000), now];
    const allowed = Math.max(1, pingsPerSecond);
    assert(this.#asked.length <= allowed, `${this.#asked.length} questions in a second`);
    const occupant = `${bareJid(user)} ${room}`;
    for (const open of this.#questions.values()) {
      const expired = open.at + pingTimeout <= now;
      assert(expired || open.occupant !== occupant, `two open questions of ${occupant}`);
    }
    if (this.deferring || !this.#connected) return this.#soon({ type: "deferred", id });
    this.#questions.set(id, {
      key: key(user, room),
      occupant,
      ping: effect.type === "ping",
      at: now,
      order: this.#order,
    });
    const nick = effect.type === "ping" && { nick: effect.nick };
    this.time.at(now, () => this.home.ask({ id, user, room, ...nick }));
  }

  #rejoin({ id, user, room, nick }: Extract<Effect, { type: "rejoin" }>): void {
    const join = key(user, room);
    const { now } = this.time;
    const { recover, vanished, rejoinsPerSecond } = this.#domainOptions;
    assertEquals(recover, "rejoin");
    assertEquals(this.#model.get(join), nick, `${join} is rejoined, but left or was told`);
    const evidence = this.#evidence.get(join) ?? 0;
    assert(evidence < this.#lastLoss, `${join} is rejoined, but was seen after the loss`);
    const open = this.#rejoins.get(join);
    assert(open === undefined || open.at + 60_000 <= now, `${join} is rejoined twice at a time`);
    assert(!this.#unwanted.has(room), `${join} is rejoined, but nobody wants the room`);
    const isFresh = (this.#goneAt.get(join) ?? 0) >= now - 5_000;
    assert(isFresh || vanished === "recreate", `${join} is rejoined on an old verdict`);
    const inFlight = [...this.#rejoins.values()].filter(({ at }) => at > now - 10_000);
    assert(inFlight.length < 2, `${inFlight.length} rejoins are in flight already`);
    this.#rejoinTimes.push(now);
    const lately = this.#rejoinTimes.filter((at) => at > now - 1000);
    assert(lately.length <= Math.max(1, rejoinsPerSecond), `${lately.length} rejoins in a second`);
    if (this.deferring || !this.#connected) {
      this.#rejoinTimes.pop();
      return this.#soon({ type: "deferred", id });
    }
    this.#rejoins.set(join, { id, at: now });
    this.time.at(now, () => this.home.rejoin(id, user, room, nick));
  }

  #leave({ id, user, room }: Extract<Effect, { type: "leave" }>): void {
    assertEquals(this.#domainOptions.vanished, "notify");
    assert(this.#unwanted.has(room), `${user} leaves ${room}, which is wanted`);
    if (this.deferring || !this.#connected) return this.#soon({ type: "deferred", id });
    this.time.at(this.time.now, () => this.home.dismiss(user, room));
  }

  #notify({ user, room, reason, because }: Extract<Effect, { type: "notify" }>): void {
    const join = key(user, room);
    const open = this.#rejoins.get(join);
    const waits = open !== undefined && open.at + 60_000 > this.time.now;
    assert(!waits, `${join} is told, but may be in at any moment`);
    assert(this.#model.delete(join), `${join}: told twice, or not in`);
    const evidence = this.#evidence.get(join) ?? 0;
    assert(evidence < this.#lastLoss, `${join} is told, but was seen after the loss`);
    if (reason === "unconfirmed") {
      assert(!this.outage && this.#connected, `${join} is judged while the fault is on our side`);
      const excused = !this.home.well || this.home.trouble >= this.#lossAt;
      assert(excused, `${join} is told, but the domain was always well`);
    } else if (because === "unwanted room") {
      assert(this.#unwanted.has(room), `${join} is told, but the room is wanted`);
    } else if (because === undefined || because !== this.#refusals.get(join)) {
      assert(this.#about !== undefined, `${join} is told without an answer`);
      assert(!this.#about!.truth.has(user), `${join} is told, but was in`);
    }
    const believed = this.home.notify(user, room);
    if (this.#options.home.plugin) assert(believed, `${join} is told, but the client had left`);
  }

  #checkTables(): void {
    const { size } = this.#model;
    assertEquals(this.#domain.joins.size, size, "the number of joins");
    assertEquals(this.#store.size, size, "the number of stored joins");
    for (const { user, room, nick } of this.#domain.joins) {
      const join = key(user, room.jid);
      assert(this.#model.get(join) === nick, `${join} is known, or its nick is not`);
      assert(this.#store.get(join)?.nick === nick, `${join} is not stored as it is`);
    }
    const { losses } = this.#domain.status;
    if (this.#storedLosses.losses === losses) return;
    assertEquals(this.#storedLosses.losses, losses, "the stored losses");
  }

  /** While nothing can be reached and nothing else happens, everything is decided in time. */
  #checkDeadline(): void {
    if (!this.home.unreachable || this.deferring || this.outage || !this.#connected) this.calm();
    const { pingDelay, settle, pingTimeout, backoffMax, retryDelay, giveUp } = this.#domainOptions;
    // No user asks for a while after a failure, and a rejoin may wait for its answer.
    const patience = 2 * (pingDelay + settle) + 6 * pingTimeout + 4 * backoffMax + retryDelay +
      90_000;
    const oldest = this.#domain.status.losses[0];
    if (oldest === undefined || this.time.now < this.#calmSince + patience) return;
    assert(this.time.now < oldest.at + giveUp + 10, "not decided in time");
  }
}
