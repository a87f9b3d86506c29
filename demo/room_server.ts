/**
 * A small server of chat rooms, for the demo.
 *
 * @module
 */
import { type Element, xml } from "../xml/mod.ts";
import { bareJid, resourceOf } from "../xmpp/jid.ts";
import { iqError, iqResult, isIqRequest } from "../xmpp/iq.ts";
import { NS } from "../xmpp/namespaces.ts";
import { XmppSocket } from "./xmpp_socket.ts";

/** Who is in which room: room → nick → full JID. */
export type Occupants = Map<string, Map<string, string>>;

/** Rooms, reached over TCP. */
export class RoomServer {
  readonly #occupants: Occupants;
  readonly #listener: Deno.TcpListener;
  readonly #sockets = new Set<XmppSocket>();

  /** Listens at a loopback port; 0 lets the system choose one. */
  constructor(occupants: Occupants, port = 0) {
    this.#occupants = occupants;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port });
    this.#accept();
  }

  /** The port it listens at. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Stops at once, like a process that is killed. */
  kill(): void {
    this.#listener.close();
    for (const socket of this.#sockets) socket.close();
  }

  async #accept(): Promise<void> {
    for await (const conn of this.#listener) this.#serve(new XmppSocket(conn));
  }

  async #serve(socket: XmppSocket): Promise<void> {
    this.#sockets.add(socket);
    socket.open("from='rooms.example'");
    for await (const event of socket.events()) {
      if (event.type === "stanza") this.#take(event.element, (stanza) => socket.send(stanza));
    }
    this.#sockets.delete(socket);
  }

  #take(stanza: Element, answer: (stanza: Element) => void): void {
    const from = stanza.attr("from") ?? "";
    const to = stanza.attr("to") ?? "";
    const nick = resourceOf(to);
    if (stanza.name === "presence" && nick !== undefined) {
      const room = this.#room(bareJid(to));
      if (stanza.attr("type") === "unavailable") room.delete(nick);
      else room.set(nick, from);
      answer(selfPresence(to, from, stanza.attr("type")));
    } else if (isIqRequest(stanza)) {
      const isIn = nick === undefined || this.#room(bareJid(to)).get(nick) === from;
      answer(isIn ? iqResult(stanza) : iqError(stanza, "not-acceptable", "cancel"));
    }
  }

  #room(jid: string): Map<string, string> {
    const room = this.#occupants.get(jid) ?? new Map<string, string>();
    this.#occupants.set(jid, room);
    return room;
  }
}

function selfPresence(from: string, to: string, type: string | undefined): Element {
  const item = xml("item", NS.mucUser, {
    affiliation: "none",
    role: type ? "none" : "participant",
  });
  const status = xml("status", NS.mucUser, { code: "110" });
  return xml("presence", NS.component, { from, to, type }, xml("x", NS.mucUser, {}, item, status));
}
