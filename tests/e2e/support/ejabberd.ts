/**
 * A real ejabberd server at its own loopback address and in its own folder.
 *
 * Runs as root, for a mount of its own, reaches nothing outside of the loopback interface, and leaves
 * nothing behind: its Erlang node has no name, so it needs no epmd, and it is steered through its
 * HTTP API.
 *
 * @module
 */
import { claimAddress } from "./address.ts";
import { certify, type Credentials } from "./certificates.ts";
import { clockEnv } from "./clock.ts";
import { RecordedPort } from "./recorded_port.ts";
import { ejabberdConfig, type EjabberdOptions, PORTS } from "./ejabberd_config.ts";
import type { Journal } from "./journal.ts";
import { Process } from "./process.ts";
import { PASSWORD } from "./prosody.ts";
import { program, runProgram } from "./generation.ts";
import { type Server, type ServerOptions, serverOptions } from "./server.ts";

export type { EjabberdOptions } from "./ejabberd_config.ts";

/** Where Debian keeps ejabberd's code. */
const ERL_LIBS = "/usr/lib/x86_64-linux-gnu";
/** Schedulers of Erlang wait for work by spinning, which the servers beside need the processor for. */
const NO_BUSY_WAIT = ["+sbwt", "none", "+sbwtdcpu", "none", "+sbwtdio", "none"];
/** The folder of mod_roomkeeper. */
const PLUGIN = new URL("../../../servers/ejabberd/", import.meta.url).pathname;

/** A server; make it, tell it where the others are, and start it. */
export class Ejabberd implements Server {
  readonly ip: string;
  readonly components: RecordedPort;
  readonly #options: EjabberdOptions;
  readonly #shared: Required<ServerOptions>;
  readonly #address = claimAddress();
  readonly #folder = Deno.makeTempDirSync({ prefix: "roomkeeper-ejabberd-" });
  readonly #names = new Map<string, string>();
  #credentials: Credentials | undefined;
  #process: Process | undefined;

  /** Makes the folder. */
  constructor(options: EjabberdOptions) {
    this.ip = this.#address.ip;
    this.components = new RecordedPort(this.ip);
    this.#options = options;
    this.#shared = serverOptions(options);
  }

  resolve(domain: string, ip: string): void {
    this.#names.set(domain, ip);
  }

  /** Its process id. */
  get pid(): number {
    return this.#running.pid;
  }

  /** What it logs. */
  get log(): Journal<string> {
    return this.#running.lines;
  }

  async start(): Promise<void> {
    const path = (name: string) => `${this.#folder}/${name}`;
    const { name, modules = {}, users = [] } = this.#options;
    const { plugin = "mod_roomkeeper" in modules } = this.#options;
    if (plugin) await this.#buildPlugin();
    if (this.#shared.trust === "certificates") await this.#certify();
    const hosts = [...this.#names].map(([domain, ip]) => `${ip} ${domain}\n`).join("");
    Deno.writeTextFileSync(path("hosts"), hosts);
    // No name server: a lookup of a service record fails at once and leaves the machine never.
    Deno.writeTextFileSync(path("inetrc"), `{file, resolv, "/dev/null"}.\n`);
    Deno.writeTextFileSync(
      path("ejabberd.yml"),
      ejabberdConfig(this.#options, this.ip, this.#credentials),
    );
    // ejabberd asks the C library for addresses, so it gets an /etc/hosts of its own.
    const mounts = [[path("hosts"), "/etc/hosts"]] as const;
    const erl = [...NO_BUSY_WAIT, "-noinput", "-pa", this.#folder, "-s", "ejabberd"];
    erl.push("-mnesia", "dir", `"${path("data")}"`);
    this.#process = new Process({
      name: `ejabberd ${name}`,
      ...program(this.#shared.generation, { command: "erl", args: erl }, mounts),
      env: {
        ...clockEnv(this.#options.clockAhead ?? 0, this.#folder),
        ERL_LIBS,
        ERL_INETRC: path("inetrc"),
        ERL_CRASH_DUMP_BYTES: "0",
        EJABBERD_CONFIG_PATH: path("ejabberd.yml"),
        EJABBERD_LOG_PATH: path("ejabberd.log"),
      },
    });
    for (const port of PORTS) {
      await this.log.until(
        `port ${port}`,
        (line) => line.includes(`Start accepting TCP connections at ${this.ip}:${port} `),
        { within: 30_000 },
      );
    }
    this.components.open();
    for (const jid of users) {
      const [user, host] = jid.split("@");
      await this.api("check_account", { user, host }) === 0 ||
        await this.api("register", { user, host, password: PASSWORD });
    }
  }

  async stop(): Promise<void> {
    await this.#running.end("SIGTERM");
    await this.components.close();
  }

  async kill(): Promise<void> {
    await this.#running.end("SIGKILL");
    await this.components.close();
  }

  freeze(): void {
    this.#running.signal("SIGSTOP");
  }

  thaw(): void {
    this.#running.signal("SIGCONT");
  }

  /**
   * Runs a command of ejabberdctl, with its arguments by name.
   *
   * @returns Its result, as ejabberd's API documentation has it.
   */
  async api(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const url = `http://${this.ip}:5280/api/${command}`;
    const response = await fetch(url, { method: "POST", body: JSON.stringify(args) });
    const text = await response.text();
    if (!response.ok) throw new Error(`ejabberd ${command}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  /** Kills it and removes its folder; looks at what it wrote to components. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    await this.components.close();
    this.#address[Symbol.dispose]();
    Deno.removeSync(this.#folder, { recursive: true });
    await this.components.check();
  }

  get #running(): Process {
    if (this.#process === undefined) {
      throw new Error(`ejabberd ${this.#options.name} is not started`);
    }
    return this.#process;
  }

  /** With the compiler that belongs to this ejabberd. */
  async #buildPlugin(): Promise<void> {
    const args = [`${PLUGIN}build.sh`, this.#folder];
    await runProgram(this.#shared.generation, { command: "sh", args });
  }

  async #certify(): Promise<void> {
    const { name, host, rooms, components = [], uncertified = [] } = this.#options;
    const domains = [host, ...rooms === undefined ? [] : [rooms], ...components];
    const certified = domains.filter((domain) => !uncertified.includes(domain));
    this.#credentials ??= await certify(this.#folder, name, certified);
  }
}
