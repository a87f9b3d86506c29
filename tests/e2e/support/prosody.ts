/**
 * A real Prosody server at its own loopback address and in its own folder.
 *
 * Runs as root, reaches nothing outside of the loopback interface, and leaves nothing behind.
 *
 * @module
 */
import { join } from "node:path";
import { claimAddress } from "./address.ts";
import { certify, type Credentials } from "./certificates.ts";
import { type Program, program } from "./generation.ts";
import { clockEnv } from "./clock.ts";
import { RecordedPort, SERVERS_PORT } from "./recorded_port.ts";
import type { Journal } from "./journal.ts";
import { Process } from "./process.ts";
import { type Server, type ServerOptions, serverOptions } from "./server.ts";

/** What is special about a server. */
export interface ProsodyOptions extends ServerOptions {
  /** For messages. */
  readonly name: string;
  /** Lua lines for the hosts and components, and options of the hosts; they come last. */
  readonly hosts: string;
  /** Lua lines for options of the whole server. */
  readonly options?: string;
  /** Modules besides the usual ones. */
  readonly modules?: readonly string[];
  /** Folders with more modules. */
  readonly pluginPaths?: readonly string[];
  /** Users' bare JIDs; each one's password is `secret`. */
  readonly users?: readonly string[];
  /** Those of its domains that its certificate is not valid for. @default {[]} */
  readonly uncertified?: readonly string[];
  /** How far its clock is ahead of ours in seconds, behind if negative. @default {0} */
  readonly clockAhead?: number;
}

/** The password of all users and components. */
export const PASSWORD = "secret";

const USUAL_MODULES = [
  ...["roster", "saslauth", "tls", "dialback", "disco", "ping", "smacks", "limits", "admin_shell"],
];

/** What Debian's configuration allows others to send. */
const LIMITS = `limits = { c2s = { rate = "10kb/s" }; s2sin = { rate = "30kb/s" } }`;

const DIALBACK = `modules_disabled = { "tls" }
s2s_require_encryption = false
s2s_secure_auth = false`;

function certificates({ key, certificate, authority }: Credentials): string {
  return `ssl = { key = ${lua(key)}, certificate = ${lua(certificate)}, cafile = ${lua(authority)} }
s2s_secure_auth = true`;
}

/** A server; make it, tell it where the others are, and start it. */
export class Prosody implements Server {
  readonly ip: string;
  readonly components: RecordedPort;
  readonly #options: ProsodyOptions;
  readonly #shared: Required<ServerOptions>;
  readonly #address = claimAddress();
  readonly #folder = Deno.makeTempDirSync({ prefix: "roomkeeper-prosody-" });
  readonly #names = new Map<string, string>();
  #credentials: Credentials | undefined;
  #process: Process | undefined;

  /** Makes the folder, with the users. */
  constructor(options: ProsodyOptions) {
    this.#options = options;
    this.#shared = serverOptions(options);
    this.ip = this.#address.ip;
    this.components = new RecordedPort(this.ip);
    Deno.mkdirSync(this.path("certs"));
    for (const user of options.users ?? []) this.#addUser(user);
  }

  /** Lets it find a domain at an address. Names must end in `.example`; others don't exist. */
  resolve(domain: string, ip: string): void {
    this.#names.set(domain, ip);
  }

  /** The lines of its configuration with its hosts and components. */
  get hosts(): string {
    return this.#options.hosts;
  }

  /** What it logs. */
  get log(): Journal<string> {
    return this.#running.lines;
  }

  /** Its process. */
  get pid(): number {
    return this.#running.pid;
  }

  /** The path of a file in its folder. */
  path(...names: string[]): string {
    return join(this.#folder, ...names);
  }

  /** Starts it, and waits until it listens. */
  async start(): Promise<void> {
    const names = [...this.#names].map(([name, ip]) => `${ip} ${name}\n`).join("");
    Deno.writeTextFileSync(this.path("hosts"), names);
    if (this.#shared.trust === "certificates") {
      const { name, hosts, uncertified = [] } = this.#options;
      const domains = domainsOf(hosts).filter((domain) => !uncertified.includes(domain));
      this.#credentials ??= await certify(this.#folder, name, domains);
    }
    Deno.writeTextFileSync(this.path("prosody.cfg.lua"), this.#config());
    this.#process = new Process({
      name: `Prosody ${this.#options.name}`,
      ...this.#program("prosody", "-F", "--config", this.path("prosody.cfg.lua")),
      env: clockEnv(this.#options.clockAhead ?? 0, this.#folder),
    });
    const external = /^ *Component "[^"]+" *$/m.test(this.#options.hosts);
    for (const service of ["c2s", "s2s", ...(external ? ["component"] : [])]) {
      await this.log.until(
        `service ${service}`,
        (line) => line.includes(`Activated service '${service}'`),
        { within: 20_000 },
      );
    }
    this.components.open();
  }

  /** Stops it in good order with SIGTERM. */
  async stop(): Promise<void> {
    await this.#running.end("SIGTERM");
    await this.components.close();
  }

  /** Kills it with SIGKILL: it says goodbye to nobody and writes nothing down. */
  async kill(): Promise<void> {
    await this.#running.end("SIGKILL");
    await this.components.close();
  }

  /** Stops its clock: it is there but does nothing. */
  freeze(): void {
    this.#running.signal("SIGSTOP");
  }

  /** Lets it go on. */
  thaw(): void {
    this.#running.signal("SIGCONT");
  }

  /**
   * Runs a command in its admin shell, such as `s2s:close("home.example", "rooms.example")`.
   *
   * @returns What the shell wrote.
   */
  async shell(command: string): Promise<string> {
    const config = this.path("prosody.cfg.lua");
    const shell = this.#program("prosodyctl", "--config", config, "shell", command);
    const { stdout, stderr } = await new Deno.Command(shell.command, { args: [...shell.args] })
      .output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
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
      throw new Error(`Prosody ${this.#options.name} is not started`);
    }
    return this.#process;
  }

  #addUser(jid: string): void {
    const [user, host] = jid.split("@") as [string, string];
    const folder = this.path("data", encodeName(host), "accounts");
    Deno.mkdirSync(folder, { recursive: true });
    Deno.writeTextFileSync(
      join(folder, `${encodeName(user)}.dat`),
      `return { ["password"] = ${lua(PASSWORD)}; };\n`,
    );
  }

  #program(command: string, ...args: string[]): Program {
    return program(this.#shared.generation, { command, args });
  }

  #config(): string {
    const { options = "", modules = [], pluginPaths = [], hosts } = this.#options;
    const all = [...USUAL_MODULES, ...this.#shared.bidi ? ["s2s_bidi"] : [], ...modules];
    return `
run_as_root = true
pidfile = ${lua(this.path("prosody.pid"))}
data_path = ${lua(this.path("data"))}
admin_socket = ${lua(this.path("prosody.sock"))}
plugin_paths = { ${pluginPaths.map(lua).join(", ")} }
log = { debug = ${lua(this.path("debug.log"))}, info = "*console" }
interfaces = { ${lua(this.ip)} }
component_interfaces = { ${lua(this.ip)} }
component_ports = { ${SERVERS_PORT} }
unbound = {
  resolvconf = false, hoststxt = ${lua(this.path("hosts"))},
  options = { ["local-zone:"] = "example. static" },
}
authentication = "internal_plain"
allow_unencrypted_plain_auth = true
c2s_require_encryption = false
${LIMITS}
${this.#credentials === undefined ? DIALBACK : certificates(this.#credentials)}
modules_enabled = { ${all.map(lua)} }
${options}
${hosts}
`;
  }
}

/** The domains of the hosts and components in a configuration. */
export function domainsOf(hosts: string): string[] {
  return [...hosts.matchAll(/^ *(?:VirtualHost|Component) "([^"]+)"/gm)].map(([, domain]) =>
    domain!
  );
}

/** A Lua string literal. */
export function lua(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

/** A name as Prosody's storage has it in paths. */
function encodeName(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
