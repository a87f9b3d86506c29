/**
 * Finds connections that are open but dead.
 *
 * A server can keep the TCP connection while it no longer routes anything to us: Prosody after
 * `module:reload("component")`, or a frozen server. So we send a ping from our domain to our own
 * domain: it has to go through the server's router and come back to us as the question it is. An
 * answer from the server alone proves nothing, as it needs no route to us: that is why the server's
 * own domain is not pinged.
 *
 * @module
 */

import { type Element, serialize } from "../xml/mod.ts";
import { NS } from "../xmpp/namespaces.ts";
import { isPing, ping } from "../xmpp/ping.ts";
import { type Clock, unlessSuspended } from "./clock.ts";
import type { Log } from "./log.ts";

/** The pace of the heartbeat. */
export interface HeartbeatOptions {
  /**
   * How long nothing may have been routed to us before we ping ourselves, in milliseconds; 0 for
   * never. The first ping goes out as soon as the stream is up.
   *
   * @default {30_000}
   */
  readonly selfPingMs?: number;
  /**
   * How long the ping may take, in milliseconds; time in which we do not read does not count.
   *
   * @default {20_000}
   */
  readonly selfPingTimeoutMs?: number;
  /**
   * How long nothing may have been written before a space is, in milliseconds; 0 for never. It keeps
   * firewalls from forgetting the connection.
   *
   * @default {60_000}
   */
  readonly keepAliveMs?: number;
}

/** What the heartbeat can see and do. */
export interface HeartbeatPorts {
  /** The time. */
  readonly clock: Clock;
  /** Makes an unguessable id. */
  readonly newId: () => string;
  /** Where messages go. */
  readonly log: Log;
  /** Writes before all else. */
  write(text: string): void;
  /** Whether something given to `write` has not been written yet. */
  unwritten(): boolean;
  /** Whether reading waits for the consumer. */
  paused(): boolean;
  /** Called when the connection is found dead. */
  dead(): void;
}

/** Watches over one stream at a time. */
export class Heartbeat {
  readonly #domain: string;
  readonly #options: Required<HeartbeatOptions>;
  readonly #ports: HeartbeatPorts;
  #prefix = "";
  #count = 0;
  #asking = false;
  #routed = false;
  #warned = false;
  #stopCheck = () => {};
  #stopKeepAlive = () => {};

  /**
   * Makes a heartbeat that does not beat yet.
   *
   * @param domain The component's domain.
   * @param options The pace.
   * @param ports What it can see and do.
   * @throws {RangeError} If a time is not a number from 0, or the timeout is 0.
   */
  constructor(domain: string, options: HeartbeatOptions, ports: HeartbeatPorts) {
    const { selfPingMs = 30_000, selfPingTimeoutMs = 20_000, keepAliveMs = 60_000 } = options;
    for (const [name, value] of Object.entries({ selfPingMs, selfPingTimeoutMs, keepAliveMs })) {
      if (
        !(value >= 0 && Number.isFinite(value)) || (name === "selfPingTimeoutMs" && value === 0)
      ) {
        throw new RangeError(`Cannot watch the connection as '${name}' is ${value}`);
      }
    }
    this.#domain = domain;
    this.#options = { selfPingMs, selfPingTimeoutMs, keepAliveMs };
    this.#ports = ports;
  }

  /** Begins with a new stream. */
  start(): void {
    this.#prefix = `${this.#ports.newId()}-`;
    this.#count = 0;
    this.#routed = false;
    this.wrote();
    if (this.#options.selfPingMs > 0) this.#ask();
  }

  /** Stops, as the stream is over. */
  stop(): void {
    this.#asking = false;
    this.#stopCheck();
    this.#stopKeepAlive();
  }

  /** To be told after each write. */
  wrote(): void {
    const { keepAliveMs } = this.#options;
    this.#stopKeepAlive();
    if (keepAliveMs === 0) return;
    this.#stopKeepAlive = this.#ports.clock.after(keepAliveMs, () => this.#ports.write(" "));
  }

  /**
   * To be told of each stanza.
   *
   * @returns Whether it belongs to the heartbeat and concerns nobody else.
   */
  received(stanza: Element): boolean {
    const type = stanza.attr("type");
    // Errors and results may be made by the server on the spot; all else was routed to us.
    if (type !== "error" && type !== "result") this.#alive();
    if (stanza.name !== "iq" || stanza.attr("from") !== this.#domain) return false;
    if (!stanza.attr("id")?.startsWith(this.#prefix)) {
      if (isPing(stanza)) this.#warn();
      return false;
    }
    if (type === "error" && this.#asking) {
      this.stop();
      this.#ports.dead();
    } else if (type === "result" && this.#asking) {
      this.#warn();
      this.#alive();
    }
    return true;
  }

  /** To be told when stanzas came that were routed to us, if {@linkcode received} is not. */
  routed(): void {
    this.#alive();
  }

  #ask(): void {
    this.#asking = true;
    const id = `${this.#prefix}${++this.#count}`;
    this.#stopCheck = unlessSuspended(
      this.#ports.clock,
      this.#options.selfPingTimeoutMs,
      () => this.#overdue(),
    );
    const text = serialize(ping({ from: this.#domain, to: this.#domain, id }), {
      ns: NS.component,
    });
    this.#ports.write(text);
  }

  #overdue(): void {
    // The answer may be waiting where we do not read. But if the server does not even read, then
    // the consumer may be waiting for it.
    if (this.#ports.paused() && !this.#ports.unwritten()) return this.#ask();
    this.stop();
    this.#ports.dead();
  }

  #alive(): void {
    this.#routed = true;
    if (!this.#asking) return;
    this.#asking = false;
    this.#stopCheck();
    this.#schedule();
  }

  #schedule(): void {
    this.#routed = false;
    this.#stopCheck = this.#ports.clock.after(this.#options.selfPingMs, () => {
      if (this.#routed) this.#schedule();
      else this.#ask();
    });
  }

  #warn(): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#ports.log(
      "warning",
      "A ping of {domain} to itself ended elsewhere: another program is connected as {domain}, " +
        "or the server answers in its place. Stop the other program, or unload the server's own " +
        "ping module from this component",
      { domain: this.#domain },
    );
  }
}
