/**
 * A small home server for the demo: users' clients, a port for the component, a link to the rooms'
 * server, and what the server plugin does.
 *
 * @module
 */
import { VERSION } from "../cli/version.ts";
import { handshake } from "../component/handshake.ts";
import { answerIq } from "../component/mod.ts";
import { type Element, xml } from "../xml/mod.ts";
import { forward } from "../xmpp/forward.ts";
import { isIqRequest } from "../xmpp/iq.ts";
import { domainOf } from "../xmpp/jid.ts";
import { parsePluginEvents, PLUGIN_VERSION, pluginMessage } from "../xmpp/plugin_message.ts";
import type { PluginEvent, PluginPayload, RejoinRequest } from "../xmpp/plugin_events.ts";
import { parseMucPresence } from "../xmpp/muc.ts";
import { NS } from "../xmpp/namespaces.ts";
import { ping } from "../xmpp/ping.ts";
import { errorReply } from "../xmpp/stanza_error.ts";
import { Stays } from "./stays.ts";
import { XmppSocket } from "./xmpp_socket.ts";

/** How the home server is set up. */
export interface HomeServerOptions {
  /** The component's domain. */
  readonly component: string;
  /** The component's secret. */
  readonly secret: string;
  /** Where the rooms' server listens. */
  readonly roomsPort: number;
  /** Called with what a client gets. */
  readonly delivered: (user: string, stanza: Element) => void;
  /** Called when the link to the rooms' server comes up or goes down. */
  readonly linked: (up: boolean) => void;
}

/** The server of home.example. */
export class HomeServer {
  /** Its domain. */
  static readonly domain = "home.example";
  readonly #options: HomeServerOptions;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #stays = new Stays();
  #component: XmppSocket | undefined;
  #rooms: XmppSocket | undefined;
  #prefix: string | undefined;

  /** Listens for the component at a loopback port. */
  constructor(options: HomeServerOptions) {
    this.#options = options;
    this.#accept();
  }

  /** The port for components. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** A client of a user sends a stanza. */
  async fromClient(stanza: Element): Promise<void> {
    await this.#route(stanza);
  }

  /** Stops. */
  close(): void {
    this.#listener.close();
    this.#component?.close();
    this.#rooms?.close();
  }

  async #accept(): Promise<void> {
    for await (const conn of this.#listener) this.#serveComponent(new XmppSocket(conn));
  }

  async #serveComponent(socket: XmppSocket): Promise<void> {
    const id = crypto.randomUUID();
    const proof = handshake(id, this.#options.secret);
    for await (const event of socket.events()) {
      if (event.type === "open") socket.open(`from='${this.#options.component}' id='${id}'`);
      else if (event.type === "close") break;
      else if (event.element.name !== "handshake") await this.#route(event.element);
      else if (proof === `<handshake>${event.element.text}</handshake>`) {
        this.#component = socket;
        socket.send(xml("handshake", NS.component));
      } else break;
    }
    socket.close();
  }

  async #route(stanza: Element): Promise<void> {
    const to = stanza.attr("to") ?? "";
    const domain = domainOf(to);
    if (domain === this.#options.component) this.#component?.send(stanza);
    else if (to === HomeServer.domain) this.#addressed(stanza);
    else if (domain === HomeServer.domain) this.#options.delivered(to, stanza);
    else await this.#toRooms(stanza);
  }

  /** What the server itself is asked, or its plugin. */
  #addressed(stanza: Element): void {
    if (isIqRequest(stanza)) {
      this.#component?.send(answerIq(stanza, { software: { name: "demo", version: VERSION } }));
    } else for (const request of parsePluginEvents(stanza).events) this.#requested(request);
  }

  /** What the plugin does for Roomkeeper. */
  async #requested(request: PluginPayload): Promise<void> {
    switch (request.type) {
      case "keeper-hello": {
        this.#prefix = request.prefix;
        const version = PLUGIN_VERSION;
        const greeting = { type: "plugin-hello", version, software: "demo", boot: "1" } as const;
        return this.#tell(greeting, { type: "synced" });
      }
      case "probe": {
        const { id, domain } = request;
        return await this.#toRooms(ping({ id, from: HomeServer.domain, to: domain }));
      }
      case "rejoin":
        return await this.#rejoin(request);
    }
  }

  async #rejoin({ id, user, room }: RejoinRequest): Promise<void> {
    const join = this.#stays.rejoin(id, user, room);
    if (join === undefined) return this.#tell({ type: "norejoin", id, reason: "left" });
    this.#tell({ type: "rejoining", id });
    await this.#toRooms(join);
  }

  async #toRooms(stanza: Element): Promise<void> {
    const rooms = this.#rooms ?? await this.#connectToRooms();
    if (rooms) return rooms.send(stanza);
    const { domain } = HomeServer;
    const error = { type: "cancel", condition: "remote-server-not-found", by: domain } as const;
    if (stanza.attr("type") !== "error") this.#fromRooms(errorReply(stanza, error));
  }

  async #connectToRooms(): Promise<XmppSocket | undefined> {
    const port = this.#options.roomsPort;
    const conn = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => undefined);
    if (conn === undefined) return undefined;
    const socket = this.#rooms = new XmppSocket(conn);
    socket.open("from='home.example' to='rooms.example'");
    this.#linkIs("up");
    this.#readRooms(socket);
    return socket;
  }

  async #readRooms(socket: XmppSocket): Promise<void> {
    for await (const event of socket.events()) {
      if (event.type === "stanza") this.#fromRooms(event.element);
    }
    this.#rooms = undefined;
    socket.close();
    this.#linkIs("down");
  }

  /** What the plugin does with a stanza from outside before it is delivered. */
  #fromRooms(stanza: Element): void {
    const { to = "", id = "", type } = stanza.attrs;
    if (to === HomeServer.domain) {
      return this.#tell({ type: "probed", id, reached: type === "result" });
    }
    if (domainOf(to) !== HomeServer.domain) return this.#component?.send(stanza);
    const isAnswer = (stanza.name === "iq" || type === "error") && this.#prefix !== undefined &&
      id.startsWith(this.#prefix);
    if (isAnswer || parseMucPresence(stanza)) this.#copy(stanza);
    if (!isAnswer && !this.#stays.see(stanza)) this.#options.delivered(to, stanza);
  }

  #copy(stanza: Element): void {
    this.#component?.send(forward(stanza, this.#addresses));
  }

  #linkIs(state: "up" | "down"): void {
    this.#options.linked(state === "up");
    const notice = { type: "link", domain: "rooms.example", state, clean: false } as const;
    this.#tell({ ...notice, direction: "out" }, { ...notice, direction: "in" });
  }

  #tell(...notices: PluginEvent[]): void {
    this.#component?.send(pluginMessage(this.#addresses, notices));
  }

  get #addresses(): { readonly from: string; readonly to: string } {
    return { from: HomeServer.domain, to: this.#options.component };
  }
}
