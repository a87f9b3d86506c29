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

/** Something that was said in a room. */
interface Said {
  readonly id: string;
  readonly nick: string;
  readonly text: string;
  /** When, in milliseconds since the epoch. */
  readonly at: number;
}

/** A room. */
export interface Room {
  /** Who is in: nick → full JID. */
  readonly occupants: Map<string, string>;
  /** All that was said, the oldest first. */
  readonly history: Said[];
}

/** The rooms of a server, by address; they are there again when it is started again. */
export type Rooms = Map<string, Room>;

/** Rooms, reached over TCP. */
export class RoomServer {
  readonly #rooms: Rooms;
  readonly #listener: Deno.TcpListener;
  readonly #sockets = new Set<XmppSocket>();

  /** Listens at a loopback port; 0 lets the system choose one. */
  constructor(rooms: Rooms, port = 0) {
    this.#rooms = rooms;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port });
    this.#accept();
  }

  /** The port it listens at. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Somebody from elsewhere says something in a room. */
  say(jid: string, nick: string, text: string): void {
    const room = this.#room(jid);
    const said = { id: crypto.randomUUID(), nick, text, at: Date.now() };
    room.history.push(said);
    for (const user of room.occupants.values()) this.#send(message(jid, user, said));
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
      if (event.type === "stanza") this.#take(event.element);
    }
    this.#sockets.delete(socket);
  }

  /** All its users are of one home server. */
  #send(stanza: Element): void {
    for (const socket of this.#sockets) return socket.send(stanza);
  }

  #take(stanza: Element): void {
    const from = stanza.attr("from") ?? "";
    const to = stanza.attr("to") ?? "";
    const nick = resourceOf(to);
    if (stanza.name === "presence" && nick !== undefined) this.#enter(stanza, from, to, nick);
    else if (isIqRequest(stanza)) {
      const isIn = nick === undefined || this.#room(bareJid(to)).occupants.get(nick) === from;
      this.#send(isIn ? iqResult(stanza) : iqError(stanza, "not-acceptable", "cancel"));
    }
  }

  /** A user joins, and is sent what it asks for of what was said (XEP-0045 §7.2.14), or leaves. */
  #enter(presence: Element, user: string, occupant: string, nick: string): void {
    const jid = bareJid(occupant);
    const { occupants, history } = this.#room(jid);
    const type = presence.attr("type");
    if (type === "unavailable") occupants.delete(nick);
    else occupants.set(nick, user);
    this.#send(selfPresence(occupant, user, type));
    const wanted = presence.child("x", NS.muc)?.child("history")?.attr("seconds");
    if (wanted === undefined) return;
    for (const said of history.filter(({ at }) => at >= Date.now() - Number(wanted) * 1000)) {
      const stamp = new Date(said.at).toISOString();
      this.#send(message(jid, user, said, xml("delay", NS.delay, { from: jid, stamp })));
    }
  }

  #room(jid: string): Room {
    const room = this.#rooms.get(jid) ?? { occupants: new Map(), history: [] };
    this.#rooms.set(jid, room);
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

function message(room: string, to: string, { id, nick, text }: Said, delay?: Element): Element {
  const attrs = { type: "groupchat", id, from: `${room}/${nick}`, to };
  return xml("message", NS.component, attrs, xml("body", NS.component, {}, text), delay);
}
