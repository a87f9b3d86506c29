/**
 * What a connection is told when it is made, and what it tells.
 *
 * @module
 */

import type { Element } from "../xml/mod.ts";
import type { BackoffOptions } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import type { ComponentError } from "./errors.ts";
import type { HeartbeatOptions } from "./heartbeat.ts";
import type { Identity, RequestHandler } from "./iq_responder.ts";
import type { Log } from "./log.ts";
import type { OutboxLimits, Priority } from "./outbox.ts";
import type { ReaderFactory } from "./reader.ts";
import type { Transport } from "./transport.ts";

/** What the owner of a connection is told. A throw is logged and changes nothing. */
export interface ConnectionEvents {
  /** A stream is up. What is sent as urgent in here goes out before all that waits as normal. */
  connected?(event: { readonly streamId: string }): void;
  /** The stream that was up is over. */
  disconnected?(event: { readonly reason: ComponentError }): void;
  /** There is no stream, and the next attempt is made after a wait. */
  retrying?(event: { readonly reason: ComponentError; readonly retryInMs: number }): void;
  /**
   * A stanza came that is not the connection's own business. Nothing more is read before a returned
   * promise has settled: the server has to wait too. So do not wait for an answer in here.
   */
  stanza?(stanza: Element): void | Promise<void>;
  /**
   * An `iq` of type `get` or `set` came. Give the answer, or `undefined` for the usual one
   * (`answerIq`). Reading goes on meanwhile.
   */
  readonly request?: RequestHandler;
}

/** How to connect, and what to do then. */
export interface ConnectionOptions {
  /** The component's domain, in normal form. */
  readonly domain: string;
  /** What the component shares with the server. It is never logged. */
  readonly secret: string;
  /** The way to the server. */
  readonly transport: Transport;
  /** What to call on events. */
  readonly events?: ConnectionEvents;
  /** What to tell others about ourselves. */
  readonly identity?: Identity;
  /** How to wait between attempts to connect. */
  readonly backoff?: BackoffOptions;
  /** How much may wait to be sent. */
  readonly outbox?: OutboxLimits;
  /** How to find a dead connection. */
  readonly heartbeat?: HeartbeatOptions;
  /**
   * How long to wait for the TCP connection, in milliseconds.
   *
   * @default {10_000}
   */
  readonly connectTimeoutMs?: number;
  /**
   * How long the handshake may take, in milliseconds.
   *
   * @default {10_000}
   */
  readonly handshakeTimeoutMs?: number;
  /**
   * How long each of the two steps of an orderly close may take, in milliseconds: to send what
   * waits, and to hear the server's goodbye.
   *
   * @default {5_000}
   */
  readonly closeTimeoutMs?: number;
  /** Makes the reader of each stream; `parserReader()` by default. */
  readonly createReader?: ReaderFactory;
  /** The time; `systemClock` by default. */
  readonly clock?: Clock;
  /** Gives numbers from 0 up to, but not, 1; `Math.random` by default. */
  readonly random?: () => number;
  /** Makes unguessable ids; `crypto.randomUUID` by default. */
  readonly newId?: () => string;
  /** Where messages go; `logtape` by default. */
  readonly log?: Log;
}

/**
 * What became of a stanza:
 * - `"sent"`: it is being written;
 * - `"queued"`: it waits, for others or for a connection;
 * - `"full"`: it was not taken, as too much waits already; see `drained`;
 * - `"closed"`: it was not taken, as the connection has been closed for good.
 */
export type SendResult = "sent" | "queued" | "full" | "closed";

/** How a connection is doing. */
export interface ConnectionStatus {
  /** What it is doing: `waiting` is for the next attempt. */
  readonly state: "idle" | "connecting" | "connected" | "waiting" | "closed";
  /** The stream's id, while connected. */
  readonly streamId?: string;
  /** Why the last stream or attempt ended, while there is none. */
  readonly reason?: ComponentError;
  /** How many stanzas wait to be sent in each lane. */
  readonly waiting: Readonly<Record<Priority, number>>;
  /** How many answers to others' questions were not sent as the lane was full. */
  readonly unanswered: number;
}
