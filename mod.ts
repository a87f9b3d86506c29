/**
 * Roomkeeper keeps the users of an XMPP server in their chat rooms.
 *
 * This module is the whole keeper, to be run inside another program. Its parts can be had alone:
 * `./actors` (an actor system), `./xml` (streaming XML on WebAssembly) and `./xmpp` (the protocol's
 * words as pure functions).
 *
 * @example Keep the users of example.net in their rooms
 * ```ts
 * import { Keeper, tcpTransport } from "@roomkeeper/roomkeeper";
 *
 * async function keepUntil(stop: Promise<void>): Promise<void> {
 *   await using keeper = new Keeper({
 *     transport: tcpTransport({ hostname: "127.0.0.1", port: 5347 }),
 *     domain: "keeper.example.net",
 *     secret: Deno.env.get("ROOMKEEPER_SECRET") ?? "",
 *     watch: ["example.net"],
 *   });
 *   await keeper.start();
 *   await stop;
 * }
 * ```
 *
 * @module
 */
export type { DomainKey, KnownStream, StoredDomain } from "./actors/messages/domains.ts";
export type { DomainPorts } from "./actors/ports/ports.ts";
export type { Join, Room } from "./actors/joins/join.ts";
export type { NoticeEffect, QuestionEffect } from "./actors/messages/effects.ts";
export { Keeper, type KeeperOptions } from "./keeper/keeper.ts";
export type { IgnoredInput, KeeperObserver } from "./keeper/observer.ts";
export { PluginSync, type SyncState, type SyncStep } from "./keeper/plugin_sync.ts";
export type { JoinStore, StoreHealth } from "./store/join_store.ts";
export { MemoryStore, openStore, SqliteStore } from "./store/mod.ts";
export { StoreError } from "./store/mod.ts";
export type { StoreClock, StoreFailure, StoreLog, StoreOptions } from "./store/mod.ts";
export {
  type RequestAnswer,
  Router,
  type RouterOptions,
  type RouterPorts,
} from "./actors/remote_domain/router.ts";
export { type DomainStatus, RemoteDomain } from "./actors/remote_domain/remote_domain.ts";
export {
  DOMAIN_DEFAULTS,
  type DomainOptions,
  domainOptions,
  type FullDomainOptions,
} from "./actors/messages/options.ts";
export { Joins } from "./actors/joins/joins.ts";
export { Sessions } from "./actors/joins/sessions.ts";
export type { Grant } from "./actors/ports/pace.ts";
export type { LinkState } from "./actors/remote_domain/link.ts";
export type {
  Effect,
  NoticeReason,
  Report,
  StoreChange,
  VerdictState,
} from "./actors/messages/effects.ts";
export type {
  AnswerEvent,
  Direction,
  DomainEvent,
  FeedEvent,
  JoinRecord,
  KnownJoin,
  Loss,
  LossCause,
  OccupancyEvent,
  RoomError,
} from "./actors/messages/events.ts";
export {
  ComponentError,
  ConnectError,
  ConnectionLostError,
  ProtocolError,
  ServerStreamError,
  tcpTransport,
} from "./component/mod.ts";
export type {
  BackoffOptions,
  ByteStream,
  ConnectFailure,
  ConnectionStatus,
  Identity,
  LossReason,
  OutboxLimits,
  Priority,
  RequestHandler,
  TcpOptions,
  Transport,
} from "./component/mod.ts";
