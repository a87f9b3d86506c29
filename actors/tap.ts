/**
 * The tap: turns what a server copies to us into typed events, and drops the rest.
 *
 * @module
 */
import type { Element } from "../xml/element.ts";
import { unwrapForwarded } from "../xmpp/forward.ts";
import { parseIqAnswer } from "../xmpp/iq.ts";
import { bareJid, domainOf, resourceOf } from "../xmpp/jid.ts";
import { type MalformedLinkNoticeError, parseLinkNotices } from "../xmpp/link.ts";
import type { LinkNotice } from "../xmpp/link_notices.ts";
import { parseMucPresence } from "../xmpp/muc.ts";
import { isPing } from "../xmpp/ping.ts";
import { parseStanzaError } from "../xmpp/stanza_error.ts";
import type { FeedEvent } from "./events.ts";

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
    /** The stanza that was copied, by kind; `link` for notices. */
    readonly kind: "presence" | "message" | "iq" | "link";
    /** What it tells about users and rooms. */
    readonly event?: FeedEvent;
    /** What a server plugin tells. */
    readonly notices?: readonly LinkNotice[];
    /** Notices that could not be understood. */
    readonly malformed?: readonly MalformedLinkNoticeError[];
  }
  /** It looks like a copy or a notice, but its sender is nobody we watch. */
  | { readonly type: "forged"; readonly from: string }
  /** Something else: an answer to us, a question, chatter. */
  | { readonly type: "other" };

const OTHER: Tapped = { type: "other" };

/**
 * Says what a stanza means to the keeper.
 *
 * Copies and notices are believed only if `from` is exactly a watched host. Anybody can send the
 * same XML, but a server stamps the sender of everything that its users and its peers send.
 */
export function tap(stanza: Element, context: TapContext): Tapped {
  if (stanza.name !== "message") return OTHER;
  const copy = unwrapForwarded(stanza);
  const { notices, malformed } = parseLinkNotices(stanza);
  if (copy === undefined && notices.length === 0 && malformed.length === 0) return OTHER;
  const from = stanza.attr("from") ?? "";
  if (!context.watched.has(from)) return { type: "forged", from };
  if (copy === undefined) return { type: "feed", host: from, kind: "link", notices, malformed };
  const event = readCopy(copy, from, context.prefix);
  const kind = copy.name as "presence" | "message" | "iq";
  return event === undefined
    ? { type: "feed", host: from, kind }
    : { type: "feed", host: from, kind, event };
}

/** What a copied stanza tells, if anything. */
export function readCopy(copy: Element, host: string, prefix: string): FeedEvent | undefined {
  const from = copy.attr("from") ?? "";
  const to = copy.attr("to") ?? "";
  if (isSession(from, host)) return readOutgoing(copy, from, to);
  if (!isSession(to, host)) return undefined;
  switch (copy.name) {
    case "presence":
      return readPresence(copy, from, to);
    case "message":
      return readMessage(copy, from, to);
    default:
      return readIq(copy, from, to, prefix);
  }
}

/** Whether a JID is the full JID of a user of `host`. */
function isSession(jid: string, host: string): boolean {
  return jid.includes("@") && resourceOf(jid) !== undefined && domainOf(jid) === host;
}

/** A presence of one of our users: to a room, or to everybody when the session ends. */
function readOutgoing(copy: Element, user: string, to: string): FeedEvent | undefined {
  if (copy.name !== "presence") return undefined;
  const type = copy.attr("type");
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

function readPresence(copy: Element, from: string, user: string): FeedEvent | undefined {
  const unreachable = readUnreachable(copy, from, user);
  if (unreachable !== undefined) return unreachable;
  const presence = parseMucPresence(copy);
  if (presence === undefined) return undefined;
  const { room, nick, kind } = presence;
  switch (kind) {
    case "joined":
      return { type: "joined", user, room, nick };
    case "left":
      return { type: "left", user, room };
    case "renamed":
      return { type: "renamed", user, room, nick: presence.newNick };
    case "other":
      return { type: "seen", user, room };
    case "refused":
      return undefined;
  }
}

function readMessage(copy: Element, from: string, user: string): FeedEvent | undefined {
  if (copy.attr("type") === "error") return readUnreachable(copy, from, user);
  return copy.attr("type") === "groupchat"
    ? { type: "seen", user, room: bareJid(from) }
    : undefined;
}

function readIq(copy: Element, from: string, user: string, prefix: string): FeedEvent | undefined {
  const room = bareJid(from);
  const id = copy.attr("id") ?? "";
  if (id.startsWith(prefix)) {
    const answer = parseIqAnswer(copy);
    if (answer !== undefined) return { type: "answered", id, user, room, answer };
  }
  if (isPing(copy)) {
    const nick = resourceOf(from);
    return nick === undefined ? undefined : { type: "reflected", user, room, nick };
  }
  return readUnreachable(copy, from, user);
}

/** An error by which our own server says that a domain could not be reached. */
function readUnreachable(copy: Element, from: string, user: string): FeedEvent | undefined {
  const condition = parseStanzaError(copy)?.condition;
  return condition === "remote-server-not-found" || condition === "remote-server-timeout"
    ? { type: "unreachable", user, domain: domainOf(from) }
    : undefined;
}
