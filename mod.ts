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
export { Keeper, type KeeperOptions } from "./keeper/keeper.ts";
export type { IgnoredInput, KeeperObserver } from "./keeper/observer.ts";
export { HostSync, type SyncState, type SyncStep } from "./keeper/host_sync.ts";
export type { JoinStore, StoreHealth } from "./keeper/join_store.ts";
export { MemoryStore, openStore, SqliteStore } from "./store/mod.ts";
export { StoreError } from "./store/mod.ts";
export type { StoreClock, StoreFailure, StoreLog, StoreOptions } from "./store/mod.ts";
export { Router, type RouterOptions, type RouterPorts } from "./actors/router.ts";
export type { KnownLink, LinkName, StoredLink } from "./actors/router.ts";
export { type DomainStatus, RemoteDomain } from "./actors/remote_domain.ts";
export {
  DOMAIN_DEFAULTS,
  type DomainOptions,
  domainOptions,
  type DomainPorts,
  type FullDomainOptions,
} from "./actors/options.ts";
export { type Join, Joins, type Room } from "./actors/joins.ts";
export { Sessions } from "./actors/sessions.ts";
export type { Leave } from "./actors/pace.ts";
export type { LinkState } from "./actors/link.ts";
export type { NoticeEffect, QuestionEffect } from "./actors/domain_actor.ts";
export type { Effect, NoticeReason, Report, StoreChange, Verdict } from "./actors/effects.ts";
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
} from "./actors/events.ts";
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
  Lane,
  LossReason,
  OutboxLimits,
  RequestHandler,
  TcpOptions,
  Transport,
} from "./component/mod.ts";
