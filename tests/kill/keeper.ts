/** Roomkeeper as a process that is killed and started again, with one configuration and store. */

import { join } from "node:path";
import type { StoredLink } from "../../actors/router.ts";
import { openStore } from "../../store/mod.ts";
import { Journal } from "../e2e/support/journal.ts";
import { Process } from "../e2e/support/process.ts";
import { COMPONENT } from "./home.ts";
import { HOME } from "./world.ts";

const ROOT = join(import.meta.dirname!, "../..");
/** How long the program may take to do what it does in a moment on an idle machine. */
const PATIENCE_MS = 60_000;

/** How the keeper is to behave: as ever, only sooner. */
const SETTINGS = `
[keeper]
ping_delay = "200ms"
ping_timeout = 20
confirm_within = 45
backoff_min = 1
backoff_max = 1
pings_per_second = 500
max_pings_per_second = 2000
[log]
format = "json"
[store]
path = "joins.sqlite"
`;

/** The program, one process after the other. */
export class KeeperProgram implements AsyncDisposable {
  readonly #folder = Deno.makeTempDirSync({ prefix: "roomkeeper-kill-" });
  readonly #port: number;
  #process: Process | undefined;
  /** Domains with a loss that is not settled, in the running process. */
  #open = new Set<unknown>();
  /** How many these were, each time that it changed. */
  readonly #doubts = new Journal<number>("The keeper");

  constructor(port: number) {
    this.#port = port;
    const { domain, secret } = COMPONENT;
    const server = { host: "127.0.0.1", port, domain, secret, watch: [HOME] };
    const lines = Object.entries(server).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
    Deno.writeTextFileSync(
      join(this.#folder, "roomkeeper.toml"),
      `[server]\n${lines.join("\n")}${SETTINGS}`,
      { mode: 0o600 },
    );
  }

  /** Starts it. */
  start(): void {
    this.#open = new Set();
    this.#process = new Process({
      name: "The keeper",
      command: Deno.execPath(),
      args: [
        ...["run", "--quiet", "--no-prompt", "--cached-only", "--no-check"],
        ...["--config", join(ROOT, "deno.json")],
        ...[`--allow-net=127.0.0.1:${this.#port}`, "--allow-env=ROOMKEEPER_SECRET,NO_COLOR"],
        ...[`--allow-read=${this.#folder}`, `--allow-write=${this.#folder}`],
        ...[join(ROOT, "main.ts"), "run", "--config", join(this.#folder, "roomkeeper.toml")],
      ],
      onLine: (line) => this.#note(line),
    });
  }

  /** Waits until it is in step with the plugin. */
  async synced(): Promise<void> {
    const ended = this.#process!.status.then(({ code }) => {
      throw new Error(`The keeper ended with ${code}:\n${this.#process!.lines.entries.join("\n")}`);
    });
    const synced = this.#process!.lines.until(
      "that it is in step",
      (line) => eventOf(line).event === "synced",
      { within: PATIENCE_MS },
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

  /** Kills it: it has no chance to write anything down. */
  async kill(): Promise<void> {
    await this.#process!.end("SIGKILL");
  }

  /** Stops it in good order; returns its exit code. */
  async stop(): Promise<number> {
    return (await this.#process!.end("SIGTERM")).code;
  }

  /** What its store has in it, while it doesn't run. */
  async stored(): Promise<StoredLink[]> {
    const store = await openStore(join(this.#folder, "joins.sqlite"));
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

  #note(line: string): void {
    const { event, domain } = eventOf(line);
    if (event === "loss") this.#open.add(domain);
    if (event === "settled") this.#open.delete(domain);
    if (event === "loss" || event === "settled") this.#doubts.add(this.#open.size);
  }
}

function eventOf(line: string): { readonly event?: unknown; readonly domain?: unknown } {
  try {
    return JSON.parse(line).properties ?? {};
  } catch {
    return {};
  }
}
