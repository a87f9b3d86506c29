/**
 * A place to connect to that leads to another one.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";

/** An address and a port. */
export interface Place {
  /** The address. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
}

/** What can be done on the way. */
export interface RelayHooks {
  /** Whether a new connection may pass; otherwise it is broken. @default {() => true} */
  readonly admits?: () => boolean;
  /** Whether what was just sent is passed on. @default {() => true} */
  readonly passes?: () => boolean;
  /** How long what was just sent takes on its way, in milliseconds. @default {() => 0} */
  readonly delayMs?: () => number;
  /** Called for each connection; gets a function that is given copies of what comes back. */
  readonly listen?: () => (bytes: Uint8Array) => void;
}

/** Listens at one place, and carries each connection to another. */
export class Relay implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #target: Place;
  readonly #hooks: RelayHooks;
  readonly #pairs = new Set<readonly Deno.TcpConn[]>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #answers = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;

  /** Listens at `here`, and leads to `target`. */
  constructor(here: Place, target: Place, hooks: RelayHooks = {}) {
    this.#target = target;
    this.#hooks = hooks;
    this.#listener = Deno.listen({ hostname: here.hostname, port: here.port });
    this.#accepting = this.#accept();
  }

  /** Breaks all connections. */
  break(): void {
    for (const pair of this.#pairs) close(pair);
  }

  /** Stops listening, and breaks each connection when all that the target had to say is passed on. */
  async drain(): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    await Promise.all(this.#answers);
    this.break();
    await Promise.all(this.#tasks);
  }

  /** Breaks everything and stops listening. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.break();
    await this.drain();
  }

  async #accept(): Promise<void> {
    for await (const near of this.#listener) {
      const task = this.#carry(near).finally(() => this.#tasks.delete(task));
      this.#tasks.add(task);
    }
  }

  async #carry(near: Deno.TcpConn): Promise<void> {
    const pair = [near];
    this.#pairs.add(pair);
    const { admits = () => true, listen } = this.#hooks;
    try {
      if (!admits()) return;
      const far = await Deno.connect({ ...this.#target });
      pair.push(far);
      for (const connection of pair) connection.setNoDelay();
      const answers = this.#pump(far, near, listen?.());
      const settled = answers.catch(() => {}).finally(() => this.#answers.delete(settled));
      this.#answers.add(settled);
      await Promise.all([this.#pump(near, far), answers]);
    } catch (error) {
      if (!isBroken(error)) throw error;
    } finally {
      close(pair);
      this.#pairs.delete(pair);
    }
  }

  /** Passes on until one side ends; an end is passed on too. */
  async #pump(
    from: Deno.TcpConn,
    to: Deno.TcpConn,
    heard?: (bytes: Uint8Array) => void,
  ): Promise<void> {
    const { passes = () => true, delayMs = () => 0 } = this.#hooks;
    const buffer = new Uint8Array(65_536);
    for (let size; (size = await from.read(buffer)) !== null;) {
      heard?.(buffer.slice(0, size));
      if (!passes()) continue;
      const ms = delayMs();
      if (ms > 0) await delay(ms);
      for (let sent = 0; sent < size;) sent += await to.write(buffer.subarray(sent, size));
    }
    if (passes()) await to.closeWrite();
  }
}

function close(connections: readonly Deno.TcpConn[]): void {
  for (const connection of connections) {
    try {
      connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }
}

function isBroken(error: unknown): boolean {
  return error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionRefused || error instanceof Deno.errors.NotConnected;
}
