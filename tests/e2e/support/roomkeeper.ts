/**
 * Roomkeeper itself: the real program in a process of its own, with no more rights than it needs.
 *
 * @module
 */
import { join } from "node:path";
import { type LogLine, parseLine, programArgs, writeConfig } from "../../support/program.ts";
import type { Journal, Wait } from "./journal.ts";
import { Process } from "./process.ts";
import { PASSWORD } from "./prosody.ts";

/** Where it connects and how it behaves. */
export interface RoomkeeperOptions {
  /** The home server's address. */
  readonly ip: string;
  /** Which feed the server has. @default {"plugin"} */
  readonly feed?: "plugin" | "stock";
  /** The hosts whose users it keeps. @default {["home.example"]} */
  readonly watch?: readonly string[];
  /** The component's domain. @default {"keeper.home.example"} */
  readonly domain?: string;
  /** Options of `[keeper]` in place of those that suit tests, as in `roomkeeper.toml`. */
  readonly keeper?: Readonly<Record<string, string | number>> | "as shipped";
  /** Serve metrics, at port 9090 of the home server's address. @default {false} */
  readonly metrics?: boolean;
  /** Who may use ad-hoc commands. @default {[]} */
  readonly admins?: readonly string[];
}

/** Delays that are as short as the configuration lets them be. */
const QUICK = { ping_delay: "300ms", ping_timeout: 1, backoff_min: 1, backoff_max: 2 };

const METRICS_PORT = 9090;

/** The program; make it and start it. */
export class Roomkeeper implements AsyncDisposable {
  readonly #options: RoomkeeperOptions;
  readonly #folder = Deno.makeTempDirSync({ prefix: "roomkeeper-itself-" });
  #process: Process | undefined;

  /** Writes its configuration. */
  constructor(options: RoomkeeperOptions) {
    this.#options = options;
    const { ip, feed = "plugin", watch = ["home.example"], domain = "keeper.home.example" } =
      options;
    writeConfig(this.#path("roomkeeper.toml"), {
      server: { host: ip, domain, watch, feed },
      keeper: options.keeper === "as shipped" ? {} : { ...QUICK, ...options.keeper },
      store: { path: "roomkeeper.sqlite" },
      ...options.metrics && { http: { listen: `${ip}:${METRICS_PORT}` } },
      admin: { jids: options.admins ?? [] },
      log: { level: "debug", format: "json" },
    });
  }

  /** The options of `deno run` that say what it may do. */
  get permissions(): string[] {
    const { ip, metrics = false } = this.#options;
    const ports = [5347, ...metrics ? [METRICS_PORT] : []];
    return [
      `--allow-net=${ports.map((port) => `${ip}:${port}`)}`,
      `--allow-read=${this.#folder}`,
      `--allow-write=${this.#folder}`,
      "--allow-env=ROOMKEEPER_SECRET,NO_COLOR",
    ];
  }

  /** All that it wrote since its last start. */
  get log(): Journal<string> {
    return this.#running.lines;
  }

  /** Starts it, with what it stored when it ran before, and waits until it says so. */
  async start(): Promise<void> {
    this.#process = new Process({
      name: "Roomkeeper",
      command: Deno.execPath(),
      args: programArgs(
        this.permissions,
        ...["run", "--config", this.#path("roomkeeper.toml")],
      ),
      env: { ROOMKEEPER_SECRET: PASSWORD },
    });
    await this.until("its start", ({ properties }) => properties.event === "start", {
      within: 30_000,
    });
  }

  /** Stops it in good order, and returns its exit code. */
  async stop(): Promise<number> {
    return (await this.#running.end("SIGTERM")).code;
  }

  /** Kills it: it writes nothing down. */
  async kill(): Promise<void> {
    await this.#running.end("SIGKILL");
  }

  /** The first line of its log that fits, written or to come. */
  async until(what: string, test: (line: LogLine) => boolean, wait?: Wait): Promise<LogLine> {
    return parseLine(await this.log.until(what, (line) => test(parseLine(line)), wait));
  }

  /** The lines of its log that fit. */
  lines(test: (line: LogLine) => boolean): LogLine[] {
    return this.log.entries.map(parseLine).filter(test);
  }

  /** The value of one of its metrics, by its name and labels as they are written; 0 if none. */
  async metric(name: string): Promise<number> {
    const response = await fetch(`http://${this.#options.ip}:${METRICS_PORT}/metrics`);
    const lines = (await response.text()).split("\n");
    return Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? 0);
  }

  /** Runs another of its commands with the same configuration; returns what that printed. */
  async command(name: string, ...flags: string[]): Promise<string> {
    const config = this.#path("roomkeeper.toml");
    const args = programArgs(this.permissions, name, "--config", config, ...flags);
    const env = { ROOMKEEPER_SECRET: PASSWORD };
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, env }).output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  }

  /** Kills it and removes its files. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    Deno.removeSync(this.#folder, { recursive: true });
  }

  get #running(): Process {
    if (this.#process === undefined) throw new Error("Roomkeeper is not started");
    return this.#process;
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}
