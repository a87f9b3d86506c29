/**
 * The connection of an external component to its server (XEP-0114, `jabber:component:accept`).
 *
 * {@linkcode ComponentConnection} is kept up: it reconnects, finds dead connections, bounds what
 * waits to be sent, makes the server wait when the owner is behind, and answers the questions that
 * every entity must. It does not interpret stanzas, and it has no TLS: use loopback, a private
 * network or a tunnel.
 *
 * @module
 */

export { backoffDelay, type BackoffOptions } from "./backoff.ts";
export { type Clock, systemClock } from "./clock.ts";
export { ComponentConnection } from "./connection.ts";
export type {
  ConnectionEvents,
  ConnectionOptions,
  ConnectionStatus,
  SendResult,
} from "./connection_options.ts";
export {
  ComponentError,
  ConnectError,
  type ConnectFailure,
  ConnectionLostError,
  type LossReason,
  ProtocolError,
  ServerStreamError,
} from "./errors.ts";
export type { HeartbeatOptions } from "./heartbeat.ts";
export { RequestError, type RequestFailure } from "./iq_requests.ts";
export { answerIq, type Identity, type RequestHandler } from "./iq_responder.ts";
export { type Log, type LogLevel, logtape } from "./log.ts";
export type { OutboxLimits, Priority } from "./outbox.ts";
export { parserReader, type ReaderEvent, type ReaderFactory, type StreamReader } from "./reader.ts";
export { scannerReader, type StanzaFilter } from "./scanner_reader.ts";
export { ComponentStream, type StanzaHandler, type StreamOptions } from "./stream.ts";
export { type ByteStream, type TcpOptions, tcpTransport, type Transport } from "./transport.ts";
