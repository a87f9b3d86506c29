/**
 * The wire between two servers, which a test can cut while both stay up.
 *
 * @module
 */
import { type Address, claimAddress } from "./address.ts";

const S2S_PORT = 5269;

/** What happens to what is sent over the wire. */
type Condition = "whole" | "cut" | "silent";

/** One direction of connecting: listens where the other server is said to be, and passes on. */
export class Wire implements AsyncDisposable {
  /** Where to find it; the port is that of s2s. */
  readonly ip: string;
  readonly #address: Address = claimAddress();
  readonly #listener: Deno.TcpListener;
  readonly #target: string;
  readonly #pairs = new Set<readonly Deno.TcpConn[]>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;
  #condition: Condition = "whole";

  /** @param target The address of the server that it leads to. */
  constructor(target: string) {
    this.#target = target;
    this.ip = this.#address.ip;
    this.#listener = Deno.listen({ hostname: this.ip, port: S2S_PORT });
    this.#accepting = this.#accept();
  }

  /** Breaks all connections, and every new one at once. */
  cut(): void {
    this.#condition = "cut";
    for (const pair of this.#pairs) close(pair);
  }

  /** Swallows everything from now on, while connections seem to be there. */
  silence(): void {
    this.#condition = "silent";
  }

  /** Lets new connections pass again. Those that were silent break. */
  mend(): void {
    if (this.#condition === "silent") this.cut();
    this.#condition = "whole";
  }

  /** Breaks everything and stops listening. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#listener.close();
    await this.#accepting;
    await Promise.all(this.#tasks);
    this.#address[Symbol.dispose]();
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
    try {
      if (this.#condition === "cut") return;
      const far = await Deno.connect({ hostname: this.#target, port: S2S_PORT });
      pair.push(far);
      await Promise.all([this.#pump(near, far), this.#pump(far, near)]);
    } catch (error) {
      if (!isBroken(error)) throw error;
    } finally {
      close(pair);
      this.#pairs.delete(pair);
    }
  }

  /** Passes on until one side ends; an end is passed on too. */
  async #pump(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(65_536);
    for (let size; (size = await from.read(buffer)) !== null;) {
      if (this.#condition === "silent") continue;
      for (let sent = 0; sent < size;) sent += await to.write(buffer.subarray(sent, size));
    }
    if (this.#condition !== "silent") await to.closeWrite();
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
