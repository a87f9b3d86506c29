/**
 * Who made an answer: the side that was asked, or a server on the way that could not deliver the
 * question.
 *
 * @module
 */

import type { IqAnswer } from "./iq.ts";
import { bareJid, domainOf } from "./jid.ts";

/** Who made an answer. */
export type AnswerOrigin =
  /** The side that was asked: it is there, and what it says counts. */
  | "remote"
  /** A server on the way, which could not deliver the question: no word about the other side. */
  | "en-route"
  /** Nobody, or it can't be told: a request for patience may come from either. */
  | "unknown";

/** An answer to a question, or the question itself, as a room reflected it to the user. */
export type AnyAnswer = IqAnswer | { readonly type: "reflected" };

/** Conditions with which a server returns what it could not deliver (RFC 6120 §8.3.3). */
const UNDELIVERED: ReadonlySet<string> = new Set([
  // What was still to be acknowledged when a stream with XEP-0198 between servers broke.
  "recipient-unavailable",
  "remote-server-not-found",
  "remote-server-timeout",
]);

/** Types of errors that are answers, rather than requests for patience (RFC 6120 §8.3.2). */
const FINAL: ReadonlySet<string> = new Set(["auth", "cancel", "modify"]);

/** What biboumi's texts begin with when it has lost a user's connection to IRC. */
const LOST_BY_GATEWAY = "Not connected to IRC server";

/**
 * Says who made an answer. Anything on the way may answer in the name of the one that was asked.
 *
 * @param answer How the question ended.
 * @param asked The bare JID or the domain that was asked.
 * @param homeHosts The domains of the asking server, which itself answers for what it can't reach.
 *
 * @example A link that broke before the question was acknowledged
 * ```ts
 * import { answerOrigin } from "@roomkeeper/roomkeeper/xmpp";
 * import { assertEquals } from "@std/assert";
 *
 * const homeHosts = new Set(["home.example"]);
 * const answer = { type: "error", errorType: "cancel" } as const;
 * const originOf = (condition: string) =>
 *   answerOrigin({ ...answer, condition }, "garden@rooms.example", homeHosts);
 *
 * assertEquals(originOf("recipient-unavailable"), "en-route");
 * assertEquals(originOf("not-acceptable"), "remote");
 * ```
 */
export function answerOrigin(
  answer: AnyAnswer,
  asked: string,
  homeHosts: ReadonlySet<string>,
): AnswerOrigin {
  if (answer.type === "timeout") return "unknown";
  if (answer.type !== "error" || isLostByGateway(answer)) return "remote";
  const { condition, errorType, by } = answer;
  if (isUndelivered(condition) || isByHome(by, asked, homeHosts)) return "en-route";
  return FINAL.has(errorType) ? "remote" : "unknown";
}

/**
 * Whether a server says with this condition that it could not deliver a stanza. Where the whole
 * answer is known, {@linkcode answerOrigin} knows better.
 */
export function isUndelivered(condition: string): boolean {
  return UNDELIVERED.has(condition);
}

/**
 * Whether a gateway says that it has lost the user's connection to the network behind it: biboumi
 * 9.0 does so with `remote-server-not-found`, since November 2024 with `recipient-unavailable`.
 */
export function isLostByGateway(answer: AnyAnswer): boolean {
  return answer.type === "error" && isUndelivered(answer.condition) &&
    (answer.text ?? "").startsWith(LOST_BY_GATEWAY);
}

/** Some name the occupant where they mean the room, so bare JIDs are compared. */
function isByHome(by: string | undefined, asked: string, homeHosts: ReadonlySet<string>): boolean {
  return by !== undefined && bareJid(by) !== asked && homeHosts.has(domainOf(by));
}
