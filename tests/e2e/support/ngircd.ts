/**
 * A real IRC server (ngIRCd) at its own loopback address.
 *
 * @module
 */
import { claimAddress } from "./address.ts";
import { Process } from "./process.ts";

/** An IRC server; make it and start it. */
export class Ngircd implements AsyncDisposable {
  /** Its address; the port is 6667. */
  readonly ip: string;
  readonly #address = claimAddress();
  readonly #config = Deno.makeTempFileSync({ prefix: "roomkeeper-ngircd-" });
  #process: Process | undefined;

  /** Writes the configuration. */
  constructor() {
    this.ip = this.#address.ip;
    Deno.writeTextFileSync(
      this.#config,
      `
[Global]
Name = irc.example
Info = IRC server under test
Listen = ${this.ip}
Ports = 6667
[Limits]
MaxConnectionsIP = 0
MaxJoins = 0
[Options]
DNS = no
Ident = no
PAM = no
`,
    );
  }

  /** Starts it, and waits until it listens. */
  async start(): Promise<void> {
    this.#process = new Process({
      name: "ngIRCd",
      command: "ngircd",
      args: ["--nodaemon", "--config", this.#config],
    });
    await this.#process.lines.until("its port", (line) => line.includes(`[${this.ip}]:6667`));
  }

  /** Kills it with SIGKILL. */
  async kill(): Promise<void> {
    await this.#process?.end("SIGKILL");
  }

  /** Kills it and removes its configuration. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    this.#address[Symbol.dispose]();
    Deno.removeSync(this.#config);
  }
}
