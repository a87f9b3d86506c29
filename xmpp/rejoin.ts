/**
 * Joining a room again in a user's name (XEP-0045 §7.2), and unlocking one that this has made.
 *
 * @module
 */

import { type Element, xml } from "../xml/element.ts";
import { NS } from "./namespaces.ts";

/** The join to build. */
export interface JoinPresenceOptions {
  /** The full JID of the user. */
  readonly user: string;
  /** The bare JID of the room. */
  readonly room: string;
  /** The nick to join under. */
  readonly nick: string;
  /** The id of the stanza, by which an error is known. */
  readonly id: string;
  /**
   * How many seconds of the room's history to send (XEP-0045 §7.2.14), in whole seconds, counted by
   * the room's own clock; undefined: none.
   */
  readonly seconds?: number | undefined;
}

/**
 * Builds the presence with which a user joins a room.
 *
 * @example Whoever was out for a minute
 * ```ts
 * import { joinPresence } from "@roomkeeper/roomkeeper/xmpp";
 * import { serialize } from "@roomkeeper/roomkeeper/xml";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const join = joinPresence({
 *   user: "romeo@home.example/phone",
 *   room: "garden@rooms.example",
 *   nick: "Romeo",
 *   id: "j1",
 *   seconds: 65,
 * });
 *
 * assertStringIncludes(serialize(join), "<history seconds='65'/>");
 * ```
 */
export function joinPresence(options: JoinPresenceOptions): Element {
  const { user, room, nick, id, seconds } = options;
  const wanted = seconds === undefined ? { maxstanzas: "0" } : { seconds: String(seconds) };
  return xml(
    "presence",
    NS.component,
    { id, from: user, to: `${room}/${nick}` },
    xml("x", NS.muc, {}, xml("history", NS.muc, wanted)),
  );
}

/**
 * Builds the presence with which a user leaves a room (XEP-0045 §7.14).
 *
 * @param options The user's full JID, the room's bare JID, the nick there, and what the user is told
 * of it: the room's answer has it.
 *
 * @example
 * ```ts
 * import { leavePresence } from "@roomkeeper/roomkeeper/xmpp";
 * import { serialize } from "@roomkeeper/roomkeeper/xml";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const leave = leavePresence({
 *   user: "romeo@home.example/phone",
 *   room: "garden@rooms.example",
 *   nick: "Romeo",
 *   id: "l1",
 *   status: "The room does not exist any more",
 * });
 *
 * assertStringIncludes(serialize(leave), "type='unavailable'");
 * ```
 */
export function leavePresence(
  options: {
    readonly user: string;
    readonly room: string;
    readonly nick: string;
    readonly id: string;
    readonly status: string;
  },
): Element {
  const { user, room, nick, id, status } = options;
  return xml(
    "presence",
    NS.component,
    { type: "unavailable", id, from: user, to: `${room}/${nick}` },
    xml("status", NS.component, {}, status),
  );
}

/**
 * Builds the form by which the owner of a new room takes it as it is, so that others may enter
 * (XEP-0045 §10.1.2).
 *
 * @param options The owner's full JID, the room's bare JID, and the id by which the answer is known.
 */
export function instantRoomForm(
  options: { readonly user: string; readonly room: string; readonly id: string },
): Element {
  const { user, room, id } = options;
  return xml(
    "iq",
    NS.component,
    { type: "set", id, from: user, to: room },
    xml("query", NS.mucOwner, {}, xml("x", NS.dataForms, { type: "submit" })),
  );
}
