/**
 * A component's connection that is kept up.
 *
 * @module
 */

import { Element, serialize } from "../xml/mod.ts";
import { isIqRequest } from "../xmpp/iq.ts";
import { NS } from "../xmpp/namespaces.ts";
import { backoffDelay, type BackoffOptions, backoffOptions } from "./backoff.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { ConnectionOptions, ConnectionStatus, SendResult } from "./connection_options.ts";
import { type ComponentError, ConnectionLostError } from "./errors.ts";
import { Heartbeat } from "./heartbeat.ts";
import { IqRequests, RequestError } from "./iq_requests.ts";
import { IqResponder } from "./iq_responder.ts";
import { type Log, logtape } from "./log.ts";
import { openStream } from "./open_stream.ts";
import { Outbox, type Priority } from "./outbox.ts";
import type { ComponentStream } from "./stream.ts";

/**
 * A connection to the server that is made again whenever it is lost.
 *
 * What was sent while there was none, or not written to its end, goes out over the next one, as far
 * as the outbox's limits allow. What was written just before a loss may or may not have reached the
 * server; XEP-0114 has no acknowledgements.
 *
 * @example
 * ```ts ignore
 * const connection = new ComponentConnection({
 *   domain: "keeper.example.net",
 *   secret: Deno.readTextFileSync("component.secret").trim(),
 *   transport: tcpTransport({ port: 5347 }),
 *   events: { stanza: (stanza) => console.log(stanza.name) },
 * });
 * connection.start();
 * ```
 */
export class ComponentConnection implements AsyncDisposable {
  readonly #options: ConnectionOptions;
  readonly #backoff: Required<BackoffOptions>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #newId: () => string;
  readonly #outbox: Outbox;
  readonly #heartbeat: Heartbeat;
  readonly #requests: IqRequests;
  readonly #responder: IqResponder;
  readonly #stop = new AbortController();
  #state: ConnectionStatus["state"] = "idle";
  #stream: ComponentStream | undefined;
  #reason: ComponentError | undefined;
  /** The reason that has been logged; logged again only after a good connection. */
  #reported: string | undefined;
  #running: Promise<void> | undefined;
  #closing: Promise<{ readonly unsent: number }> | undefined;
  #pumping: Promise<void> | undefined;
  #consumer: Promise<void> | undefined;
  #unanswered = 0;
  /** Ends the wait for the next attempt. */
  #wake: () => void = () => {};

  /**
   * Makes a connection; {@linkcode ComponentConnection.start} begins with it.
   *
   * @throws {RangeError} If an option is out of its range.
   */
  constructor(options: ConnectionOptions) {
    if (options.domain === "") throw new RangeError("Cannot connect as 'domain' is empty");
    if (options.secret === "") {
      throw new RangeError(
        "Cannot connect as 'secret' is empty: set `[server] secret` in roomkeeper.toml or " +
          "ROOMKEEPER_SECRET",
      );
    }
    this.#options = options;
    this.#backoff = backoffOptions(options.backoff);
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? logtape;
    this.#newId = options.newId ?? (() => crypto.randomUUID());
    this.#outbox = new Outbox(options.outbox);
    this.#requests = new IqRequests(this.#clock);
    this.#responder = new IqResponder(options.identity, options.events?.request, this.#log);
    this.#heartbeat = new Heartbeat(options.domain, options.heartbeat ?? {}, {
      clock: this.#clock,
      newId: this.#newId,
      log: this.#log,
      write: (text) => {
        this.#outbox.offerControl(text);
        this.#pump();
      },
      unwritten: () => this.#outbox.hasControl,
      paused: () => this.#stream?.paused ?? false,
      dead: () => this.#stream?.abort(new ConnectionLostError("no-answer")),
    });
  }

  /** How it is doing. */
  get status(): ConnectionStatus {
    return {
      state: this.#state,
      ...(this.#stream ? { streamId: this.#stream.id } : this.#reason && { reason: this.#reason }),
      waiting: this.#outbox.waiting,
      unanswered: this.#unanswered,
    };
  }

  /** Begins to connect, and does not give up before {@linkcode ComponentConnection.close}. */
  start(): void {
    if (!this.#closing) this.#running ??= this.#supervise();
  }

  /**
   * Sends a stanza. Nothing is dropped silently: the caller is told what is not taken.
   *
   * @param stanza The stanza, or its XML as it goes into a stream with the default namespace
   * `jabber:component:accept`; that is not checked.
   * @param lane Whether it goes before or after what else waits.
   * @throws {UnserializableError} If XML can't carry the stanza.
   */
  send(stanza: Element | string, lane: Priority = "normal"): SendResult {
    if (this.#closing) return "closed";
    const text = typeof stanza === "string" ? stanza : serialize(stanza, { ns: NS.component });
    if (!this.#outbox.offer(text, lane)) return "full";
    return this.#pump() ? "sent" : "queued";
  }

  /** Resolves when a lane has room again, and when the connection is closed for good. */
  drained(lane: Priority = "normal"): Promise<void> {
    return this.#outbox.drained(lane);
  }

  /**
   * Resolves when everything of a lane that was sent so far is on its way to the server, over this
   * connection or a later one; false: it never was, as it was withdrawn, or the connection closed
   * for good.
   */
  written(lane: Priority = "normal"): Promise<boolean> {
    return this.#outbox.written(lane);
  }

  /**
   * Forgets what waits in a lane, for an owner who knows that it is out of date: while there is no
   * connection, or when `connected` is called.
   *
   * @throws {Error} If stanzas are being written.
   */
  withdraw(lane: Priority): void {
    if (this.#pumping) throw new Error("Cannot withdraw what is being written");
    this.#outbox.withdraw(lane);
  }

  /**
   * Asks another entity.
   *
   * @param iq An `iq` of type `get` or `set` with a `to` in normal form. If it has no `id`, it gets
   * one; if it has no `from`, the component's domain.
   * @param options How long to wait for the answer, in milliseconds (30,000 by default), and the
   * lane to send in (`"normal"` by default).
   * @returns The answer, of type `result` or `error`.
   * @throws {RequestError} If there is none.
   * @throws {TypeError} If the stanza is no such `iq`.
   * @throws {RangeError} If a question with this id waits for its answer already.
   */
  async request(
    iq: Element,
    options: { readonly timeoutMs?: number; readonly lane?: Priority } = {},
  ): Promise<Element> {
    const { timeoutMs = 30_000, lane = "normal" } = options;
    const { id = this.#newId(), from = this.#options.domain, to } = iq.attrs;
    if (!isIqRequest(iq) || to === undefined) {
      throw new TypeError("Cannot ask with a stanza that is no iq of type get or set to somebody");
    }
    if (this.#requests.has(id)) {
      throw new RangeError(`Cannot ask again with the id ${JSON.stringify(id)} of a question`);
    }
    const sent = this.send(new Element("iq", iq.ns, { ...iq.attrs, id, from }, iq.children), lane);
    if (sent === "full" || sent === "closed") throw new RequestError(sent, to);
    return await this.#requests.wait(id, to, timeoutMs);
  }

  /**
   * Closes for good: takes no more, sends what waits, says goodbye, each in a bounded time.
   *
   * @returns How many stanzas could not be sent.
   */
  close(): Promise<{ readonly unsent: number }> {
    return this.#closing ??= this.#close();
  }

  /** Closes for good, as {@linkcode ComponentConnection.close} does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<{ readonly unsent: number }> {
    if (this.#stream) {
      await this.#flushed(this.#options.closeTimeoutMs ?? 5_000);
      await this.#stream?.end();
    } else {
      this.#stop.abort();
      this.#wake();
    }
    await this.#running;
    this.#state = "closed";
    this.#outbox.close();
    this.#requests.failAll("closed");
    const { urgent, normal } = this.#outbox.waiting;
    const unsent = urgent + normal;
    if (unsent > 0) {
      this.#log("warning", "Closed with {unsent} stanzas that could not be sent", { unsent });
    }
    return { unsent };
  }

  /** Connects, again and again. */
  async #supervise(): Promise<void> {
    for (let failures = 0; !this.#closing;) {
      const { reason, upMs } = await this.#connectOnce();
      if (this.#closing || !reason) return;
      if (upMs >= this.#backoff.stableMs) {
        failures = 0;
        this.#reported = undefined;
      }
      const retryInMs = reason.lasting
        ? this.#backoff.maxMs
        : backoffDelay(failures, this.#backoff, this.#options.random ?? Math.random);
      failures++;
      this.#state = "waiting";
      this.#report(reason, retryInMs);
      this.#tell(() => this.#options.events?.retrying?.({ reason, retryInMs }));
      await this.#sleep(retryInMs);
    }
  }

  /** Lives through one connection, or one attempt at it. */
  async #connectOnce(): Promise<{ readonly reason: ComponentError | undefined; upMs: number }> {
    this.#state = "connecting";
    const stream = await openStream(this.#options, this.#clock, this.#stop.signal);
    if (stream instanceof Error) {
      this.#reason = stream;
      return { reason: stream, upMs: 0 };
    }
    const since = this.#clock.now();
    const { domain, transport, events } = this.#options;
    this.#state = "connected";
    this.#log("info", "Connected to {server} as {domain}", { server: transport.address, domain });
    this.#tell(() => events?.connected?.({ streamId: stream.id }));
    this.#stream = stream;
    const reading = stream.read(
      (stanza) => this.#received(stanza),
      () => this.#heartbeat.routed(),
    );
    this.#heartbeat.start();
    this.#pump();
    const reason = await reading;
    this.#heartbeat.stop();
    this.#stream = undefined;
    this.#reason = reason;
    await this.#pumping;
    this.#outbox.clearControl();
    this.#tell(() =>
      events?.disconnected?.({ reason: reason ?? new ConnectionLostError("stopped") })
    );
    return { reason, upMs: this.#clock.now() - since };
  }

  /** Logs a reason once, and in full only when it is a new one. */
  #report(reason: ComponentError, retryInMs: number): void {
    const fields = {
      error: reason.message,
      reason: reason.reason,
      cause: reason.cause,
      retryInMs: Math.round(retryInMs),
    };
    if (this.#reported === reason.reason) {
      return this.#log("debug", "{reason} again; next try in {retryInMs} ms", fields);
    }
    this.#reported = reason.reason;
    this.#log(
      reason.lasting ? "error" : "warning",
      "{error}. Next try in {retryInMs} ms, and so on; the same again is not reported",
      fields,
    );
  }

  /** Starts to write what waits. Returns whether it did: not if at it already, or not connected. */
  #pump(): boolean {
    const stream = this.#stream;
    if (!stream || this.#pumping || this.#outbox.isEmpty) return false;
    this.#pumping = this.#writeAll(stream);
    return true;
  }

  async #writeAll(stream: ComponentStream): Promise<void> {
    for (let batch = this.#outbox.next(); batch; batch = this.#outbox.next()) {
      const written = await stream.write(batch);
      this.#outbox.commit(written);
      if (written < batch.length) break;
      this.#heartbeat.wrote();
    }
    this.#pumping = undefined;
  }

  #received(stanza: Element): void | Promise<void> {
    if (this.#heartbeat.received(stanza)) return;
    if (stanza.name === "iq" && this.#requests.settle(stanza)) return;
    if (isIqRequest(stanza)) return void this.#answer(stanza);
    // The consumer may still be at work on a stanza of the stream before this one.
    if (this.#consumer) return this.#consumer.then(() => this.#consume(stanza));
    return this.#consume(stanza);
  }

  #consume(stanza: Element): void | Promise<void> {
    const busy = this.#tell(() => this.#options.events?.stanza?.(stanza));
    if (!busy) return;
    this.#consumer = busy.finally(() => this.#consumer = undefined);
    return this.#consumer;
  }

  async #answer(request: Element): Promise<void> {
    if (request.attr("from") === undefined) return;
    const answer = await this.#responder.answer(request);
    try {
      if (this.send(answer) !== "full") return;
    } catch (error) {
      this.#logThrow(error);
    }
    if (this.#unanswered++ === 0) {
      this.#log("warning", "A question could not be answered; further ones are only counted");
    }
  }

  /** Calls the owner, whose throws are no concern of the connection. */
  #tell(call: () => void | Promise<void>): void | Promise<void> {
    try {
      return call()?.catch((error) => this.#logThrow(error));
    } catch (error) {
      this.#logThrow(error);
    }
  }

  #logThrow(error: unknown): void {
    this.#log("error", "An event handler failed: {error}", { error });
  }

  /** Waits, until the connection is to be closed. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const stopTimer = this.#clock.after(ms, resolve);
      this.#wake = () => {
        stopTimer();
        resolve();
      };
    });
  }

  /** Waits until all is written, but not for longer than a time. */
  async #flushed(ms: number): Promise<void> {
    const timeout = Promise.withResolvers<void>();
    const stopTimer = this.#clock.after(ms, timeout.resolve);
    await Promise.race([this.#pumping, timeout.promise]);
    stopTimer();
  }
}
