/**
 * Brings every event to the actor of its link, and makes and retires these actors.
 *
 * @module
 */
import type { DomainKey, KnownStream, StoredDomain } from "../messages/domains.ts";
import type { DomainPorts } from "../ports/ports.ts";
import { chunk } from "@std/collections/chunk";
import { domainOf } from "../../xmpp/jid.ts";
import { JoinsInFlight } from "../joins/joins_in_flight.ts";
import { DomainActor, type EffectHandlers } from "./domain_actor.ts";
import type { NoticeEffect, QuestionEffect, Report, StoreChange } from "../messages/effects.ts";
import type { AnswerEvent, DomainEvent, FeedEvent, KnownJoin } from "../messages/events.ts";
import { checkRange, type DomainOptions, domainOptions } from "../messages/options.ts";
import type { FullDomainOptions } from "../messages/options.ts";
import { OwnOutage } from "../ports/own_outage.ts";
import { Pace } from "../ports/pace.ts";
import { RemoteDomain } from "./remote_domain.ts";
import type { ActorRef } from "../runtime/behaviour.ts";
import { ActorStoppedError } from "../runtime/errors.ts";
import type { MailboxOptions } from "../runtime/mailbox.ts";
import type { Supervision } from "../runtime/supervision.ts";
import type { ActorSystem } from "../runtime/system.ts";
import { Sessions } from "../joins/sessions.ts";

/** How often a domain is asked only to find out whether our network is well, in milliseconds. */
const WITNESS_MS = 30_000;
/** How many links are told something before others have their turn. */
const DOMAINS_AT_ONCE = 250;

/** What the router needs from the shell. */
export interface RouterPorts {
  /** The time, in milliseconds since the epoch. */
  now(): number;
  /** A number from 0 (included) to 1 (excluded). */
  random(): number;
  /** A new stanza id that nobody can guess. */
  id(): string;
  /** Whether the feed of a watched host is interrupted, so that none of its users is to be judged. */
  blind(host: string): boolean;
  /** Whether the plugin of a watched host finds out itself what can be reached. */
  hostProbes(host: string): boolean;
  /** Whether the home server tries to connect for each stanza anew. */
  triesAnew(): boolean;
  /** Sends a question; false: not now. */
  ask(link: DomainKey, question: QuestionEffect): boolean;
  /** Tells a user. */
  notify(link: DomainKey, notice: NoticeEffect): void;
  /** Makes a change durable. */
  persist(link: DomainKey, change: StoreChange): void;
  /** Tells the operator. */
  report(link: DomainKey, report: Report): void;
}

/** How the router behaves. */
export interface RouterOptions extends DomainOptions {
  /** Questions a second, at most, to all domains together. @default {500} */
  readonly maxPingsPerSecond?: number;
  /** Rejoins a second, at most, to all domains together. From 0.1 to 1000. @default {100} */
  readonly maxRejoinsPerSecond?: number;
  /** Events that may wait for one domain before the feed is held up. @default {10000} */
  readonly mailbox?: number;
}

/** What a server plugin has done about a rejoin or a probe. */
export type RequestAnswer = Extract<AnswerEvent, { type: "rejoining" | "not-rejoined" | "probed" }>;

// Joins outlive every failure: a message that can't be handled is dropped, the rest goes on.
const SUPERVISION: Supervision = { strategy: "restart", intensity: Number.MAX_SAFE_INTEGER };

interface Route {
  /** The key of the link. */
  readonly name: string;
  readonly domain: RemoteDomain;
  readonly ref: ActorRef<DomainEvent>;
  /** How many events wait for room in its mailbox. */
  held: number;
}

/** The router of one keeper. */
export class Router {
  readonly #system: ActorSystem;
  readonly #options: FullDomainOptions;
  readonly #mailbox: MailboxOptions;
  readonly #ports: RouterPorts;
  readonly #routes = new Map<string, Route>();
  readonly #sessions = new Sessions();
  readonly #inFlight = new JoinsInFlight();
  readonly #outage = new OwnOutage();
  readonly #domainPorts: Omit<DomainPorts, "ownOutage" | "hostProbes">;
  /** Those of a watched host's domains, by host. */
  readonly #hostPorts = new Map<string, DomainPorts>();
  readonly #handlers: EffectHandlers;
  #componentReachable: boolean | undefined;
  /** When a domain was last asked only to find out whether our network is well. */
  #witnessAt = -Infinity;

  /**
   * Makes a router whose actors live in `system`.
   *
   * @throws {RangeError} If an option has a value that makes no sense; the message says which.
   */
  constructor(system: ActorSystem, options: RouterOptions, ports: RouterPorts) {
    this.#system = system;
    this.#options = domainOptions(options);
    this.#mailbox = { capacity: options.mailbox ?? 10_000 };
    this.#ports = ports;
    const { maxPingsPerSecond = 500, maxRejoinsPerSecond = 100 } = options;
    checkRange("maxPingsPerSecond", maxPingsPerSecond, 0.1, 1_000_000);
    checkRange("maxRejoinsPerSecond", maxRejoinsPerSecond, 0.1, 1000);
    const pace = new Pace(maxPingsPerSecond, () => ports.now());
    const rejoins = new Pace(maxRejoinsPerSecond, () => ports.now());
    this.#domainPorts = {
      now: () => ports.now(),
      random: () => ports.random(),
      id: () => ports.id(),
      reserve: (wanted) => pace.reserve(wanted),
      reserveRejoins: (wanted) => rejoins.reserve(wanted),
      componentReachable: () => this.#componentReachable,
      triesAnew: () => ports.triesAnew(),
    };
    this.#handlers = {
      ask: (domain, question) => ports.ask(domain, question),
      notify: (domain, notice) => ports.notify(domain, notice),
      persist: (domain, change) => ports.persist(domain, change),
      report: (domain, report) => this.#reported(domain, report),
      handled: (domain, event) => this.#handled(domain, event),
      idle: (domain) => this.#retire(domain),
    };
  }

  /** The links that have something to remember. */
  get domains(): RemoteDomain[] {
    return [...this.#routes.values()].map((route) => route.domain);
  }

  /** How many sessions have at least one join. */
  get sessions(): number {
    return this.#sessions.size;
  }

  /** How many events wait in all mailboxes. */
  get depth(): number {
    let depth = 0;
    for (const { ref } of this.#routes.values()) depth += ref.depth;
    return depth;
  }

  /**
   * Brings an event of the feed to the actor it concerns. A promise says that the actor is behind:
   * hold up the feed until it resolves.
   */
  route(event: FeedEvent): Promise<void> | undefined {
    switch (event.type) {
      case "joined":
        return this.#joined(domainOf(event.user), domainOf(event.room), event);
      case "ended":
        return this.#ended(event.user);
      case "unreachable":
        return this.#tell(domainOf(event.user), event.domain, event);
      case "link":
        if (event.state === "up") this.#heard(event.host, event.domain);
        return this.#tell(event.host, event.domain, event);
      case "seen":
      case "renamed":
      case "reflected":
        this.#heard(domainOf(event.user), domainOf(event.room));
        break;
      case "answered":
        if (event.answer.type === "result") {
          this.#heard(domainOf(event.user), domainOf(event.room));
        }
        break;
      case "left":
      case "renaming":
      case "refused":
      case "dropped":
    }
    return this.#tell(domainOf(event.user), domainOf(event.room), event);
  }

  /** The plugin of a host has answered a question to one of the host's links. */
  answered(link: DomainKey, event: RequestAnswer): void {
    if (event.type === "probed" && event.reachable) this.#heard(link.host, link.domain);
    this.#routes.get(key(link.host, link.domain))?.ref.tell(event, "system");
  }

  /** The probe with this id was answered or not; undefined: it could not even be sent. */
  probed(link: DomainKey, id: string, reachable: boolean | undefined): void {
    if (reachable) {
      this.#componentReachable = true;
      this.#heard(link.host, link.domain);
    }
    // Never held up: there are no more answers than questions, and those are few.
    const route = this.#routes.get(key(link.host, link.domain));
    const event = reachable === undefined
      ? { type: "deferred", id } as const
      : { type: "probed", id, reachable } as const;
    route?.ref.tell(event, "system");
  }

  /**
   * Starts from what the store knows, before anything else is known. The joins of a link may come
   * in parts; {@linkcode away} has them verified.
   */
  restore(links: Iterable<StoredDomain>): void {
    for (const { host, domain, joins, losses, seq } of links) {
      if (joins.length > 0) this.#make(host, domain).domain.restore(joins, losses, seq);
    }
  }

  /**
   * A server plugin begins to tell all that it knows of a watched host: {@linkcode name} follows
   * again and again, and {@linkcode endSnapshot} in the end.
   */
  async beginSnapshot(host: string): Promise<void> {
    for await (const route of this.#inSlices(host)) {
      await this.#deliver(route, { type: "snapshot-begin" });
    }
  }

  /**
   * Takes somebody's word, such as the plugin's, that users of the host are where it says: whom we
   * did not know there is in doubt. All links are told before this waits for any.
   */
  async name(host: string, joins: readonly KnownJoin[]): Promise<void> {
    const held: (Promise<void> | undefined)[] = [];
    for (const [domain, there] of Map.groupBy(joins, ({ room }) => domainOf(room))) {
      const route = this.#make(host, domain);
      for (const { user } of there) this.#inFlight.add(user, route.name);
      held.push(this.#deliver(route, { type: "snapshot", joins: there }));
    }
    await Promise.all(held);
  }

  /** The plugin has told all joins, and all streams that are up. */
  async endSnapshot(host: string, links: readonly KnownStream[]): Promise<void> {
    const up = Map.groupBy(links, ({ domain }) => domain);
    for await (const route of this.#inSlices(host)) {
      const directions = (up.get(route.domain.domain) ?? []).map(({ direction }) => direction);
      await this.#deliver(route, { type: "snapshot-end", up: directions });
    }
  }

  /** The feed was interrupted: links may have been lost without our hearing of it. */
  async away(): Promise<void> {
    for (const { domain } of [...this.#routes.values()]) {
      await this.#tell(domain.host, domain.domain, { type: "away" });
    }
  }

  /** Whether the user is in the room, as far as we know. */
  isJoined(user: string, room: string): boolean {
    return this.#sessions.get(user, room) !== undefined;
  }

  /** Has every join of a domain asked again now; returns how many links that concerns. */
  verify(domain: string): number {
    return this.#command(domain, { type: "verify" });
  }

  /** Forgets one join without telling the user; returns whether it was known. */
  forget(user: string, room: string): boolean {
    const route = this.#routes.get(key(domainOf(user), domainOf(room)));
    if (route?.domain.joins.get(user, room) === undefined) return false;
    return route.ref.tell({ type: "forget", user, room }, "system");
  }

  /** The links of a host, with turns for others in between: there may be thousands. */
  async *#inSlices(host: string): AsyncGenerator<Route> {
    const routes = [...this.#routes.values()].filter(({ domain }) => domain.host === host);
    for (const [i, some] of chunk(routes, DOMAINS_AT_ONCE).entries()) {
      if (i > 0) await this.#system.turn();
      for (const { name } of some) {
        // It may have been retired meanwhile.
        const route = this.#routes.get(name);
        if (route !== undefined) yield route;
      }
    }
  }

  #command(domain: string, event: DomainEvent): number {
    const routes = [...this.#routes.values()].filter((route) => route.domain.domain === domain);
    return routes.filter((route) => route.ref.tell(event, "system")).length;
  }

  #joined(
    host: string,
    domain: string,
    event: DomainEvent & { type: "joined" },
  ): Promise<void> | undefined {
    this.#heard(host, domain);
    const route = this.#make(host, domain);
    this.#inFlight.add(event.user, route.name);
    return this.#deliver(route, event);
  }

  #ended(user: string): Promise<void> | undefined {
    const links = new Set(this.#inFlight.of(user));
    const host = domainOf(user);
    for (const { room } of this.#sessions.of(user)) links.add(key(host, domainOf(room.jid)));
    const held: Promise<void>[] = [];
    for (const link of links) {
      const route = this.#routes.get(link);
      const full = route && this.#deliver(route, { type: "ended", user });
      if (full !== undefined) held.push(full);
    }
    return held.length > 0 ? Promise.all(held).then(() => {}) : undefined;
  }

  /** The network is well, unless the domain needs none. */
  #heard(host: string, domain: string): void {
    if (!isOwn({ host, domain })) this.#outage.heard();
  }

  #tell(host: string, domain: string, event: DomainEvent): Promise<void> | undefined {
    const route = this.#routes.get(key(host, domain));
    return route && this.#deliver(route, event);
  }

  /**
   * All events of the feed take the same lane, link notices too: which came first decides whether
   * a stanza is evidence against a loss.
   */
  #deliver(route: Route, event: DomainEvent): Promise<void> | undefined {
    return route.held === 0 && route.ref.tell(event) ? undefined : this.#hold(route, event);
  }

  /** Waits for room in the mailbox; until then the actor is not retired. */
  async #hold(route: Route, event: DomainEvent): Promise<void> {
    route.held++;
    try {
      do await route.ref.ready(); while (!route.ref.tell(event));
    } catch (error) {
      // The system stops: so does everything.
      if (!(error instanceof ActorStoppedError)) throw error;
    } finally {
      route.held--;
    }
  }

  #make(host: string, domain: string): Route {
    const name = key(host, domain);
    const known = this.#routes.get(name);
    if (known !== undefined) return known;
    const ports = this.#portsOf(host);
    const remote = new RemoteDomain(host, domain, this.#options, ports, this.#sessions);
    const ref = this.#system.spawn(new DomainActor(remote, this.#handlers), {
      mailbox: this.#mailbox,
      supervision: SUPERVISION,
    });
    const route: Route = { name, domain: remote, ref, held: 0 };
    this.#routes.set(name, route);
    return route;
  }

  #portsOf(host: string): DomainPorts {
    let ports = this.#hostPorts.get(host);
    if (ports === undefined) {
      const ownOutage = () => this.#ports.blind(host) || this.#outage.ours;
      const hostProbes = () => this.#ports.hostProbes(host);
      ports = { ...this.#domainPorts, ownOutage, hostProbes };
      this.#hostPorts.set(host, ports);
    }
    return ports;
  }

  /** Stops the actor of a domain that has nothing to remember and nothing to do. */
  #retire({ host, domain }: RemoteDomain): void {
    const name = key(host, domain);
    const route = this.#routes.get(name);
    if (route === undefined || route.ref.depth + route.held > 0) return;
    this.#routes.delete(name);
    this.#outage.forget(name);
    route.ref.stop();
  }

  /** What was on its way has arrived: if a join was made, the sessions' table has it. */
  #handled({ host, domain }: RemoteDomain, event: DomainEvent): void {
    if (event.type !== "joined" && event.type !== "snapshot") return;
    const link = key(host, domain);
    const joins = event.type === "joined" ? [event] : event.joins;
    for (const { user } of joins) this.#inFlight.done(user, link);
  }

  #reported(remote: RemoteDomain, report: Report): void {
    const name = key(remote.host, remote.domain);
    if (report.type === "settled") this.#outage.forget(name);
    else if (report.type === "unreached" && !isOwn(remote)) {
      this.#outage.unreached(name);
      if (this.#outage.ours) this.#callWitness();
    } else if (report.type === "reachable") this.#heard(remote.host, remote.domain);
    this.#ports.report(remote, report);
  }

  /** Probes a domain that is not known to be out of reach: its answer clears our own network. */
  #callWitness(): void {
    const now = this.#ports.now();
    if (now < this.#witnessAt + WITNESS_MS) return;
    this.#witnessAt = now;
    const witnesses = this.domains.filter((link) =>
      !isOwn(link) && !this.#outage.has(key(link.host, link.domain))
    );
    const witness = witnesses[Math.floor(this.#ports.random() * witnesses.length)];
    if (witness === undefined) return;
    const by = this.#ports.hostProbes(witness.host) ? "host" : "component";
    this.#ports.ask(witness, { type: "probe", by, id: this.#ports.id() });
  }
}

/** Whether a domain is a service of the host itself: that it is there says nothing of the network. */
function isOwn({ host, domain }: DomainKey): boolean {
  return domain === host || domain.endsWith(`.${host}`);
}

function key(host: string, domain: string): string {
  return `${host} ${domain}`;
}
