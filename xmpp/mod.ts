/**
 * The words of XMPP that a keeper of chat rooms needs, as pure functions: addresses, stanza errors,
 * Multi-User Chat, self-pings and their meaning, forwarding, discovery, and the notices of
 * Roomkeeper's server plugins. No input or output, no state, no clock.
 *
 * It deliberately has no connection, no roster, and no client features.
 *
 * @example Ask a room whether a user is in it, and understand what it says
 * ```ts
 * import {
 *   errorReply,
 *   interpretSelfPing,
 *   parseIqAnswer,
 *   selfPing,
 *   selfPingContext,
 * } from "@roomkeeper/roomkeeper/xmpp";
 * import { assertEquals } from "@std/assert";
 *
 * const room = "garden@rooms.example";
 * const question = selfPing({ user: "romeo@home.example/phone", room, nick: "Romeo", id: "q1" });
 *
 * // What a room says to somebody whom it does not know.
 * const stanza = errorReply(question, { type: "cancel", condition: "not-acceptable", by: room });
 *
 * const answer = parseIqAnswer(stanza)!;
 * const context = selfPingContext(room, new Set(["home.example"]));
 * assertEquals(interpretSelfPing(answer, context), { state: "gone", why: "not-occupant" });
 * ```
 *
 * @module
 */

export type { Element, XmlNode } from "../xml/element.ts";
export { NS } from "./namespaces.ts";
export {
  bareJid,
  domainOf,
  hasOversizedPart,
  InvalidJidError,
  isOversized,
  Jid,
  localOf,
  resourceOf,
} from "./jid.ts";
export type { JidPart } from "./jid.ts";
export { errorReply, parseStanzaError, stanzaError } from "./stanza_error.ts";
export type { StanzaError, StanzaErrorCondition, StanzaErrorType } from "./stanza_error.ts";
export { iqError, iqResult, isIqRequest, parseIqAnswer } from "./iq.ts";
export type { IqAnswer } from "./iq.ts";
export { answerOrigin, isUndelivered } from "./answer_origin.ts";
export type { AnswerOrigin, AnyAnswer } from "./answer_origin.ts";
export { roomOfUri } from "./xmpp_uri.ts";
export { isPing, ping } from "./ping.ts";
export { isVersionQuery, parseVersion, versionQuery, versionResult } from "./version.ts";
export type { SoftwareVersion } from "./version.ts";
export {
  answersSelfPings,
  discoInfoQuery,
  discoInfoResult,
  isDiscoInfoQuery,
  parseDiscoInfo,
} from "./disco.ts";
export type { DiscoIdentity, DiscoInfo } from "./disco.ts";
export { leaveNotice, parseMucPresence } from "./muc.ts";
export {
  instantRoomForm,
  joinPresence,
  type JoinPresenceOptions,
  leavePresence,
} from "./rejoin.ts";
export type { LeaveCause, LeaveNoticeOptions, MucPresence, RoomPresence } from "./muc.ts";
export {
  explainDisco,
  explainSelfPing,
  interpretDisco,
  interpretSelfPing,
  selfPing,
  selfPingContext,
} from "./self_ping.ts";
export type { SelfPingOptions } from "./self_ping.ts";
export { DISCO_TABLE, SELF_PING_TABLE } from "./self_ping_table.ts";
export type {
  AnswerRow,
  DiscoRow,
  SelfPingAnswer,
  SelfPingContext,
  SelfPingRow,
  SelfPingVerdict,
  Verdict,
  WhyGone,
} from "./self_ping_table.ts";
export { forward, unwrapForwarded } from "./forward.ts";
export {
  isPluginEvent,
  MalformedPluginEventError,
  parsePluginEvent,
  parsePluginEvents,
  PLUGIN_VERSION,
  pluginElement,
  pluginMessage,
} from "./plugin_message.ts";
export type { AttributeSource, PluginEvents } from "./plugin_message.ts";
export type {
  DroppedEvent,
  EndedEvent,
  JoinedEvent,
  KeeperHello,
  LinkEvent,
  PluginAnswer,
  PluginEvent,
  PluginHello,
  PluginPayload,
  PluginRequest,
  ProbedEvent,
  ProbeRequest,
  RejoiningEvent,
  RejoinRefusal,
  RejoinRefusedEvent,
  RejoinRequest,
  SyncedEvent,
} from "./plugin_events.ts";
