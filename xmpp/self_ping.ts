/**
 * MUC self-ping (XEP-0410): asks a room whether a user is in it, and tells what the answer means.
 *
 * @module
 */

import { type Element, xml } from "../xml/element.ts";
import type { IqAnswer } from "./iq.ts";
import { domainOf } from "./jid.ts";
import { NS } from "./namespaces.ts";
import { DISCO_TABLE, SELF_PING_TABLE } from "./self_ping_table.ts";
import type {
  DiscoRow,
  SelfPingAnswer,
  SelfPingContext,
  SelfPingRow,
  SelfPingVerdict,
  Verdict,
  WhyGone,
} from "./self_ping_table.ts";

export type { SelfPingAnswer, SelfPingContext, SelfPingVerdict, Verdict, WhyGone };

/** A self-ping to build. */
export interface SelfPingOptions {
  /** The full JID of the user, who the room will take for the sender. */
  readonly user: string;
  /** The bare JID of the room. */
  readonly room: string;
  /** The user's nick in the room. */
  readonly nick: string;
  /** The id of the stanza, by which its answer is known. */
  readonly id: string;
}

/**
 * Builds a self-ping: an `iq` from a user to the user's own occupant JID.
 *
 * Hold it back while a nick change of the user is not yet confirmed (XEP-0410 §4).
 */
export function selfPing(options: SelfPingOptions): Element {
  const { user, room, nick, id } = options;
  return xml(
    "iq",
    NS.component,
    { type: "get", id, from: user, to: `${room}/${nick}` },
    xml("ping", NS.ping),
  );
}

/**
 * Tells who is who, for {@linkcode interpretSelfPing}.
 *
 * @param room The bare JID of the room.
 * @param homeHosts The domains of the users' own server.
 */
export function selfPingContext(room: string, homeHosts: ReadonlySet<string>): SelfPingContext {
  return { room, mucHost: domainOf(room), homeHosts };
}

/**
 * What an answer to a self-ping means, by {@linkcode SELF_PING_TABLE}.
 *
 * @example Was the user dropped?
 * ```ts
 * import { interpretSelfPing, selfPingContext } from "@roomkeeper/roomkeeper/xmpp";
 * import { assertEquals } from "@std/assert";
 *
 * const context = selfPingContext("garden@rooms.example", new Set(["home.example"]));
 * const answer = { type: "error", condition: "not-acceptable", errorType: "cancel" } as const;
 *
 * assertEquals(interpretSelfPing(answer, context), { state: "gone", why: "not-occupant" });
 * ```
 */
export function interpretSelfPing(
  answer: SelfPingAnswer,
  context: SelfPingContext,
): SelfPingVerdict {
  return explainSelfPing(answer, context).verdict;
}

/** As {@linkcode interpretSelfPing}, but returns the row of the table, for logs. */
export function explainSelfPing(answer: SelfPingAnswer, context: SelfPingContext): SelfPingRow {
  return SELF_PING_TABLE.find((row) => row.fits(answer, context))!;
}

/** What a room's answer to disco#info means after `ask-room`, by {@linkcode DISCO_TABLE}. */
export function interpretDisco(answer: IqAnswer, context: SelfPingContext): Verdict {
  return explainDisco(answer, context).verdict;
}

/** As {@linkcode interpretDisco}, but returns the row of the table, for logs. */
export function explainDisco(answer: IqAnswer, context: SelfPingContext): DiscoRow {
  return DISCO_TABLE.find((row) => row.fits(answer, context))!;
}
