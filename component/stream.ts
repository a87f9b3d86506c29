/**
 * The life of one component stream (XEP-0114 §3): header, handshake, stanzas, end.
 *
 * @module
 */

import { type Element, StreamError } from "../xml/mod.ts";
import { NS } from "../xmpp/namespaces.ts";
import type { Clock } from "./clock.ts";
import {
  ComponentError,
  ConnectionLostError,
  type LossReason,
  ProtocolError,
  ServerStreamError,
} from "./errors.ts";
import {
  handshake,
  isStreamError,
  readStreamError,
  STREAM_END,
  streamError,
  streamHeader,
} from "./handshake.ts";
import type { ReaderEvent, StreamReader } from "./reader.ts";
import { TimeSlice } from "./time_slice.ts";
import type { ByteStream } from "./transport.ts";

/** What a stream is made of. */
export interface StreamOptions {
  /** The pipe to the server. */
  readonly bytes: ByteStream;
  /** What makes events of its bytes. */
  readonly reader: StreamReader;
  /** The component's domain. */
  readonly domain: string;
  /** What the component shares with the server. */
  readonly secret: string;
  /** The time. */
  readonly clock: Clock;
  /** How long the handshake may take, in milliseconds. */
  readonly handshakeTimeoutMs: number;
  /** How long the last words may take, in milliseconds. */
  readonly closeTimeoutMs: number;
}

/**
 * Takes a stanza; must not throw. Nothing more is read before a returned promise has settled, so
 * that the server has to wait too.
 */
export type StanzaHandler = (stanza: Element) => void | Promise<void>;

const encoder = new TextEncoder();

/** A stream that has been opened and authenticated. */
export class ComponentStream {
  readonly #options: StreamOptions;
  readonly #slice: TimeSlice;
  #id = "";
  #opened = false;
  #events: Iterator<ReaderEvent> = [][Symbol.iterator]();
  #writes: Promise<unknown> = Promise.resolve();
  #failure: ComponentError | undefined;
  /** Ends the wait for the stanza handler. */
  #resume: () => void = () => {};
  #broken = false;
  #ending = false;
  #paused = false;
  readonly #cancels = new Set<() => void>();

  private constructor(options: StreamOptions) {
    this.#options = options;
    this.#slice = new TimeSlice(options.clock);
  }

  /**
   * Opens a stream and authenticates. The byte stream is closed if that fails.
   *
   * @throws {ServerStreamError} If the server refuses, such as for a wrong secret.
   * @throws {ProtocolError} If what answers is no component port.
   * @throws {ConnectionLostError} If the connection ends, or the handshake takes too long.
   */
  static async open(options: StreamOptions): Promise<ComponentStream> {
    const stream = new ComponentStream(options);
    const stopTimer = stream.#deadline(options.handshakeTimeoutMs, "handshake-timeout");
    try {
      await stream.#authenticate();
      return stream;
    } catch (error) {
      throw await stream.#finish(error);
    } finally {
      stopTimer();
    }
  }

  /** The id that the server gave the stream. */
  get id(): string {
    return this.#id;
  }

  /** Whether reading waits for the stanza handler. */
  get paused(): boolean {
    return this.#paused;
  }

  /**
   * Gives each stanza to a handler, until the stream is over; call it once.
   *
   * @param handler Takes the stanzas that the reader does not take.
   * @param routed Called when the reader took some that the server has passed on.
   * @returns Why it is over; `undefined` if {@linkcode ComponentStream.end} was called and the
   * server has ended the stream too.
   */
  async read(
    handler: StanzaHandler,
    routed: () => void = () => {},
  ): Promise<ComponentError | undefined> {
    try {
      for (;;) {
        const pause = this.#slice.pause();
        if (pause !== undefined) {
          await pause;
          if (this.#failure) throw this.#failure;
        }
        const event = this.#buffered() ?? await this.#receive();
        if (event.type === "close") throw new ConnectionLostError("closed");
        if (event.type === "open") continue;
        if (event.type === "taken" && event.routed) routed();
        const busy = event.type === "taken" ? event.busy : this.#handle(event.element, handler);
        if (busy === undefined) continue;
        this.#paused = true;
        await new Promise<void>((resolve) => {
          this.#resume = resolve;
          busy.then(() => resolve());
        });
        this.#paused = false;
        if (this.#failure) throw this.#failure;
      }
    } catch (error) {
      const reason = await this.#finish(error);
      return this.#ending && reason.reason === "closed" ? undefined : reason;
    }
  }

  /**
   * Writes bytes, after those of earlier calls.
   *
   * @returns How many of them were written: fewer than all if the stream ended meanwhile. The
   * reason is what {@linkcode ComponentStream.read} returns.
   */
  write(bytes: Uint8Array): Promise<number> {
    const write = this.#writes.then(() => this.#writeAll(bytes));
    this.#writes = write;
    return write;
  }

  /** Tells the server that the stream ends, and gives it a bounded time to end it too. */
  async end(): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    this.#deadline(this.#options.closeTimeoutMs, "stopped");
    await this.write(encoder.encode(STREAM_END));
  }

  /** Cuts the connection at once. */
  abort(reason: ComponentError): void {
    this.#failure ??= reason;
    this.#options.bytes.close();
    this.#slice.end();
    this.#resume();
  }

  async #authenticate(): Promise<void> {
    const { domain, secret } = this.#options;
    await this.write(encoder.encode(streamHeader(domain)));
    const header = await this.#receive();
    if (header.type !== "open" || header.contentNs !== NS.component) {
      throw new StreamError("invalid-namespace", "the stream is not one for components");
    }
    this.#id = header.element.attr("id") ?? "";
    // A header without id only introduces a stream error.
    if (this.#id !== "") await this.write(encoder.encode(handshake(this.#id, secret)));
    const event = this.#buffered() ?? await this.#receive();
    if (event.type === "close") throw new ConnectionLostError("closed");
    if (event.type === "taken") throw new StreamError("bad-format", "there are stanzas too early");
    const answer = event.element;
    this.#refuseError(answer);
    if (answer.name !== "handshake" || answer.ns !== NS.component) {
      throw new StreamError("unsupported-stanza-type", `no <handshake/> but <${answer.name}/>`);
    }
    this.#opened = true;
  }

  #handle(element: Element, handler: StanzaHandler): void | Promise<void> {
    this.#refuseError(element);
    return handler(element);
  }

  #refuseError(element: Element): void {
    if (!isStreamError(element)) return;
    const error = readStreamError(element, this.#options.domain);
    if (error.text?.includes(this.#options.secret)) {
      const text = error.text.replaceAll(this.#options.secret, "[secret]");
      throw new ServerStreamError(error.condition, text, this.#options.domain);
    }
    throw error;
  }

  /** The next event of the bytes read so far. */
  #buffered(): ReaderEvent | undefined {
    const next = this.#events.next();
    return next.done ? undefined : next.value;
  }

  /** The next event of bytes not yet read. */
  async #receive(): Promise<ReaderEvent> {
    const { bytes, reader } = this.#options;
    for (;;) {
      const length = await bytes.read(reader.input()).catch((cause) => {
        throw new ConnectionLostError("reset", { cause });
      });
      if (length === null) throw new ConnectionLostError("closed");
      const pause = this.#slice.pause();
      if (pause !== undefined) await pause;
      this.#events = reader.commit(length)[Symbol.iterator]();
      const event = this.#buffered();
      if (event) return event;
    }
  }

  async #writeAll(bytes: Uint8Array): Promise<number> {
    let written = 0;
    try {
      while (written < bytes.length && !this.#failure && !this.#broken) {
        written += await this.#options.bytes.write(bytes.subarray(written));
      }
    } catch (error) {
      this.#broken = true;
      // Why the server has hung up may still be there to be read: leave the last word to the reader.
      this.#deadline(this.#options.closeTimeoutMs, "reset", { cause: error });
    }
    return written;
  }

  /** Says the last words, closes, and tells why. */
  async #finish(cause: unknown): Promise<ComponentError> {
    const reason = this.#failure ?? this.#explain(cause);
    if (!this.#failure) {
      const stopTimer = this.#deadline(this.#options.closeTimeoutMs, "closed");
      const error = reason instanceof ProtocolError ? streamError(reason.condition) : "";
      // No answer is owed to a connection that broke.
      if (reason.reason !== "reset" && !this.#ending) {
        await this.write(encoder.encode(error + STREAM_END));
      }
      stopTimer();
    }
    for (const cancel of this.#cancels) cancel();
    this.abort(reason);
    return reason;
  }

  #explain(cause: unknown): ComponentError {
    if (cause instanceof ComponentError) return cause;
    if (cause instanceof StreamError) {
      return new ProtocolError(cause.condition, cause.message, this.#opened, { cause });
    }
    return new ConnectionLostError("internal", { cause });
  }

  /** Cuts the connection after a time, unless it is over by then or the returned function called. */
  #deadline(ms: number, reason: LossReason, options?: ErrorOptions): () => void {
    const stop = this.#options.clock.after(ms, () => {
      this.#cancels.delete(cancel);
      this.abort(new ConnectionLostError(reason, options));
    });
    const cancel = () => {
      this.#cancels.delete(cancel);
      stop();
    };
    this.#cancels.add(cancel);
    return cancel;
  }
}
