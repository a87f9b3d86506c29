/**
 * The tap: turns what a server copies to us into typed events, and drops the rest.
 *
 * @module
 */
import type { Element } from "../xml/element.ts";
import { isUndelivered } from "../xmpp/answer_origin.ts";
import { unwrapForwarded } from "../xmpp/forward.ts";
import { bareJid, domainOf, hasOversizedPart, isOversized, resourceOf } from "../xmpp/jid.ts";
import { parsePluginEvents } from "../xmpp/plugin_message.ts";
import type { PluginPayload } from "../xmpp/plugin_events.ts";
import { type CopiedStanza, ParsedCopy, type StanzaKind } from "./copied_stanza.ts";
import type { FeedEvent } from "../actors/messages/events.ts";

/** What the tap has to know to believe a copy. */
export interface TapContext {
  /** The hosts whose users are kept. */
  readonly watched: ReadonlySet<string>;
  /** What the ids of our own questions begin with. */
  readonly prefix: string;
}

/** What one stanza on the component stream is to us. */
export type Tapped =
  /** A copy of a stanza, or a notice of a server plugin: what it tells, which may be nothing. */
  | {
    readonly type: "feed";
    /** The watched host that sent it. */
    readonly host: string;
    /** The stanza that was copied, by kind; `link` for pluginEvents. */
    readonly kind: StanzaKind | "link";
    /** What it tells about users and rooms. */
    readonly event?: FeedEvent;
    /** What a server plugin tells. */
    readonly pluginEvents?: readonly PluginPayload[];
    /** What could not be understood, or can't be. */
    readonly malformed?: readonly Error[];
  }
  /** It looks like a copy or a notice, but its sender is nobody we watch. */
  | { readonly type: "forged"; readonly from: string }
  /** Something else: an answer to us, a question, chatter. */
  | { readonly type: "other" };

const OTHER: Tapped = { type: "other" };

/**
 * Says what a stanza means to the keeper.
 *
 * Copies and pluginEvents are believed only if `from` is exactly a watched host. Anybody can send the
 * same XML, but a server stamps the sender of everything that its users and its peers send.
 */
export function tap(stanza: Element, context: TapContext): Tapped {
  if (stanza.name === "iq") return tapAnswer(stanza, context);
  if (stanza.name !== "message") return OTHER;
  const copy = unwrapForwarded(stanza);
  const { events: pluginEvents, malformed } = parsePluginEvents(stanza);
  if (copy === undefined && pluginEvents.length === 0 && malformed.length === 0) return OTHER;
  const from = stanza.attr("from") ?? "";
  if (!context.watched.has(from)) return { type: "forged", from };
  if (copy === undefined) {
    return { type: "feed", host: from, kind: "link", pluginEvents, malformed };
  }
  return tapCopy(new ParsedCopy(copy, from), from, context.prefix);
}

/**
 * A server that hosts the rooms itself hands the answer to a question straight back to us, though
 * it was asked in a user's name.
 */
function tapAnswer(iq: Element, { watched, prefix }: TapContext): Tapped {
  const host = domainOf(iq.attr("to") ?? "");
  if (!watched.has(host)) return OTHER;
  const event = readCopy(new ParsedCopy(iq, host), prefix);
  return event?.type === "answered" ? { type: "feed", host, kind: "iq", event } : OTHER;
}

/** Says what a copied stanza means that came from the watched host. */
export function tapCopy(copy: CopiedStanza, host: string, prefix: string): Tapped {
  const event = readCopy(copy, prefix);
  const { kind } = copy;
  if (event === undefined) return { type: "feed", host, kind };
  if (isMalformed(event)) {
    return { type: "feed", host, kind, malformed: [new OversizedError(kind)] };
  }
  return { type: "feed", host, kind, event };
}

/** A stanza names an address or a nick that is longer than there can be. */
export class OversizedError extends Error {
  /** `OversizedError` */
  override readonly name = "OversizedError";

  /** Makes the error about a stanza of this kind. */
  constructor(kind: StanzaKind) {
    super(`the copy of a stanza (${kind}) has an address or a nick of more than 1,023 bytes`);
  }
}

function isMalformed(event: FeedEvent): boolean {
  return "user" in event && hasOversizedPart(event.user) ||
    "room" in event && hasOversizedPart(event.room) ||
    "nick" in event && isOversized(event.nick);
}

/** What a copied stanza tells, if anything. */
export function readCopy(copy: CopiedStanza, prefix: string): FeedEvent | undefined {
  const { from, to } = copy;
  if (copy.fromSession) return readOutgoing(copy, from, to);
  if (!copy.toSession) return undefined;
  switch (copy.kind) {
    case "presence":
      return readPresence(copy, from, to, prefix);
    case "message":
      return readMessage(copy, from, to);
    case "iq":
      return readIq(copy, from, to, prefix);
  }
}

/** A presence of one of our users: to a room, or to everybody when the session ends. */
function readOutgoing(copy: CopiedStanza, user: string, to: string): FeedEvent | undefined {
  const { kind, type } = copy;
  if (kind !== "presence") return undefined;
  // A session without presence is in no room: the server takes it out of all of them.
  if (to === "" || to === bareJid(user)) {
    return type === "unavailable" ? { type: "ended", user } : undefined;
  }
  const room = bareJid(to);
  // The room's own word may never come when the link is down; the user has left all the same.
  if (type === "unavailable") return { type: "left", user, room };
  const nick = resourceOf(to);
  return type === undefined && nick !== undefined
    ? { type: "renaming", user, room, nick }
    : undefined;
}

/** What a room tells an occupant: in, out, renamed, or about somebody else (XEP-0045). */
function readPresence(
  copy: CopiedStanza,
  from: string,
  user: string,
  prefix: string,
): FeedEvent | undefined {
  const { type } = copy;
  if (type === "error") {
    return readRefusal(copy, from, user, prefix) ?? readUnreachable(copy, from, user);
  }
  const nick = resourceOf(from);
  if (!nick || !copy.fromRoom || (type !== undefined && type !== "unavailable")) return undefined;
  const room = bareJid(from);
  // Each occupant is told as itself when the room ends; not every server marks that with 110.
  if (type === "unavailable" && copy.isDestroyed) return { type: "left", user, room };
  if (!copy.hasStatus(110)) return { type: "seen", user, room };
  if (type === undefined) {
    return { type: "joined", user, room, nick, ...(copy.hasStatus(201) && { created: true }) };
  }
  const newNick = copy.hasStatus(303) ? copy.itemNick : undefined;
  return newNick ? { type: "renamed", user, room, nick: newNick } : { type: "left", user, room };
}

/** A join of ours is answered with an error. Some rooms leave its id out, so that it may be ours. */
function readRefusal(
  copy: CopiedStanza,
  from: string,
  user: string,
  prefix: string,
): FeedEvent | undefined {
  const { id } = copy;
  if (id !== "" && !copy.idStartsWith(prefix)) return undefined;
  const error = copy.error();
  // Without an id it may be any presence that our own server could not deliver.
  if (error === undefined || (id === "" && isUndelivered(error.condition))) return undefined;
  return { type: "refused", id, user, room: bareJid(from), error };
}

function readMessage(copy: CopiedStanza, from: string, user: string): FeedEvent | undefined {
  if (copy.type === "error") {
    return readUnreachable(copy, from, user) ?? readRejected(copy, from, user);
  }
  return copy.type === "groupchat" ? { type: "seen", user, room: bareJid(from) } : undefined;
}

/** The room itself says that the user, who has just written to it, is not in it. */
function readRejected(
  { condition }: CopiedStanza,
  room: string,
  user: string,
): FeedEvent | undefined {
  const isFromRoom = room.includes("@") && resourceOf(room) === undefined;
  return isFromRoom && (condition === "not-acceptable" || condition === "item-not-found")
    ? { type: "rejected", user, room }
    : undefined;
}

function readIq(
  copy: CopiedStanza,
  from: string,
  user: string,
  prefix: string,
): FeedEvent | undefined {
  const room = bareJid(from);
  if (copy.idStartsWith(prefix)) {
    const answer = copy.answer();
    if (answer !== undefined) return { type: "answered", id: copy.id, user, room, answer };
  }
  if (copy.isPing) {
    const nick = resourceOf(from);
    return nick === undefined ? undefined : { type: "reflected", user, room, nick };
  }
  return readUnreachable(copy, from, user);
}

/** An error by which our own server says that a domain could not be reached. */
function readUnreachable(copy: CopiedStanza, from: string, user: string): FeedEvent | undefined {
  const { condition } = copy;
  return condition !== undefined && isUndelivered(condition)
    ? { type: "unreachable", user, domain: domainOf(from) }
    : undefined;
}
