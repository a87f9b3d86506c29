/**
 * Multi-User Chat (XEP-0045): what a room's presence tells a user about the user's own stay, and
 * the notice that tells a user of its end.
 *
 * @module
 */

import { type Element, xml } from "../xml/element.ts";
import { bareJid, isOversized, resourceOf } from "./jid.ts";
import { NS } from "./namespaces.ts";
import { parseStanzaError, type StanzaError } from "./stanza_error.ts";

/** Why a stay ended, by the status codes of XEP-0045 #registrar-statuscodes. */
export type LeaveCause =
  /** The user left, or the room gave no cause. */
  | "left"
  /** Banned (301). */
  | "banned"
  /** Kicked by a moderator (307). */
  | "kicked"
  /** Removed by a change of affiliation (321), or as the room is for members only now (322). */
  | "removed"
  /** The MUC service is shutting down (332). */
  | "shutdown"
  /** Removed by a technical problem, such as a lost link between servers (333). */
  | "error"
  /** The room was destroyed (XEP-0045 #destroyroom). */
  | "destroyed";

/** What every presence from a room has. */
export interface RoomPresence {
  /** The full JID that the room sent it to. */
  readonly user: string;
  /** The bare JID of the room. */
  readonly room: string;
  /** The nick of the occupant that it is about. */
  readonly nick: string;
  /** The status codes, in the order in which they came. */
  readonly statuses: readonly number[];
  /** The occupant's affiliation, such as `"member"`, if told. */
  readonly affiliation: string | undefined;
  /** The occupant's role, such as `"participant"`, if told. */
  readonly role: string | undefined;
}

/** A presence from a room, by what it means to the user that gets it. */
export type MucPresence =
  & RoomPresence
  & (
    /** The user is in the room under `nick`: just joined, or still in. */
    | { readonly kind: "joined" }
    /** The user has another nick now; a `joined` with it follows. */
    | { readonly kind: "renamed"; readonly newNick: string }
    /** The user is not in the room any more. */
    | { readonly kind: "left"; readonly cause: LeaveCause; readonly reason: string | undefined }
    /** The room, or a server before it, refused a presence of the user: a join, a nick change. */
    | { readonly kind: "refused"; readonly error: StanzaError }
    /** It is about another occupant. */
    | { readonly kind: "other" }
  );

/** The codes that say why somebody had to leave; the first that is there counts. */
const CAUSES: readonly (readonly [number, LeaveCause])[] = [
  [301, "banned"],
  [321, "removed"],
  [322, "removed"],
  [332, "shutdown"],
  [333, "error"],
  [307, "kicked"],
];

/**
 * Reads a presence that a room sent to a user.
 *
 * @example A user's own presence
 * ```ts
 * import { NS, parseMucPresence } from "@roomkeeper/roomkeeper/xmpp";
 * import { xml } from "@roomkeeper/roomkeeper/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const presence = xml(
 *   "presence",
 *   NS.client,
 *   { from: "garden@rooms.example/Romeo", to: "romeo@home.example/phone" },
 *   xml("x", NS.mucUser, {}, xml("status", NS.mucUser, { code: "110" })),
 * );
 *
 * const parsed = parseMucPresence(presence);
 * assertEquals(parsed?.kind, "joined");
 * assertEquals(parsed?.nick, "Romeo");
 * ```
 *
 * @param stanza Any stanza.
 * @returns What it means, or `undefined` if it is not from a room: another kind of stanza, without
 *   the addresses of occupant and user, or without muc#user content and no error.
 */
export function parseMucPresence(stanza: Element): MucPresence | undefined {
  if (stanza.name !== "presence") return undefined;
  const from = stanza.attr("from") ?? "";
  const user = stanza.attr("to");
  const nick = resourceOf(from);
  if (user === undefined || !nick) return undefined;

  const type = stanza.attr("type");
  const x = stanza.child("x", NS.mucUser);
  const item = x?.child("item");
  const statuses = (x?.elements("status", NS.mucUser) ?? [])
    .map((status) => status.attr("code") ?? "")
    .filter((code) => /^[0-9]{3}$/.test(code)).map(Number);
  const common: RoomPresence = {
    user,
    room: bareJid(from),
    nick,
    statuses,
    affiliation: item?.attr("affiliation"),
    role: item?.attr("role"),
  };

  const error = parseStanzaError(stanza);
  if (error) return { ...common, kind: "refused", error };
  if (!x || (type !== undefined && type !== "unavailable")) return undefined;
  if (!statuses.includes(110)) return { ...common, kind: "other" };
  if (type === undefined) return { ...common, kind: "joined" };

  const newNick = item?.attr("nick");
  if (statuses.includes(303) && newNick) return { ...common, kind: "renamed", newNick };
  const destroy = x.child("destroy");
  const cause = destroy
    ? "destroyed"
    : CAUSES.find(([code]) => statuses.includes(code))?.[1] ?? "left";
  const reason = (destroy ?? item)?.child("reason")?.text || undefined;
  const isSound = reason !== undefined && !isOversized(reason);
  return { ...common, kind: "left", cause, reason: isSound ? reason : undefined };
}

/** The notice to build. */
export interface LeaveNoticeOptions {
  /** The full JID of the user to tell. */
  readonly user: string;
  /** The bare JID of the room. */
  readonly room: string;
  /** The nick that the user had. */
  readonly nick: string;
  /** The id of the stanza. */
  readonly id: string;
  /**
   * The explanation for the user.
   *
   * @default {"Connection to remote server lost"}
   */
  readonly reason?: string;
  /**
   * The status codes that follow 110. XEP-0045 registers 333; 330 is what mod_ping_muc documents.
   * Clients ignore those that they don't know.
   *
   * @default {[330, 333]}, or none with `destroyed`
   */
  readonly statuses?: readonly number[] | undefined;
  /** Set if the room has ended for good, so that the client does not join it again. */
  readonly destroyed?: {
    /** The bare JID of the room to go to instead, if there is one. */
    readonly alternate?: string | undefined;
  };
}

/**
 * Builds the presence that tells a user's client that it is no longer in a room (XEP-0045
 * #service-error-kick), as the room itself would have sent it.
 *
 * @example The notice of a lost link
 * ```ts
 * import { leaveNotice, parseMucPresence } from "@roomkeeper/roomkeeper/xmpp";
 * import { assertEquals } from "@std/assert";
 *
 * const notice = leaveNotice({
 *   user: "romeo@home.example/phone",
 *   room: "garden@rooms.example",
 *   nick: "Romeo",
 *   id: "n1",
 * });
 *
 * assertEquals(parseMucPresence(notice)?.statuses, [110, 330, 333]);
 * ```
 */
export function leaveNotice(options: LeaveNoticeOptions): Element {
  const {
    user,
    room,
    nick,
    id,
    destroyed,
    reason = "Connection to remote server lost",
    statuses = destroyed ? [] : [330, 333],
  } = options;
  const ns = NS.mucUser;
  const why = xml("reason", ns, {}, reason);
  return xml(
    "presence",
    NS.component,
    { type: "unavailable", id, from: `${room}/${nick}`, to: user },
    xml(
      "x",
      ns,
      {},
      xml("item", ns, { affiliation: "none", role: "none" }, destroyed ? undefined : why),
      destroyed && xml("destroy", ns, { jid: destroyed.alternate }, why),
      ...[110, ...statuses].map((code) => xml("status", ns, { code: String(code) })),
    ),
  );
}
