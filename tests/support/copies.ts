/** The stanzas between users and rooms that a server copies to the keeper. */

import { type Element, xml } from "../../xml/mod.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { type StanzaError, stanzaError } from "../../xmpp/stanza_error.ts";
import type { KnownJoin } from "../../actors/messages/events.ts";
import { HOME } from "./world.ts";

/** The room shows the user in. */
export function selfPresence({ user, room, nick }: KnownJoin): Element {
  return presence(`${room}/${nick}`, user, undefined, mucUser(undefined, 110));
}

/** A user leaves. */
export function leaving({ user, room, nick }: KnownJoin): Element {
  return presence(user, `${room}/${nick}`, "unavailable");
}

/** The room lets the user go. */
export function left({ user, room, nick }: KnownJoin): Element {
  return presence(`${room}/${nick}`, user, "unavailable", mucUser(undefined, 110));
}

/** The user's presence to the room, to join it or to change the nick. */
export function directed({ user, room, nick }: KnownJoin): Element {
  return presence(user, `${room}/${nick}`);
}

/** The room agrees to another nick, in place of `from`. */
export function renamed({ user, room, nick }: KnownJoin, from: string): Element {
  return presence(`${room}/${from}`, user, "unavailable", mucUser(nick, 303, 110));
}

/** A session's last presence, to everybody. */
export function offline(user: string): Element {
  return presence(user, undefined, "unavailable");
}

/** What somebody wrote, as the room gives it to an occupant. */
export function groupChat({ user, room }: KnownJoin, by: string, text: string): Element {
  const attrs = { type: "groupchat", from: `${room}/${by}`, to: user };
  return xml("message", NS.client, attrs, xml("body", NS.client, {}, text));
}

/** A user's message to a room comes back, for what `error` says. */
export function bounce({ user, room }: KnownJoin, error: StanzaError): Element {
  const attrs = { type: "error", from: room, to: user };
  return xml("message", NS.client, attrs, stanzaError(error, NS.client));
}

/** What our server says of a domain that it can't reach. */
export const NOT_FOUND: StanzaError = {
  type: "cancel",
  condition: "remote-server-not-found",
  by: HOME,
};

/** What it says of one that does not answer. */
export const TIMEOUT: StanzaError = { type: "wait", condition: "remote-server-timeout", by: HOME };

function presence(
  from: string,
  to: string | undefined,
  type?: string,
  ...children: Element[]
): Element {
  return xml("presence", NS.client, { from, to, type }, ...children);
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
