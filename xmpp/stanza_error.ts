/**
 * Stanza errors (RFC 6120 §8.3): what went wrong with a stanza, and who says so.
 *
 * @module
 */

import { type Element, xml } from "../xml/element.ts";
import { isOversized } from "./jid.ts";
import { NS } from "./namespaces.ts";

/** What the sender of a stanza can do about its error (RFC 6120 §8.3.2). */
export type StanzaErrorType = "auth" | "cancel" | "continue" | "modify" | "wait";

/** The conditions of RFC 6120 §8.3.3. */
export type StanzaErrorCondition =
  | "bad-request"
  | "conflict"
  | "feature-not-implemented"
  | "forbidden"
  | "gone"
  | "internal-server-error"
  | "item-not-found"
  | "jid-malformed"
  | "not-acceptable"
  | "not-allowed"
  | "not-authorized"
  | "policy-violation"
  | "recipient-unavailable"
  | "redirect"
  | "registration-required"
  | "remote-server-not-found"
  | "remote-server-timeout"
  | "resource-constraint"
  | "service-unavailable"
  | "subscription-required"
  | "undefined-condition"
  | "unexpected-request";

/** What the `<error/>` of a stanza says. */
export interface StanzaError {
  /** What to do about it; `"cancel"` if the stanza does not say or says nothing known. */
  readonly type: StanzaErrorType;
  /** The condition: one of {@linkcode StanzaErrorCondition}, or a name that a later RFC may add. */
  readonly condition: string;
  /** The address of the entity that found the error, if it is told. */
  readonly by?: string | undefined;
  /** The explanation for people, if there is one. */
  readonly text?: string | undefined;
  /** Where to turn to instead: the URI that `gone` and `redirect` can carry. */
  readonly uri?: string | undefined;
}

const TYPES: ReadonlySet<string> = new Set(["auth", "cancel", "continue", "modify", "wait"]);

/**
 * Reads the error of a stanza.
 *
 * @param stanza Any stanza.
 * @returns The error, or `undefined` if the stanza is not of type `error`. A stanza of this type
 *   without a usable `<error/>` has the condition `undefined-condition`.
 */
export function parseStanzaError(stanza: Element): StanzaError | undefined {
  if (stanza.attr("type") !== "error") return undefined;
  const error = stanza.child("error");
  const details = error?.elements(undefined, NS.stanzaErrors) ?? [];
  const condition = details.find((detail) => detail.name !== "text");
  const type = error?.attr("type") ?? "";
  return {
    type: TYPES.has(type) ? type as StanzaErrorType : "cancel",
    condition: condition?.name ?? "undefined-condition",
    by: bounded(error?.attr("by")),
    text: bounded(details.find((detail) => detail.name === "text")?.text),
    uri: bounded(condition?.text.trim()),
  };
}

/** A text that is there, and not longer than anybody needs it to be. */
function bounded(text: string | undefined): string | undefined {
  return text === undefined || text === "" || isOversized(text) ? undefined : text;
}

/**
 * Builds the `<error/>` of a stanza.
 *
 * @param error What it is to say.
 * @param ns The namespace of the stanza that it goes into.
 */
export function stanzaError(error: StanzaError, ns: string = NS.component): Element {
  return xml(
    "error",
    ns,
    { type: error.type, by: error.by },
    xml(error.condition, NS.stanzaErrors, {}, error.uri),
    error.text === undefined ? undefined : xml("text", NS.stanzaErrors, {}, error.text),
  );
}

/**
 * Builds the stanza that refuses another: back to its sender, with the same name and id. What the
 * refused stanza carried is left out.
 *
 * Never answer a stanza of type `error` with this, nor an `iq` of type `result` (RFC 6120 §8.3.1).
 *
 * @example Refuse a message
 * ```ts
 * import { errorReply } from "@roomkeeper/roomkeeper/xmpp";
 * import { serialize, xml } from "@roomkeeper/roomkeeper/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const ns = "jabber:client";
 * const message = xml("message", ns, { from: "romeo@montague.example", to: "keeper", id: "m1" });
 *
 * assertEquals(
 *   serialize(errorReply(message, { type: "cancel", condition: "not-allowed" }), { ns }),
 *   "<message from='keeper' to='romeo@montague.example' id='m1' type='error'>" +
 *     "<error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>" +
 *     "</message>",
 * );
 * ```
 */
export function errorReply(stanza: Element, error: StanzaError): Element {
  return xml(
    stanza.name,
    stanza.ns,
    { from: stanza.attr("to"), to: stanza.attr("from"), id: stanza.attr("id"), type: "error" },
    stanzaError(error, stanza.ns),
  );
}
