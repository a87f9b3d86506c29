/** Roomkeeper as a process that is killed and started again, with one configuration and store. */

import type { StoredDomain } from "../../actors/messages/domains.ts";
import { join } from "node:path";
import { openStore } from "../../store/mod.ts";
import { Journal } from "../e2e/support/journal.ts";
import { Process } from "../e2e/support/process.ts";
import { COMPONENT } from "./component_port.ts";
import { parseLine, programArgs, writeConfig } from "./program.ts";
import { HOME } from "./world.ts";

/** How long the program may take to do what it does in a moment on an idle machine. */
const PATIENCE_MS = 60_000;

/** Options as in `roomkeeper.toml`. */
export type Section = Readonly<Record<string, string | number>>;

/** How the keeper is run. */
export interface ProgramOptions {
  /** Where the server is. */
  readonly port: number;
  /** Its options of `[keeper]`: as ever, only sooner. */
  readonly keeper: Section;
  /** What tells it what happens. @default {"plugin"} */
  readonly feed?: "plugin" | "stock";
  /** Whether it can be looked into: metrics, and the inspector of V8. @default {false} */
  readonly open?: boolean;
  /** What it logs; `calm` needs all of it. @default {"debug"} */
  readonly level?: "debug" | "info";
}

/** The program, one process after the other. */
export class KeeperProgram implements AsyncDisposable {
  readonly #folder = Deno.makeTempDirSync({ prefix: "roomkeeper-program-" });
  readonly #ports: readonly number[];
  /** Where the inspector is, if there is one. */
  readonly inspector: number | undefined;
  #process: Process | undefined;
  /** Domains with a loss that is not settled, in the running process. */
  #open = new Set<unknown>();
  /** How many these were, each time that it changed. */
  readonly #doubts = new Journal<number>("The keeper");
  /** What it logged as an error, or as ignored, in all its lives. */
  readonly complaints: string[] = [];
  readonly #reasons = new Map<string, string>();

  constructor(
    { port, keeper, feed = "plugin", open = false, level = "debug" }: ProgramOptions,
  ) {
    this.#ports = [port, ...open ? [freePort()] : []];
    this.inspector = open ? freePort() : undefined;
    writeConfig(this.#path("roomkeeper.toml"), {
      server: { host: "127.0.0.1", port, ...COMPONENT, watch: [HOME], feed },
      keeper,
      log: { format: "json", level },
      store: { path: "joins.sqlite" },
      ...open && { http: { listen: `127.0.0.1:${this.#ports[1]}` } },
    });
  }

  /** Its process id. */
  get pid(): number {
    return this.#running.pid;
  }

  /** Where its status page is, if it can be looked into. */
  get url(): string {
    return `http://127.0.0.1:${this.#ports[1]}`;
  }

  /** Whether a line that it logged has this in it. */
  logged(text: string): boolean {
    return this.#running.lines.entries.some((line) => line.includes(text));
  }

  /** How many lines it has logged. */
  get lines(): number {
    return this.#running.lines.length;
  }

  /** Starts it. */
  start(): void {
    this.#open = new Set();
    this.#process = new Process({
      name: "The keeper",
      command: Deno.execPath(),
      args: programArgs(
        [
          ...this.inspector === undefined ? [] : [`--inspect=127.0.0.1:${this.inspector}`],
          `--allow-net=${this.#ports.map((port) => `127.0.0.1:${port}`)}`,
          ...["--allow-env=ROOMKEEPER_SECRET,NO_COLOR"],
          ...[`--allow-read=${this.#folder}`, `--allow-write=${this.#folder}`],
        ],
        ...["run", "--config", this.#path("roomkeeper.toml")],
      ),
      onLine: (line) => this.#note(line),
    });
  }

  /** Waits until it is in step with the plugin. */
  async synced(): Promise<void> {
    const { status, lines } = this.#running;
    const ended = status.then(({ code }) => {
      throw new Error(`The keeper ended with ${code}:\n${lines.entries.join("\n")}`);
    });
    const synced = lines.until(
      "that it is in step",
      (line) => parseLine(line).properties.event === "synced",
      {
        within: PATIENCE_MS,
      },
    );
    await Promise.race([synced, ended]);
  }

  /** Waits until nothing is in doubt, but for one domain that may be. */
  async calm(except?: string): Promise<void> {
    const isCalm = () => this.#open.size === (this.#open.has(except) ? 1 : 0);
    if (isCalm()) return;
    const after = this.#doubts.length;
    await this.#doubts.until("calm", isCalm, { within: PATIENCE_MS, after });
  }

  /** Its metrics, by name and labels as they are written. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const response = await fetch(`${this.url}/metrics`);
    const lines = (await response.text()).matchAll(/^(\w+(?:\{[^}]*\})?) (\S+)$/gm);
    return new Map([...lines].map(([, name, value]) => [name!, Number(value)]));
  }

  /** The joins that it shows, by domain. */
  async domains(): Promise<ReadonlyMap<string, number>> {
    const response = await fetch(`${this.url}/api/domains?size=500`);
    const { rows } = await response.json() as { rows: { domain: string; joins: number }[] };
    return new Map(rows.map(({ domain, joins }) => [domain, joins]));
  }

  /** Kills it: it has no chance to write anything down. */
  async kill(): Promise<void> {
    await this.#running.end("SIGKILL");
  }

  /** Stops it in good order; returns its exit code. */
  async stop(): Promise<number> {
    return (await this.#running.end("SIGTERM")).code;
  }

  /** Why it told a user last to be out of a room; `where` is both addresses. */
  reason(where: string): string | undefined {
    return this.#reasons.get(where);
  }

  /** What its store has in it, while it doesn't run. */
  async stored(): Promise<StoredDomain[]> {
    const store = await openStore(this.#path("joins.sqlite"));
    const links = await Array.fromAsync(store.load());
    await store.close();
    return links;
  }

  /** The files that it left. */
  get files(): string[] {
    return [...Deno.readDirSync(this.#folder)].map(({ name }) => name).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    Deno.removeSync(this.#folder, { recursive: true });
  }

  get #running(): Process {
    if (this.#process === undefined) throw new Error("The keeper is not started");
    return this.#process;
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  #note(line: string): void {
    const { level, properties } = parseLine(line);
    const { event, domain, user, room, reason } = properties;
    if (event === "notice") this.#reasons.set(`${user} ${room}`, String(reason));
    if (event === "loss") this.#open.add(domain);
    if (event === "settled") this.#open.delete(domain);
    if (event === "loss" || event === "settled") this.#doubts.add(this.#open.size);
    if (event === "ignored" || !["debug", "info", "warn"].includes(level)) {
      this.complaints.push(line);
    }
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}
