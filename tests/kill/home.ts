/** A home server with our plugin, over TCP: as much of them as the keeper can tell. */

import { handshake } from "../../component/handshake.ts";
import { XmppSocket } from "../../demo/xmpp_socket.ts";
import { type Element, xml } from "../../xml/mod.ts";
import { forward } from "../../xmpp/forward.ts";
import { iqResult } from "../../xmpp/iq.ts";
import { bareJid, domainOf, resourceOf } from "../../xmpp/jid.ts";
import { linkMessage, parseLinkNotices } from "../../xmpp/link.ts";
import type { LinkNotice } from "../../xmpp/link_notices.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { errorReply } from "../../xmpp/stanza_error.ts";
import { type Domain, HOME, type Stay, type World } from "./world.ts";

export const COMPONENT = { domain: `keeper.${HOME}`, secret: "only for this test" };
/** How long a room takes to answer, at most, in milliseconds. */
const LATENCY_MS = 20;
/** How long clients may be without the truth. */
const PATIENCE_MS = 120_000;
const ADDRESSES = { from: HOME, to: COMPONENT.domain };

/** The server; it goes on when the component dies. */
export class Home implements Disposable {
  readonly world: World;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #component: XmppSocket | undefined;
  #prefix = "";
  #changed = Promise.withResolvers<void>();

  constructor(world: World) {
    this.world = world;
    this.#accept();
  }

  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  /** Resolves when every client has been told that is to be told. */
  async told(who: "misled" | "abandoned"): Promise<void> {
    let late = false;
    const alarm = setTimeout(() => {
      late = true;
      this.#notice();
    }, PATIENCE_MS);
    while (this.world[who].length > 0 && !late) await this.#changed.promise;
    clearTimeout(alarm);
    if (late) throw new Error(`Nobody told ${JSON.stringify(this.world[who].slice(0, 20))}`);
  }

  /** Loses the link to a domain, which comes back after so many milliseconds, if ever. */
  cut(domain: Domain, ms: number): void {
    domain.reachable = false;
    this.#link(domain, false);
    if (ms < Infinity) this.#later(ms, () => domain.reachable = true);
  }

  /** Something happens that has nothing to do with the outage. */
  bustle(): void {
    const { world } = this;
    const chance = Math.random();
    if (chance < 0.4) this.join();
    else if (chance < 0.7) {
      const stay = world.leave();
      if (stay) this.#copy(presence(stay.user, `${stay.room}/${stay.nick}`, "unavailable"));
    } else if (chance < 0.95) {
      const renamed = world.rename();
      if (renamed) this.#copy(renaming(renamed.stay, renamed.from));
    } else {
      const user = world.end();
      if (user !== undefined) this.#tell({ type: "ended", user });
    }
  }

  /** A user joins some room; false if there are joins enough. */
  join(): boolean {
    const stay = this.world.join();
    if (stay === undefined) return false;
    this.#reach(this.world.domains.get(domainOf(stay.room))!);
    this.#copy(selfPresence(stay));
    return true;
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#listener.close();
    this.#component?.close();
  }

  // --- the component's stream -----------------------------------------------------------------

  async #accept(): Promise<void> {
    for await (const conn of this.#listener) this.#serve(new XmppSocket(conn));
  }

  async #serve(socket: XmppSocket): Promise<void> {
    const id = crypto.randomUUID();
    for await (const event of socket.events()) {
      if (event.type === "open") socket.open(`from='${COMPONENT.domain}' id='${id}'`);
      else if (event.type === "close") break;
      else if (event.element.name !== "handshake") this.#route(event.element);
      else if (handshake(id, COMPONENT.secret) === `<handshake>${event.element.text}</handshake>`) {
        this.#component = socket;
        socket.send(xml("handshake", NS.component));
      } else break;
    }
    if (this.#component === socket) this.#component = undefined;
    socket.close();
  }

  #route(stanza: Element): void {
    const to = stanza.attr("to") ?? "";
    const domain = domainOf(to);
    if (domain === COMPONENT.domain) this.#component?.send(stanza);
    else if (to === HOME) this.#greeted(stanza);
    else if (domain === HOME) {
      this.world.tell(to, bareJid(stanza.attr("from") ?? ""));
      this.#notice();
    } else this.#ask(stanza, this.world.domains.get(domain)!);
  }

  #greeted(stanza: Element): void {
    const [hello] = parseLinkNotices(stanza).notices;
    if (hello?.type !== "keeper-hello") return;
    this.#prefix = hello.prefix;
    this.#tell({ type: "plugin-hello", version: 1, software: "test", boot: "1" });
    const { stays, domains } = this.world;
    for (let i = 0; i < stays.length; i += 100) {
      this.#tell(...stays.slice(i, i + 100).map((stay) => ({ type: "joined" as const, ...stay })));
    }
    this.#tell(...[...domains.values()].filter((each) => each.linked).flatMap(linkNotices));
    this.#tell({ type: "synced" });
  }

  // --- the rooms ------------------------------------------------------------------------------

  #ask(question: Element, domain: Domain): void {
    if (!domain.reachable) {
      const error = { type: "cancel", condition: "remote-server-not-found", by: HOME } as const;
      return this.#answer(errorReply(question, error));
    }
    this.#reach(domain);
    const user = question.attr("from") ?? "";
    this.#later(Math.random() * LATENCY_MS, () => {
      // Neither the question nor the answer survives the link.
      if (!domain.linked) return;
      this.#answer(user === COMPONENT.domain ? iqResult(question) : this.#roomAnswers(question));
    });
  }

  #roomAnswers(question: Element): Element {
    const to = question.attr("to") ?? "";
    const room = bareJid(to);
    const refuse = (condition: "not-acceptable" | "item-not-found") =>
      errorReply(question, { type: "cancel", condition, by: room });
    switch (this.world.occupant(question.attr("from") ?? "", room, resourceOf(to) ?? "")) {
      case "joined":
        return iqResult(question);
      case "renamed":
        return refuse("item-not-found");
      case "gone":
        return refuse("not-acceptable");
    }
  }

  /** Answers to the keeper's own questions; the plugin takes those to users off the wire. */
  #answer(answer: Element): void {
    if (answer.attr("to") === COMPONENT.domain) this.#component?.send(answer);
    else if (answer.attr("id")?.startsWith(this.#prefix)) this.#copy(answer);
  }

  #reach(domain: Domain): void {
    if (!domain.linked) this.#link(domain, true);
  }

  #link(domain: Domain, linked: boolean): void {
    domain.linked = linked;
    this.#tell(...linkNotices(domain));
  }

  // --- the plugin -----------------------------------------------------------------------------

  #copy(stanza: Element): void {
    this.#component?.send(forward(stanza, ADDRESSES));
    this.#notice();
  }

  #tell(...notices: LinkNotice[]): void {
    if (notices.length > 0) this.#component?.send(linkMessage(ADDRESSES, notices));
    this.#notice();
  }

  #notice(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  #later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }
}

function linkNotices({ name, linked }: Domain): LinkNotice[] {
  const state = linked ? "up" : "down";
  return (["out", "in"] as const).map((direction) => (
    { type: "link", domain: name, state, direction, clean: false } as const
  ));
}

function presence(from: string, to: string, type?: string, ...children: Element[]): Element {
  return xml("presence", NS.client, { from, to, type }, ...children);
}

function selfPresence({ user, room, nick }: Stay): Element {
  return presence(`${room}/${nick}`, user, undefined, mucUser(undefined, 110));
}

function renaming({ user, room, nick }: Stay, from: string): Element {
  return presence(`${room}/${from}`, user, "unavailable", mucUser(nick, 303, 110));
}

function mucUser(nick: string | undefined, ...codes: number[]): Element {
  return xml(
    "x",
    NS.mucUser,
    {},
    xml("item", NS.mucUser, { affiliation: "none", role: "participant", nick }),
    ...codes.map((code) => xml("status", NS.mucUser, { code: `${code}` })),
  );
}
