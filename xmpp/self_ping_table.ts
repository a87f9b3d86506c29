/**
 * What each answer to a self-ping means, as data: one row a case.
 *
 * @module
 */

import { answerOrigin, type AnyAnswer, isLostByGateway } from "./answer_origin.ts";
import type { IqAnswer } from "./iq.ts";
import { bareJid } from "./jid.ts";

/** How a self-ping ended: as any question, or seen as it was reflected to the user by the room. */
export type SelfPingAnswer = AnyAnswer;

/** Who is who in a self-ping. */
export interface SelfPingContext {
  /** The bare JID of the room. */
  readonly room: string;
  /** The domain of the room. */
  readonly mucHost: string;
  /** The domains of the users' own server, which itself answers for domains it can't reach. */
  readonly homeHosts: ReadonlySet<string>;
}

/** Why a user is not in a room. */
export type WhyGone =
  /** The room is there, but does not have the user. */
  | "not-occupant"
  /** There is no such room: whoever joined it now would make it. */
  | "vanished"
  /** The room has ended or moved for good: do not join it again. */
  | "ended";

/** What is known of a user and a room after an answer. */
export type Verdict =
  /** The user is in the room. */
  | { readonly state: "joined" }
  /** The user is not in the room. */
  | { readonly state: "gone"; readonly why: WhyGone }
  /** The answer says nothing of the user and the room: ask again later. */
  | { readonly state: "undecided" };

/** A verdict on a self-ping; after `ask-room` send a disco#info query to the room. */
export type SelfPingVerdict = Verdict | { readonly state: "ask-room" };

/** One case: which answers it is about, and what they mean. */
export interface AnswerRow<A, V> {
  /** The name of the case, for logs and tests. */
  readonly name: string;
  /** Whether an answer is such a case, if it is none of a row before. */
  readonly fits: (answer: A, context: SelfPingContext) => boolean;
  /** What it means. */
  readonly verdict: V;
  /** Where this was seen (servers and versions), or else which text says so. */
  readonly source: string;
}

/** A row of {@linkcode SELF_PING_TABLE}. */
export type SelfPingRow = AnswerRow<SelfPingAnswer, SelfPingVerdict>;

/** A row of {@linkcode DISCO_TABLE}. */
export type DiscoRow = AnswerRow<IqAnswer, Verdict>;

const JOINED = { state: "joined" } as const;
const NOT_OCCUPANT = { state: "gone", why: "not-occupant" } as const;
const VANISHED = { state: "gone", why: "vanished" } as const;
const ENDED = { state: "gone", why: "ended" } as const;
const UNDECIDED = { state: "undecided" } as const;
const ASK_ROOM = { state: "ask-room" } as const;

/**
 * What the answers to a self-ping mean. The first row that fits counts; the last fits all.
 *
 * The rule behind the order: first what tells nothing of the room, whatever its condition says; then
 * the signs of being in it; then all else, which a room says to those who are not.
 */
export const SELF_PING_TABLE: readonly SelfPingRow[] = [
  {
    name: "result",
    fits: (answer) => answer.type === "result",
    verdict: JOINED,
    source: "Prosody 0.12.3 and 13.0.1, ejabberd 23.01 and 24.12, biboumi 9.0",
  },
  {
    name: "ping reflected by the room to one of the user's clients",
    fits: (answer) => answer.type === "reflected",
    verdict: JOINED,
    source: "XEP-0410 §3.2",
  },
  {
    name: "no answer in time",
    fits: (answer) => answer.type === "timeout",
    verdict: UNDECIDED,
    source: "Prosody 0.12.3 and 13.0.1, ejabberd 23.01 and 24.12 with the room's server frozen",
  },
  {
    name: "the gateway has lost the user's connection to the network",
    fits: isLostByGateway,
    verdict: NOT_OCCUPANT,
    source:
      "biboumi 9.0 (`remote-server-not-found`) and 9.0 of 2024-11 (`recipient-unavailable`) " +
      "after a restart, by the text: type cancel, without `by`",
  },
  {
    name: "the room's server can't be reached",
    fits: (answer, context) =>
      isEnRoute(answer, context) && has(answer, "remote-server-not-found", "remote-server-timeout"),
    verdict: UNDECIDED,
    source:
      "Prosody 0.12.3 (by the home server) and 13.0.1 (without `by`), ejabberd 23.01 and 24.12",
  },
  {
    name: "the link broke before the ping was acknowledged",
    fits: (answer, context) => isEnRoute(answer, context) && has(answer, "recipient-unavailable"),
    verdict: UNDECIDED,
    source:
      "Prosody 0.12.3 (without `by`) and 13.0.1 (by the home server), XEP-0198 between servers",
  },
  {
    name: "answered by the home server",
    fits: isEnRoute,
    verdict: UNDECIDED,
    source: "RFC 6120 §8.3.2: the error's `by`",
  },
  {
    name: "try again later",
    fits: (answer, context) => !isRemote(answer, context),
    verdict: UNDECIDED,
    source: "RFC 6120 §8.3.2: type `wait`; `continue` is no failure",
  },
  {
    name: "the ping itself failed",
    fits: (answer) =>
      has(
        answer,
        "internal-server-error",
        "jid-malformed",
        "policy-violation",
        "resource-constraint",
      ),
    verdict: UNDECIDED,
    source: "RFC 6120 §8.3.3: no condition of these tells who is in a room",
  },
  {
    name: "no such service, says the MUC host itself",
    fits: (answer, { mucHost }) => isUnsupported(answer) && by(answer) === mucHost,
    verdict: ASK_ROOM,
    source: "RFC 6120 §8.3.3.19: the host may have no rooms any more",
  },
  {
    name: "reflected to a client that can't answer pings",
    fits: isUnsupported,
    verdict: JOINED,
    source: "XEP-0410 §3.2",
  },
  {
    name: "no such nick, says the room",
    fits: (answer, { room }) => has(answer, "item-not-found") && by(answer) === room,
    verdict: JOINED,
    source: "Prosody 0.12.3 and 13.0.1, after a nick change; XEP-0410 §3.2",
  },
  {
    name: "no such room, says the MUC host",
    fits: (answer, { mucHost }) => has(answer, "item-not-found") && by(answer) === mucHost,
    verdict: VANISHED,
    source: "Prosody 0.12.3 and 13.0.1",
  },
  {
    name: "no such room or no such nick",
    fits: (answer) => has(answer, "item-not-found"),
    verdict: ASK_ROOM,
    source: "ejabberd 23.01 and 24.12, without `by`",
  },
  {
    name: "the room has ended for good",
    fits: (answer) => has(answer, "gone"),
    verdict: ENDED,
    source: "RFC 6120 §8.3.3.5",
  },
  {
    name: "not an occupant",
    fits: (answer) => has(answer, "not-acceptable"),
    verdict: NOT_OCCUPANT,
    source: "Prosody 0.12.3 and 13.0.1 (cancel, by the room), ejabberd 23.01 and 24.12 (modify, " +
      "without `by`)",
  },
  {
    name: "not an occupant, in other words",
    fits: (answer) => has(answer, "not-allowed", "bad-request", "forbidden"),
    verdict: NOT_OCCUPANT,
    source: "XEP-0410 §3.2, note on other services",
  },
  {
    name: "any other refusal",
    fits: () => true,
    verdict: NOT_OCCUPANT,
    source: "XEP-0410 §3.2: any other error",
  },
];

/**
 * What the room's answer to disco#info means for a user whose self-ping ended with `ask-room`. The
 * first row that fits counts; the last fits all.
 */
export const DISCO_TABLE: readonly DiscoRow[] = [
  {
    name: "the room is there, so only the nick is unknown",
    fits: (answer) => answer.type === "result",
    verdict: JOINED,
    source: "XEP-0410 §3.2: item-not-found after a nick change",
  },
  {
    name: "answered on the way",
    fits: isEnRoute,
    verdict: UNDECIDED,
    source: "RFC 6120 §8.3.2: the error's `by`",
  },
  {
    name: "the room is not there",
    fits: (answer, context) => isRemote(answer, context) && has(answer, "item-not-found"),
    verdict: VANISHED,
    source: "Prosody 0.12.3 and 13.0.1 (by the MUC host), ejabberd 23.01 and 24.12 (without `by`)",
  },
  {
    name: "the room has ended for good",
    fits: (answer, context) => isRemote(answer, context) && has(answer, "gone"),
    verdict: ENDED,
    source: "RFC 6120 §8.3.3.5",
  },
  {
    name: "no word on whether the room is there",
    fits: () => true,
    verdict: UNDECIDED,
    source: "XEP-0045 #disco-roominfo: a room may keep its information to itself",
  },
];

function has(answer: SelfPingAnswer, ...conditions: readonly string[]): boolean {
  return answer.type === "error" && conditions.includes(answer.condition);
}

/** Occupants' clients without ping say this through the room. */
function isUnsupported(answer: SelfPingAnswer): boolean {
  return has(answer, "service-unavailable", "feature-not-implemented");
}

/** Who found the error, as a bare JID: some name the occupant where they mean the room. */
function by(answer: SelfPingAnswer): string | undefined {
  return answer.type === "error" && answer.by !== undefined ? bareJid(answer.by) : undefined;
}

/** Whether a server on the way answered, since it could not deliver the question. */
function isEnRoute(answer: SelfPingAnswer, { room, homeHosts }: SelfPingContext): boolean {
  return answerOrigin(answer, room, homeHosts) === "en-route";
}

/** Whether the room's side made the answer, and it is one, rather than a request for patience. */
function isRemote(answer: SelfPingAnswer, { room, homeHosts }: SelfPingContext): boolean {
  return answerOrigin(answer, room, homeHosts) === "remote";
}
