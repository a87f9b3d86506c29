/**
 * What users and rooms do to a home server, in batches whose end can be seen.
 *
 * @module
 */
import type { Element } from "../../xml/element.ts";
import { LoadClient, LoadComponent } from "./peers.ts";

/** The domain of the rooms, at a server of their own. */
export const ROOMS = "rooms.example";
const MUC_USER = "http://jabber.org/protocol/muc#user";

/** What is measured: a name, and how many of them one batch has. */
export const ACTS = {
  message: 250,
  presence: 250,
  join: 30,
  leave: 30,
} as const;

/** One of them. */
export type Act = keyof typeof ACTS;

/** Rooms that answer as a MUC service does; one of them has many others in it. */
export class Rooms implements AsyncDisposable {
  readonly #component: LoadComponent;

  private constructor(component: LoadComponent) {
    this.#component = component;
  }

  /**
   * Connects to the rooms' server.
   *
   * @param occupants How many others a user finds in a room.
   */
  static async open(ip: string, occupants: number): Promise<Rooms> {
    const answer = (stanza: Element, component: LoadComponent) =>
      void component.send(answerOf(stanza, occupants));
    return new Rooms(await LoadComponent.connect(ip, ROOMS, answer));
  }

  /** Sends text. */
  async send(text: string): Promise<void> {
    await this.#component.send(text);
  }

  /** Ends the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#component[Symbol.asyncDispose]();
  }
}

/** A user of a home server, in a room. */
export class LoadUser implements AsyncDisposable {
  readonly #client: LoadClient;
  readonly #jid: string;
  readonly #rooms: Rooms;
  #batches = 0;

  private constructor(client: LoadClient, jid: string, rooms: Rooms) {
    this.#client = client;
    this.#jid = jid;
    this.#rooms = rooms;
  }

  /** Logs in and joins. */
  static async enter(ip: string, jid: string, rooms: Rooms): Promise<LoadUser> {
    const user = new LoadUser(await LoadClient.connect(ip, jid), jid, rooms);
    const seen = user.#client.until("code='110'");
    await user.#client.send(presence("garden"));
    await seen;
    return user;
  }

  /** One batch; returns when the last of it has arrived. */
  async play(act: Act): Promise<void> {
    const mark = `${act}-${++this.#batches}-end`;
    const seen = this.#client.until(mark);
    const times = ACTS[act];
    switch (act) {
      case "message":
        await this.#rooms.send(
          repeat(times, (i) => message(this.#jid, `Say ${i} ${"words ".repeat(10)}`)),
        );
        await this.#rooms.send(message(this.#jid, mark));
        break;
      case "presence":
        await this.#rooms.send(repeat(times, (i) => occupant(this.#jid, "garden", `nick${i}`)));
        await this.#rooms.send(message(this.#jid, mark));
        break;
      case "join":
        await this.#client.send(repeat(times, (i) => presence(`room${i}`)));
        await this.#client.send(echo(mark));
        break;
      case "leave":
        await this.#client.send(repeat(times, (i) => presence(`room${i}`, "type='unavailable'")));
        await this.#client.send(echo(mark));
        break;
    }
    await seen;
  }

  /** Ends the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
  }
}

function repeat(times: number, make: (i: number) => string): string {
  return Array.from({ length: times }, (_, i) => make(i)).join("");
}

const CAPS = `<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' ` +
  `node='https://client.example' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/>`;

/** A user joins a room, or leaves it. */
function presence(room: string, type = ""): string {
  const x = type === "" ? `${CAPS}<x xmlns='http://jabber.org/protocol/muc'/>` : "";
  return `<presence to='${room}@${ROOMS}/Ann' ${type} id='${room}'>${x}</presence>`;
}

/** Comes back to who sends it. */
function echo(mark: string): string {
  return `<message to='echo@${ROOMS}' type='groupchat'><body>${mark}</body></message>`;
}

/** A room sends a message to an occupant. */
function message(to: string, body: string): string {
  return `<message from='garden@${ROOMS}/Romeo' to='${to}' type='groupchat' id='m'><body>${body}` +
    `</body><stanza-id xmlns='urn:xmpp:sid:0' by='garden@${ROOMS}' id='1733-${body.length}'/></message>`;
}

/** A room tells somebody of an occupant. */
function occupant(to: string, room: string, nick: string, status = "", type = ""): string {
  const caps = type === "" ? CAPS + `<x xmlns='vcard-temp:x:update'><photo/></x>` : "";
  return `<presence from='${room}@${ROOMS}/${nick}' to='${to}' ${type} id='p'>${caps}<x xmlns='${MUC_USER}'>` +
    `<item affiliation='none' role='${
      type === "" ? "participant" : "none"
    }'/>${status}</x></presence>`;
}

/** What a room says to what a user sends. */
function answerOf(stanza: Element, occupants: number): string {
  const from = stanza.attr("from")!;
  const to = stanza.attr("to")!;
  if (stanza.name === "message") return message(from, stanza.child("body")?.text ?? "");
  if (stanza.name !== "presence") return "";
  const room = to.slice(0, to.indexOf("@"));
  const own = `<status code='110'/>`;
  if (stanza.attr("type") === "unavailable") {
    return occupant(from, room, "Ann", own, "type='unavailable'");
  }
  return repeat(occupants, (i) => occupant(from, room, `nick${i}`)) +
    occupant(from, room, "Ann", own) +
    `<message from='${room}@${ROOMS}' to='${from}' type='groupchat'><subject>About</subject></message>`;
}
