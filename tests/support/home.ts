/** A home server with its users, over TCP: as much of them as the keeper can tell. */

import { delay } from "@std/async/delay";
import { chunk } from "@std/collections/chunk";
import { type Element, xml } from "../../xml/mod.ts";
import { forward } from "../../xmpp/forward.ts";
import { iqResult } from "../../xmpp/iq.ts";
import { bareJid, domainOf } from "../../xmpp/jid.ts";
import { parsePluginEvents, PLUGIN_VERSION, pluginMessage } from "../../xmpp/plugin_message.ts";
import type { PluginEvent, PluginPayload, RejoinRequest } from "../../xmpp/plugin_events.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { ping } from "../../xmpp/ping.ts";
import { joinPresence } from "../../xmpp/rejoin.ts";
import { errorReply, parseStanzaError, type StanzaError } from "../../xmpp/stanza_error.ts";
import { COMPONENT, ComponentPort } from "./component_port.ts";
import * as copies from "./copies.ts";
import { pluginEvents } from "./plugin_events.ts";
import { answers } from "./rooms.ts";
import { type Domain, HOME, type Stay, type World } from "./world.ts";

/** How long a room takes to answer, at most, in milliseconds. */
const LATENCY_MS = 20;
/** How long a client takes to join again once it is told, at most, in milliseconds. */
const REJOIN_MS = 1_000;
/** How often it is looked whether something is so, in milliseconds. */
const PAUSE_MS = 20;
const ADDRESSES = { from: HOME, to: COMPONENT.domain };

/** How a server behaves. */
export interface HomeOptions {
  /** What tells the keeper what happens: our plugin, or what a server brings along. */
  readonly feed?: "plugin" | "stock";
  /** The vocabulary of the plugin: 1 knows neither rejoins nor probes. @default {2} */
  readonly version?: 1 | 2;
  /** How many questions are not answered, or put off by the room. @default {0} */
  readonly lossy?: number;
  /** How many clients join again when they are told. @default {0} */
  readonly rejoining?: number;
  /** How long clients may be without the truth, in milliseconds. @default {120000} */
  readonly patience?: number;
}

/** A join in a user's name that is not the user's own. */
export interface JoinAgain {
  readonly by: "plugin" | "component";
  readonly user: string;
  readonly room: string;
}

/** The server; it goes on when the component dies. */
export class Home implements Disposable {
  readonly world: World;
  readonly component: ComponentPort;
  /** Nobody does anything by himself for now. */
  quiet = false;
  /** Who was joined again, and by whom, one after the other. */
  readonly joinsAgain: JoinAgain[] = [];
  /** Called when a join in a user's name is on its way to the room. */
  joiningAgain: () => void = () => {};
  readonly #options: Required<HomeOptions>;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #notices: { readonly at: number; readonly user: string; readonly room: string }[] = [];
  readonly #fences = new Set<string>();
  #prefix = "";
  #changed = Promise.withResolvers<void>();

  constructor(world: World, options: HomeOptions = {}) {
    this.world = world;
    this.#options = {
      feed: "plugin",
      version: PLUGIN_VERSION,
      lossy: 0,
      rejoining: 0,
      patience: 120_000,
      ...options,
    };
    this.component = new ComponentPort((stanza) => this.#route(stanza), () => this.#notice());
  }

  /** Resolves when every client has been told that is to be told. */
  async told(who: "misled" | "abandoned"): Promise<void> {
    const left = () => this.world[who];
    await this.until(
      () => left().length === 0,
      () => `Nobody told ${JSON.stringify(left().slice(0, 20))}`,
    );
  }

  /** Resolves when something is so. */
  async until(so: () => boolean, otherwise: () => string): Promise<void> {
    let late = false;
    const alarm = setTimeout(() => {
      late = true;
      this.#notice();
    }, this.#options.patience);
    while (!so() && !late) {
      await this.#changed.promise;
      // Looking costs more than most of what happens.
      await delay(PAUSE_MS);
    }
    clearTimeout(alarm);
    if (late && !so()) throw new Error(otherwise());
  }

  /** Lets the notices since a time (`performance.now()`) be repeated; returns how many they are. */
  excuse(since: number): number {
    const late = this.#notices.filter(({ at }) => at > since);
    this.#notices.length = 0;
    for (const { user, room } of late) this.world.excuse(user, room);
    return late.length;
  }

  /** Resolves when the component has taken all that was sent to it so far. */
  async fence(): Promise<void> {
    const id = crypto.randomUUID();
    this.component.send(ping({ from: HOME, to: COMPONENT.domain, id }));
    await this.until(
      () => this.#fences.delete(id) || !this.component.connected,
      () => "The component does not answer a ping",
    );
  }

  // --- what happens to the links --------------------------------------------------------------

  /** Loses the link to a domain, which comes back after so many milliseconds, if ever. */
  cut(domain: Domain, ms: number): void {
    domain.reachable = false;
    this.#link(domain, false);
    // Somebody finds out. Without the plugin, nobody else would.
    const users = this.world.stays.filter(({ room }) => domainOf(room) === domain.name);
    if (users[0] && ms > 0) this.write(users[0]);
    if (ms < Infinity) this.later(ms, () => this.#comeBack(domain));
  }

  /** Closes the link in good order, as it is idle. */
  close(domain: Domain): void {
    this.#link(domain, false, true);
  }

  /** Loses the link without anybody noticing. */
  lose(domain: Domain): void {
    domain.linked = false;
  }

  /** What is asked of the domain is not answered for so many milliseconds. */
  stall(domain: Domain, mood: "frozen" | "slow", ms: number): void {
    domain.mood = mood;
    this.later(ms, () => domain.mood = "well");
  }

  #comeBack(domain: Domain): void {
    domain.reachable = true;
    this.#notice();
  }

  // --- what users do --------------------------------------------------------------------------

  /** Whether users may go on: without the plugin, nobody tells the keeper what it missed. */
  get attended(): boolean {
    return !this.quiet && (this.#options.feed === "plugin" || this.component.connected);
  }

  /** Something happens that has nothing to do with the outage. */
  bustle(): void {
    const { world } = this;
    const chance = world.random();
    if (chance < 0.55) this.join();
    else if (chance < 0.75) {
      const stay = world.leave();
      if (stay) this.#leave(stay);
    } else if (chance < 0.96) {
      const change = world.rename();
      if (change) this.#rename(change.stay, change.from);
    } else {
      const user = world.end();
      if (user !== undefined) this.#end(user);
    }
  }

  /** A user joins some room; false if there are joins enough. */
  join(): boolean {
    const stay = this.world.join();
    if (stay) this.#entered(stay);
    return stay !== undefined;
  }

  /** A user writes to a room. */
  write(stay: Stay): void {
    const domain = this.#domainOf(stay.room);
    if (!domain.reachable) return this.#copy(copies.bounce(stay, copies.NOT_FOUND));
    this.#reach(domain);
    // The plugin takes no notice of messages.
    if (this.#options.feed === "plugin") return;
    if (!stay.inRoom) {
      return this.#copy(copies.bounce(stay, { type: "auth", condition: "not-acceptable" }));
    }
    for (const each of this.world.occupants(stay.room)) {
      this.#copy(copies.groupChat(each, stay.nick, "What a day!"));
    }
  }

  #entered(stay: Stay): void {
    this.#reach(this.#domainOf(stay.room));
    if (this.#options.feed === "stock") this.#copy(copies.directed(stay));
    this.#copy(copies.selfPresence(stay));
  }

  #leave(stay: Stay): void {
    this.#copy(copies.leaving(stay));
    if (!stay.inRoom || !this.#domainOf(stay.room).reachable) return;
    this.#reach(this.#domainOf(stay.room));
    this.#copy(copies.left(stay));
  }

  #rename(stay: Stay, from: string): void {
    this.#reach(this.#domainOf(stay.room));
    this.#copy(copies.directed(stay));
    this.#copy(copies.renamed(stay, from));
    this.#copy(copies.selfPresence(stay));
  }

  #end(user: string): void {
    if (this.#options.feed === "stock") this.#copy(copies.offline(user));
    else this.#tell({ type: "ended", user });
  }

  // --- what the keeper sends ------------------------------------------------------------------

  #route(stanza: Element): void {
    const to = stanza.attr("to") ?? "";
    const domain = domainOf(to);
    if (domain === COMPONENT.domain) this.component.send(stanza);
    else if (to === HOME && stanza.name === "iq") this.#fence(stanza);
    else if (to === HOME) {
      for (const request of parsePluginEvents(stanza).events) this.#requested(request);
    } else if (domain === HOME) this.#told(stanza);
    else if (stanza.name === "presence") this.#joinAgain("component", stanza);
    else this.#ask(stanza, this.world.domains.get(domain)!);
  }

  #fence(answer: Element): void {
    this.#fences.add(answer.attr("id") ?? "");
    this.#notice();
  }

  #told(notice: Element): void {
    const user = notice.attr("to") ?? "";
    const room = bareJid(notice.attr("from") ?? "");
    this.world.tell(user, room);
    this.#notices.push({ at: performance.now(), user, room });
    if (this.#options.feed === "stock") this.#copy(notice);
    this.#notice();
    if (this.world.random() >= this.#options.rejoining) return;
    this.later(this.world.random() * REJOIN_MS, () => this.#rejoin(user, room));
  }

  #rejoin(user: string, room: string): void {
    if (!this.attended) this.later(REJOIN_MS, () => this.#rejoin(user, room));
    else if (this.world.canJoin(user, room)) this.#entered(this.world.enter(user, room));
  }

  /** What the plugin is asked for. */
  #requested(request: PluginPayload): void {
    if (request.type === "keeper-hello") return this.#greeted(request.prefix);
    if (this.#options.feed === "stock" || this.#options.version === 1) return;
    if (request.type === "rejoin") this.#rejoinBy(request);
    else if (request.type === "probe") {
      const { id, domain } = request;
      this.#ask(ping({ id, from: HOME, to: domain }), this.world.domains.get(domain)!);
    }
  }

  #rejoinBy({ id, user, room }: RejoinRequest): void {
    const stay = this.world.stay(user, room);
    if (stay === undefined) return this.#tell({ type: "norejoin", id, reason: "left" });
    this.#tell({ type: "rejoining", id });
    this.#joinAgain("plugin", joinPresence({ ...stay, id, seconds: 10 }));
  }

  /** Somebody who is not the user's client sends a join to the user's room. */
  #joinAgain(by: JoinAgain["by"], join: Element): void {
    const { from: user = "", to = "" } = join.attrs;
    const room = bareJid(to);
    const stay = this.world.stay(user, room);
    this.joinsAgain.push({ by, user, room });
    if (stay) this.world.joinAgain(stay);
    this.joiningAgain();
    const domain = this.#domainOf(room);
    if (!domain.reachable) return this.#refuse(join, copies.NOT_FOUND);
    this.#reach(domain);
    this.later(this.world.random() * LATENCY_MS, () => {
      if (!domain.linked || domain.mood !== "well") return;
      const refusal = this.world.refusals.get(room);
      if (refusal !== undefined) return this.#refuse(join, refusal);
      if (stay && this.world.readmit(stay)) this.#copy(copies.selfPresence(stay));
    });
  }

  /** The error with which a join comes back, without what the join said. */
  #refuse(join: Element, error: StanzaError): void {
    const { id, from, to } = join.attrs;
    this.#copy(errorReply(xml("presence", NS.component, { id, from, to }), error));
  }

  #ask(question: Element, domain: Domain): void {
    if (!domain.reachable) return this.#answer(errorReply(question, copies.NOT_FOUND));
    this.#reach(domain);
    this.later(this.world.random() * LATENCY_MS, () => {
      // Neither the question nor the answer survives the link.
      if (!domain.linked) return;
      for (const answer of this.#answersOf(question, domain)) this.#answer(answer);
    });
  }

  #answersOf(question: Element, domain: Domain): readonly Element[] {
    const mishap = this.world.random();
    const { lossy } = this.#options;
    if (domain.mood === "frozen" || mishap < lossy / 4) return [];
    if (domain.mood === "slow") return [errorReply(question, copies.TIMEOUT)];
    if (mishap < lossy) {
      return [errorReply(question, { type: "wait", condition: "resource-constraint" })];
    }
    return [COMPONENT.domain, HOME].includes(question.attr("from") ?? "")
      ? [iqResult(question)]
      : answers(question, this.world);
  }

  /** Answers to the keeper's own questions; the plugin takes those to users off the wire. */
  #answer(answer: Element): void {
    const isPing = answer.attr("type") === "get";
    if (answer.attr("to") === COMPONENT.domain) this.component.send(answer);
    else if (answer.attr("to") === HOME) {
      const reached = parseStanzaError(answer)?.by !== HOME;
      this.#tell({ type: "probed", id: answer.attr("id") ?? "", reached });
    } else if (isPing || answer.attr("id")?.startsWith(this.#prefix)) this.#copy(answer);
  }

  #reach(domain: Domain): void {
    if (!domain.linked) this.#link(domain, true);
  }

  #link(domain: Domain, linked: boolean, clean = false): void {
    domain.linked = linked;
    this.#tell(...pluginEvents(domain.name, linked ? "up" : "down", clean));
  }

  // --- the feed -------------------------------------------------------------------------------

  #greeted(prefix: string): void {
    this.#prefix = prefix;
    const { version } = this.#options;
    this.#tell({ type: "plugin-hello", version, software: "test", boot: "1" });
    const { stays, domains } = this.world;
    for (const joins of chunk(stays, 100) as (readonly Stay[])[]) {
      this.#tell(...joins.map(({ user, room, nick }) => (
        { type: "joined", user, room, nick } as const
      )));
    }
    const linked = [...domains.values()].filter((each) => each.linked);
    this.#tell(...linked.flatMap(({ name }) => pluginEvents(name, "up")));
    this.#tell({ type: "synced" });
  }

  #copy(stanza: Element): void {
    this.component.send(forward(stanza, ADDRESSES));
    this.#notice();
  }

  /** The plugin's own words. */
  #tell(...notices: PluginEvent[]): void {
    if (notices.length > 0 && this.#options.feed === "plugin") {
      this.component.send(pluginMessage(ADDRESSES, notices));
    }
    this.#notice();
  }

  // --- time -----------------------------------------------------------------------------------

  /** Does something in so many milliseconds. */
  later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.component[Symbol.dispose]();
  }

  #domainOf(room: string): Domain {
    return this.world.domains.get(domainOf(room))!;
  }

  #notice(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
