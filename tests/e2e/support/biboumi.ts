/**
 * A real IRC gateway (biboumi), a component of an XMPP server, whose rooms are IRC channels.
 *
 * @module
 */
import { GENERATION, type Generation, program } from "./generation.ts";
import { PASSWORD } from "./prosody.ts";
import { Process } from "./process.ts";

/** Where it belongs. */
export interface BiboumiOptions {
  /** Its domain; channel `#tea` is the room `#tea@DOMAIN`. */
  readonly domain: string;
  /** The address of the XMPP server, which expects a component with password `secret`. */
  readonly server: string;
  /** The address of the one IRC server that it leads to. */
  readonly irc: string;
  /** Where its software comes from. @default {GENERATION} */
  readonly generation?: Generation;
}

/** A gateway; make it and start it. */
export class Biboumi implements AsyncDisposable {
  readonly #folder = Deno.makeTempDirSync({ prefix: "roomkeeper-biboumi-" });
  readonly #generation: Generation;
  #process: Process | undefined;

  /** Writes the configuration. */
  constructor(options: BiboumiOptions) {
    this.#generation = options.generation ?? GENERATION;
    Deno.writeTextFileSync(
      `${this.#folder}/biboumi.cfg`,
      `hostname=${options.domain}
password=${PASSWORD}
xmpp_server_ip=${options.server}
port=5347
fixed_irc_server=${options.irc}
db_name=${this.#folder}/biboumi.sqlite
identd_port=0
persistent_by_default=false
log_level=1
`,
    );
  }

  /** Starts it, and waits until the XMPP server has taken it on. */
  async start(): Promise<void> {
    this.#process = new Process({
      name: "biboumi",
      ...program(this.#generation, {
        command: "biboumi",
        args: [`${this.#folder}/biboumi.cfg`],
      }),
    });
    await this.#process.lines.until("its server", (line) => line.includes("Authenticated"));
  }

  /** Stops it in good order with SIGTERM: it quits IRC for everybody. */
  async stop(): Promise<void> {
    await this.#process?.end("SIGTERM");
  }

  /** Kills it with SIGKILL. */
  async kill(): Promise<void> {
    await this.#process?.end("SIGKILL");
  }

  /** Stops its clock: it is there but does nothing. */
  freeze(): void {
    this.#process?.signal("SIGSTOP");
  }

  /** Lets it go on. */
  thaw(): void {
    this.#process?.signal("SIGCONT");
  }

  /** Kills it and removes its folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    Deno.removeSync(this.#folder, { recursive: true });
  }
}
