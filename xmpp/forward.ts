/**
 * Stanza forwarding (XEP-0297): one stanza carried in another.
 *
 * @module
 */

import { type Element, xml } from "../xml/element.ts";
import { NS } from "./namespaces.ts";

const STANZA_NAMES: readonly string[] = ["message", "presence", "iq"];
/** The last is that of a server which forgets to name the stanza's own namespace. */
const STANZA_NAMESPACES: readonly string[] = [NS.client, NS.server, NS.component, NS.forward];

/**
 * Takes the forwarded stanza out of a message.
 *
 * Who sent the message is not looked at: anybody can send such a one, so believe it only if its
 * `from` says so. A message of type `error` is our own come back, and carries nothing.
 *
 * @example Unwrap what was wrapped
 * ```ts
 * import { forward, NS, unwrapForwarded } from "@roomkeeper/roomkeeper/xmpp";
 * import { xml } from "@roomkeeper/roomkeeper/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const stanza = xml("presence", NS.client, { from: "garden@rooms.example/Romeo" });
 * const copy = forward(stanza, { from: "home.example", to: "keeper.home.example" });
 *
 * assertEquals(unwrapForwarded(copy), stanza);
 * ```
 *
 * @param message Any stanza.
 * @returns The stanza in it, or `undefined` if there is none.
 */
export function unwrapForwarded(message: Element): Element | undefined {
  if (message.name !== "message" || message.attr("type") === "error") return undefined;
  return message.child("forwarded", NS.forward)?.elements().find((child) =>
    STANZA_NAMES.includes(child.name) && STANZA_NAMESPACES.includes(child.ns)
  );
}

/**
 * Wraps a stanza in a message.
 *
 * @param stanza The stanza to forward.
 * @param options The addresses of the message, and its id if it is to have one.
 */
export function forward(
  stanza: Element,
  options: { readonly from: string; readonly to: string; readonly id?: string },
): Element {
  const { from, to, id } = options;
  return xml("message", NS.component, { from, to, id }, xml("forwarded", NS.forward, {}, stanza));
}
