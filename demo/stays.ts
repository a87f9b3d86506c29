/**
 * What the demo's server plugin remembers of users in rooms, so that it can bring them back.
 *
 * @module
 */
import type { Element } from "../xml/mod.ts";
import { bareJid } from "../xmpp/jid.ts";
import { parseMucPresence } from "../xmpp/muc.ts";
import { joinPresence } from "../xmpp/rejoin.ts";

/** How much more of the history is asked for, in seconds: repeats are dropped. */
const SLACK = 5;

interface Stay {
  readonly nick: string;
  /** When the room last sent something, in milliseconds since the epoch. */
  last: number;
  /** The messages that the client has. */
  readonly messages: Set<string>;
}

/** The rooms of all users, as their clients believe. */
export class Stays {
  readonly #stays = new Map<string, Stay>();

  /** Looks at what a room sends to a user; returns whether the client has it already. */
  see(stanza: Element): boolean {
    const user = stanza.attr("to") ?? "";
    const key = keyOf(user, bareJid(stanza.attr("from") ?? ""));
    const presence = parseMucPresence(stanza);
    if (presence?.kind === "left") this.#stays.delete(key);
    if (presence?.kind === "joined" && !this.#stays.has(key)) {
      this.#stays.set(key, { nick: presence.nick, last: 0, messages: new Set() });
    }
    const stay = this.#stays.get(key);
    if (stay === undefined) return false;
    const id = stanza.name === "message" ? stanza.attr("id") : undefined;
    if (id !== undefined && stay.messages.has(id)) return true;
    if (id !== undefined) stay.messages.add(id);
    if (stanza.attr("type") !== "error") stay.last = Date.now();
    return false;
  }

  /** The presence by which the user joins the room again; undefined: the user has left it. */
  rejoin(id: string, user: string, room: string): Element | undefined {
    const stay = this.#stays.get(keyOf(user, room));
    if (stay === undefined) return undefined;
    const seconds = Math.ceil((Date.now() - stay.last) / 1000) + SLACK;
    return joinPresence({ id, user, room, nick: stay.nick, seconds });
  }
}

function keyOf(user: string, room: string): string {
  return `${user} ${room}`;
}
