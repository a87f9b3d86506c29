/**
 * The wire between two servers, which a test can cut while both stay up.
 *
 * @module
 */
import { type Address, claimAddress } from "./address.ts";
import { Relay } from "./relay.ts";

const S2S_PORT = 5269;

/** What happens to what is sent over the wire. */
type Condition = "whole" | "cut" | "silent" | "slow";

/** How long a slow wire takes for each piece, in milliseconds. */
const SLOW_MS = 400;

/** One direction of connecting: listens where the other server is said to be, and passes on. */
export class Wire implements AsyncDisposable {
  /** Where to find it; the port is that of s2s. */
  readonly ip: string;
  readonly #address: Address = claimAddress();
  readonly #relay: Relay;
  #condition: Condition = "whole";

  /** @param target The address of the server that it leads to. */
  constructor(target: string) {
    this.ip = this.#address.ip;
    this.#relay = new Relay(
      { hostname: this.ip, port: S2S_PORT },
      { hostname: target, port: S2S_PORT },
      {
        admits: () => this.#condition !== "cut",
        passes: () => this.#condition !== "silent",
        delayMs: () => this.#condition === "slow" ? SLOW_MS : 0,
      },
    );
  }

  /** Breaks all connections, and every new one at once. */
  cut(): void {
    this.#condition = "cut";
    this.#relay.break();
  }

  /** Swallows everything from now on, while connections seem to be there. */
  silence(): void {
    this.#condition = "silent";
  }

  /** Lets everything take a while from now on: a question is on its way when the test knows of it. */
  slow(): void {
    this.#condition = "slow";
  }

  /** Lets new connections pass again. Those that were silent break. */
  mend(): void {
    if (this.#condition === "silent") this.cut();
    this.#condition = "whole";
  }

  /** Breaks everything and stops listening. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await this.#relay[Symbol.asyncDispose]();
    this.#address[Symbol.dispose]();
  }
}
