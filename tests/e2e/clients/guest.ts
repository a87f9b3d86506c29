/**
 * An ordinary user of the machine, for programs that nobody runs as root.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { Process } from "../support/process.ts";

/** The first of the users that sandbox.sh makes. */
const FIRST_USER_ID = 60_100;
let guests = 0;

/** A home folder and programs that run there. */
export class Guest implements AsyncDisposable {
  /** The home folder. */
  readonly home: string = Deno.makeTempDirSync({ prefix: "home-" });
  readonly #id = FIRST_USER_ID + guests++;
  readonly #processes: Process[] = [];

  /** Makes the home folder. */
  constructor() {
    Deno.chownSync(this.home, this.#id, this.#id);
    Deno.mkdirSync(this.path("run"), { mode: 0o700 });
    Deno.chownSync(this.path("run"), this.#id, this.#id);
  }

  /** The path of a file in the home folder. */
  path(...names: readonly string[]): string {
    return join(this.home, ...names);
  }

  /** Writes a file in the home folder; its folders are made. */
  write(name: string, content: string | Uint8Array): void {
    const folders: string[] = [];
    for (let folder = dirname(name); folder !== "."; folder = dirname(folder)) folders.push(folder);
    for (const folder of folders.reverse()) {
      Deno.mkdirSync(this.path(folder), { recursive: true });
      Deno.chownSync(this.path(folder), this.#id, this.#id);
    }
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    Deno.writeFileSync(this.path(name), bytes, { mode: 0o600 });
    Deno.chownSync(this.path(name), this.#id, this.#id);
  }

  /** Starts a program, which ends with the guest. */
  start(command: readonly string[], env: Readonly<Record<string, string>> = {}): Process {
    const process = new Process({
      name: command[0]!,
      command: "setpriv",
      args: [...this.#asGuest, ...command],
      env: { ...this.#environment, ...env },
      clearEnv: true,
      cwd: this.home,
    });
    this.#processes.push(process);
    return process;
  }

  /**
   * Runs a program to its end; returns what it wrote to standard output.
   *
   * @throws {Error} If it fails.
   */
  async run(
    command: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Uint8Array> {
    const { success, stdout, stderr } = await new Deno.Command("setpriv", {
      args: [...this.#asGuest, ...command],
      env: { ...this.#environment, ...env },
      clearEnv: true,
      cwd: this.home,
      stdin: "null",
    }).output();
    if (success) return stdout;
    throw new Error(`${command.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  }

  /** Ends all that this user runs, and removes the home folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.run(["kill", "-KILL", "-1"]).catch(() => {});
    for (const process of this.#processes.reverse()) await process[Symbol.asyncDispose]();
    Deno.removeSync(this.home, { recursive: true });
  }

  get #asGuest(): string[] {
    return [`--reuid=${this.#id}`, `--regid=${this.#id}`, "--clear-groups"];
  }

  get #environment(): Record<string, string> {
    return {
      HOME: this.home,
      XDG_RUNTIME_DIR: this.path("run"),
      TMPDIR: this.path("run"),
      USER: `guest${this.#id}`,
      LANG: "C.UTF-8",
      PATH: "/usr/bin:/bin:/usr/games",
    };
  }
}
