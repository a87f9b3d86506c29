/**
 * XMPP ping (XEP-0199).
 *
 * @module
 */

import { type Element, xml } from "../xml/element.ts";
import { NS } from "./namespaces.ts";

/**
 * Builds a ping.
 *
 * @param options Who asks whom, and the id by which the answer is known.
 */
export function ping(
  options: { readonly from: string; readonly to: string; readonly id: string },
): Element {
  const { from, to, id } = options;
  return xml("iq", NS.component, { type: "get", id, from, to }, xml("ping", NS.ping));
}

/** Whether a stanza is a ping, to be answered with an empty result. */
export function isPing(stanza: Element): boolean {
  return stanza.name === "iq" && stanza.attr("type") === "get" &&
    stanza.child("ping", NS.ping) !== undefined;
}
