/**
 * Service discovery, information (XEP-0030): what an entity is and can do.
 *
 * @module
 */

import { type Element, xml } from "../xml/element.ts";
import { iqResult } from "./iq.ts";
import { NS } from "./namespaces.ts";

/** What an entity is (XEP-0030 §3.1), by the registry of categories and types. */
export interface DiscoIdentity {
  /** The category, such as `"conference"`. */
  readonly category: string;
  /** The type in its category, such as `"text"`. */
  readonly type: string;
  /** The name for people, if it has one. */
  readonly name?: string | undefined;
}

/** What an entity tells about itself. */
export interface DiscoInfo {
  /** What it is. */
  readonly identities: readonly DiscoIdentity[];
  /** The protocols that it speaks. */
  readonly features: ReadonlySet<string>;
}

/**
 * Builds the question what an entity is and can do.
 *
 * @param options Who asks whom, and the id by which the answer is known.
 */
export function discoInfoQuery(
  options: { readonly from: string; readonly to: string; readonly id: string },
): Element {
  const { from, to, id } = options;
  return xml("iq", NS.component, { type: "get", id, from, to }, xml("query", NS.discoInfo));
}

/** Whether a stanza is such a question, about the entity as a whole or one of its nodes. */
export function isDiscoInfoQuery(stanza: Element): boolean {
  return stanza.name === "iq" && stanza.attr("type") === "get" &&
    stanza.child("query", NS.discoInfo) !== undefined;
}

/**
 * Builds the answer to such a question.
 *
 * @param request The question.
 * @param info What to tell.
 */
export function discoInfoResult(request: Element, info: DiscoInfo): Element {
  const ns = NS.discoInfo;
  return iqResult(
    request,
    xml(
      "query",
      ns,
      { node: request.child("query", ns)?.attr("node") },
      ...info.identities.map(({ category, type, name }) =>
        xml("identity", ns, { category, type, name })
      ),
      ...[...info.features].map((feature) => xml("feature", ns, { var: feature })),
    ),
  );
}

/**
 * Reads an answer to {@linkcode discoInfoQuery}.
 *
 * @param iq The stanza with the id of the question.
 * @returns What the entity tells, or `undefined` if this is no such answer.
 */
export function parseDiscoInfo(iq: Element): DiscoInfo | undefined {
  if (iq.name !== "iq" || iq.attr("type") !== "result") return undefined;
  const query = iq.child("query", NS.discoInfo);
  if (!query) return undefined;
  return {
    identities: query.elements("identity", NS.discoInfo).map((identity) => ({
      category: identity.attr("category") ?? "",
      type: identity.attr("type") ?? "",
      name: identity.attr("name"),
    })),
    features: new Set(
      query.elements("feature", NS.discoInfo).map((feature) => feature.attr("var") ?? ""),
    ),
  };
}

/**
 * Whether a room answers self-pings by itself (XEP-0410 §3.3). A room that does not passes them on
 * to one of the user's clients.
 */
export function answersSelfPings(room: DiscoInfo): boolean {
  return room.features.has(NS.selfPingOptimization);
}
