/**
 * The other side of `storm.ts`, in a process of its own so that its work is nobody's stall: a home
 * server with our plugin, the rooms of all domains, and the clients. Takes one command a line from
 * its standard input and writes what happened, one JSON value a line, to its output.
 */

import { chunk } from "@std/collections/chunk";
import { TextLineStream } from "@std/streams";
import type { KnownJoin } from "../actors/messages/events.ts";
import { COMPONENT, ComponentPort } from "../tests/support/component_port.ts";
import { NOT_FOUND, selfPresence } from "../tests/support/copies.ts";
import { pluginEvents } from "../tests/support/plugin_events.ts";
import { HOME } from "../tests/support/world.ts";
import type { Element } from "../xml/mod.ts";
import { forward } from "../xmpp/forward.ts";
import { iqResult } from "../xmpp/iq.ts";
import { domainOf } from "../xmpp/jid.ts";
import { parsePluginEvents, pluginMessage } from "../xmpp/plugin_message.ts";
import type {
  KeeperHello,
  PluginEvent,
  ProbeRequest,
  RejoinRequest,
} from "../xmpp/plugin_events.ts";
import { errorReply } from "../xmpp/stanza_error.ts";

/** How long a room takes to answer, in milliseconds. */
const LATENCY_MS = 20;
const ADDRESSES = { from: HOME, to: COMPONENT.domain };

/** How many of each there are; every user is in one room. */
export interface StormShape {
  /** Users. */
  readonly joins: number;
  /** Rooms, over all domains. */
  readonly rooms: number;
  /** Domains of rooms. */
  readonly domains: number;
  /** One join in so many is lost with the link. */
  readonly lost: number;
  /** The version of the plugin's vocabulary: from the second on it joins rooms again when asked. */
  readonly version: 1 | 2;
}

/** What the server saw, and whether it was right. */
export interface StormReport {
  /** Users told who had been dropped. */
  readonly told: number;
  /** Users brought back who had been dropped. */
  readonly returned: number;
  /** Users told or brought back who were in, or who had been before. */
  readonly mistaken: number;
  /** Questions and probes that came. */
  readonly questions: number;
  /** The most that came within a second. */
  readonly busiest: number;
}

class Home {
  readonly #shape: StormShape;
  readonly #component = new ComponentPort((stanza) => this.#route(stanza));
  /** Joins that the plugin and the client believe in. */
  readonly #believed: boolean[];
  readonly #linked = new Set<string>();
  #reachable = true;
  #prefix = "";
  #told = 0;
  #returned = 0;
  #mistaken = 0;
  /** Who is in again after the loss. */
  readonly #back = new Set<number>();
  readonly #asked: number[] = [];

  constructor(shape: StormShape) {
    this.#shape = shape;
    this.#believed = Array(shape.joins).fill(false);
    say({ port: this.#component.port });
  }

  /** Everybody joins, as fast as the component takes it. */
  join(): void {
    for (let n = 0; n < this.#shape.joins; n++) {
      this.#believed[n] = true;
      this.#copy(selfPresence(this.#join(n)));
    }
    // Who joins needs a link, so nobody has to be told that it is up.
    for (let n = 0; n < this.#shape.domains; n++) this.#linked.add(domainName(n));
  }

  /** All links are lost, and for a while no domain can be reached. */
  lose(): void {
    this.#reachable = false;
    this.#tell([...this.#linked].flatMap((domain) => this.#link(domain, "down")));
  }

  /** Domains can be reached again: their links come up as they are needed. */
  back(): void {
    this.#reachable = true;
  }

  /** The plugin is loaded anew; `empty`: it knows nobody any more. */
  reload(empty: boolean): void {
    if (empty) this.#believed.fill(false);
    this.#tell([this.#hello("2")]);
  }

  report(): StormReport {
    let busiest = 0;
    for (let from = 0, to = 0; to < this.#asked.length; to++) {
      while (this.#asked[from]! <= this.#asked[to]! - 1000) from++;
      busiest = Math.max(busiest, to - from + 1);
    }
    const questions = this.#asked.length;
    return {
      told: this.#told,
      returned: this.#returned,
      mistaken: this.#mistaken,
      questions,
      busiest,
    };
  }

  // --- what the keeper sends ------------------------------------------------------------------

  #route(stanza: Element): void {
    const to = stanza.attr("to") ?? "";
    const domain = domainOf(to);
    if (domain === COMPONENT.domain) this.#component.send(stanza);
    else if (to === HOME) this.#requested(stanza);
    else if (domain === HOME) this.#notified(to);
    else this.#ask(stanza, domain);
  }

  #requested(stanza: Element): void {
    for (const event of parsePluginEvents(stanza).events) {
      if (event.type === "rejoin") this.#rejoin(event);
      else if (event.type === "probe") this.#probe(event);
      else if (event.type === "keeper-hello") this.#tellAll(event);
    }
  }

  #hello(boot: string): PluginEvent {
    return { type: "plugin-hello", version: this.#shape.version, software: "prosody", boot };
  }

  #tellAll(hello: KeeperHello): void {
    this.#prefix = hello.prefix;
    this.#tell([this.#hello("1")]);
    const { joins } = this.#shape;
    const known = Array.from({ length: joins }, (_, n) => n).filter((n) => this.#believed[n]);
    this.#tell(known.map((n) => ({ type: "joined", ...this.#join(n) })));
    this.#tell([...this.#linked].flatMap((domain) => pluginEvents(domain, "up")));
    this.#tell([{ type: "synced" }]);
  }

  #rejoin({ id, user }: RejoinRequest): void {
    const n = numberOf(user);
    if (this.#isOut(n)) this.#returned++;
    else this.#mistaken++;
    this.#back.add(n);
    this.#tell([{ type: "rejoining", id }]);
    this.#copy(selfPresence(this.#join(n)));
  }

  #probe({ id, domain }: ProbeRequest): void {
    this.#asked.push(performance.now());
    if (this.#reachable && !this.#linked.has(domain)) this.#tell(this.#link(domain, "up"));
    this.#tell([{ type: "probed", id, reached: this.#reachable }]);
  }

  /** Whether the room has dropped the user with the link, and not let it in again. */
  #isOut(n: number): boolean {
    return n % this.#shape.lost === 0 && !this.#back.has(n);
  }

  #notified(user: string): void {
    const n = numberOf(user);
    if (this.#believed[n] && this.#isOut(n)) this.#told++;
    else this.#mistaken++;
    this.#believed[n] = false;
  }

  #ask(question: Element, domain: string): void {
    this.#asked.push(performance.now());
    if (!this.#reachable) {
      return this.#answer(errorReply(question, NOT_FOUND));
    }
    if (!this.#linked.has(domain)) this.#tell(this.#link(domain, "up"));
    setTimeout(() => this.#answer(this.#answerTo(question)), LATENCY_MS);
  }

  /** What a room answers to a self-ping, and a server to a probe. */
  #answerTo(question: Element): Element {
    const user = question.attr("from") ?? "";
    return user !== COMPONENT.domain && this.#isOut(numberOf(user))
      ? errorReply(question, { type: "cancel", condition: "not-acceptable" })
      : iqResult(question);
  }

  #answer(answer: Element): void {
    if (answer.attr("to") === COMPONENT.domain) this.#component.send(answer);
    else if (answer.attr("id")?.startsWith(this.#prefix)) this.#copy(answer);
  }

  // --- the plugin -----------------------------------------------------------------------------

  #link(domain: string, state: "up" | "down"): PluginEvent[] {
    if (state === "up") this.#linked.add(domain);
    else this.#linked.delete(domain);
    return pluginEvents(domain, state);
  }

  #join(n: number): KnownJoin {
    return { user: userOf(n), room: roomOf(n, this.#shape), nick: `nick${n}` };
  }

  #copy(stanza: Element): void {
    this.#component.send(forward(stanza, ADDRESSES));
  }

  #tell(notices: readonly PluginEvent[]): void {
    for (const some of chunk(notices, 100) as PluginEvent[][]) {
      this.#component.send(pluginMessage(ADDRESSES, some));
    }
  }
}

function numberOf(user: string): number {
  return Number(user.slice(4, user.indexOf("@")));
}

function userOf(n: number): string {
  return `user${n}@${HOME}/phone.${(n * 7919) % 99_991}`;
}

function roomOf(n: number, { rooms, domains }: StormShape): string {
  const room = n % rooms;
  return `room${room}@${domainName(room % domains)}`;
}

function domainName(n: number): string {
  return `rooms${n}.example`;
}

function say(value: unknown): void {
  console.log(JSON.stringify(value));
}

if (import.meta.main) {
  const shape: StormShape = JSON.parse(Deno.args[0]!);
  const home = new Home(shape);
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const command of lines) {
    if (command === "join") home.join();
    else if (command === "lose") home.lose();
    else if (command === "back") home.back();
    else if (command === "reload") home.reload(false);
    else if (command === "reload empty") home.reload(true);
    else if (command === "report") say(home.report());
  }
  Deno.exit(0);
}
