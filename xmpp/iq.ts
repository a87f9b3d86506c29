/**
 * Info/query stanzas (RFC 6120 §8.2.3): questions, and their answers.
 *
 * @module
 */

import { type Element, xml } from "../xml/element.ts";
import { errorReply, parseStanzaError, type StanzaErrorCondition } from "./stanza_error.ts";
import type { StanzaErrorType } from "./stanza_error.ts";

/** How a question to another entity ended. */
export type IqAnswer =
  /** The answer was a result. */
  | { readonly type: "result" }
  /** The answer was an error. */
  | {
    readonly type: "error";
    /** The condition (RFC 6120 §8.3.3). */
    readonly condition: string;
    /** The type of the error (RFC 6120 §8.3.2). */
    readonly errorType: string;
    /** Who found the error, if it is told. */
    readonly by?: string | undefined;
    /** The explanation for people. Only where nothing else tells two cases apart it decides. */
    readonly text?: string | undefined;
    /** Where to turn to instead: the URI that `gone` and `redirect` can carry. */
    readonly uri?: string | undefined;
  }
  /** No answer came in time. */
  | { readonly type: "timeout" };

/** Whether a stanza is a question, one that must be answered: an `iq` of type `get` or `set`. */
export function isIqRequest(stanza: Element): boolean {
  const type = stanza.attr("type");
  return stanza.name === "iq" && (type === "get" || type === "set");
}

/**
 * Reads how a question was answered.
 *
 * @param iq The stanza that came with the id of the question.
 * @returns A result or an error, or `undefined` if the stanza is no answer.
 */
export function parseIqAnswer(iq: Element): Exclude<IqAnswer, { type: "timeout" }> | undefined {
  if (iq.name !== "iq") return undefined;
  if (iq.attr("type") === "result") return { type: "result" };
  const error = parseStanzaError(iq);
  if (!error) return undefined;
  const { type: errorType, condition, by, text, uri } = error;
  return { type: "error", condition, errorType, by, uri, ...(text !== undefined && { text }) };
}

/**
 * Builds the answer to a question.
 *
 * @example Answer a ping
 * ```ts
 * import { iqResult, isPing } from "@roomkeeper/roomkeeper/xmpp";
 * import { serialize, xml } from "@roomkeeper/roomkeeper/xml";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const ns = "jabber:client";
 * const ping = xml(
 *   "iq",
 *   ns,
 *   { type: "get", id: "p1", from: "home.example", to: "keeper.example" },
 *   xml("ping", "urn:xmpp:ping"),
 * );
 *
 * assert(isPing(ping));
 * assertEquals(
 *   serialize(iqResult(ping), { ns }),
 *   "<iq from='keeper.example' to='home.example' id='p1' type='result'/>",
 * );
 * ```
 *
 * @param request The question.
 * @param children What the answer carries.
 */
export function iqResult(request: Element, ...children: readonly Element[]): Element {
  return xml(
    "iq",
    request.ns,
    { from: request.attr("to"), to: request.attr("from"), id: request.attr("id"), type: "result" },
    ...children,
  );
}

/**
 * Builds the refusal of a question.
 *
 * @param request The question.
 * @param condition What is wrong.
 * @param type What the asker can do about it.
 * @param text An explanation for people; none by default.
 */
export function iqError(
  request: Element,
  condition: StanzaErrorCondition,
  type: StanzaErrorType,
  text?: string,
): Element {
  return errorReply(request, { type, condition, text });
}
