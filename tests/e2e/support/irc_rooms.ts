/**
 * A server whose rooms are IRC channels: ejabberd, with biboumi as its component, and an IRC server.
 *
 * @module
 */
import { Biboumi } from "./biboumi.ts";
import type { RecordedPort } from "./recorded_port.ts";
import { disposeAll } from "./dispose.ts";
import { Ejabberd, type EjabberdOptions } from "./ejabberd.ts";
import { Ngircd } from "./ngircd.ts";
import { type Server, type ServerOptions, serverOptions } from "./server.ts";

/** The rooms are `#NAME@rooms.example`; signals go to the server and to the gateway. */
export class IrcRooms implements Server {
  /** The XMPP server, at `away.example`. */
  readonly server: Ejabberd;
  /** The IRC server. */
  readonly irc: Ngircd = new Ngircd();
  /** The gateway at `rooms.example`. */
  readonly gateway: Biboumi;
  #hasIrc = false;

  /** Makes all three. */
  constructor(options: Pick<EjabberdOptions, "users" | "options"> & ServerOptions = {}) {
    const { generation } = serverOptions(options);
    this.server = new Ejabberd({
      name: "rooms",
      host: "away.example",
      components: ["rooms.example"],
      ...options,
    });
    this.gateway = new Biboumi({
      domain: "rooms.example",
      server: this.server.ip,
      irc: this.irc.ip,
      generation,
    });
  }

  get ip(): string {
    return this.server.ip;
  }

  get components(): RecordedPort {
    return this.server.components;
  }

  resolve(domain: string, ip: string): void {
    this.server.resolve(domain, ip);
  }

  async start(): Promise<void> {
    await Promise.all([this.server.start(), this.#hasIrc || this.irc.start()]);
    this.#hasIrc = true;
    await this.gateway.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.gateway.stop(), this.server.stop()]);
  }

  async kill(): Promise<void> {
    await Promise.all([this.gateway.kill(), this.server.kill()]);
  }

  freeze(): void {
    this.gateway.freeze();
    this.server.freeze();
  }

  thaw(): void {
    this.server.thaw();
    this.gateway.thaw();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await disposeAll([this.gateway, this.irc, this.server]);
  }
}
