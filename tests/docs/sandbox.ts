import { assert, assertEquals } from "@std/assert";
import { TextLineStream } from "@std/streams";
import { join } from "node:path";
import { HomeServer } from "../../demo/home_server.ts";
import { ROOT } from "./markdown.ts";

/** What is not part of the sources, or not needed to run a command. */
const LEFT_OUT = new Set([".git", "node_modules", "output", "tests"]);

function copy(from: string, to: string): void {
  Deno.mkdirSync(to);
  for (const { name, isDirectory, isFile } of Deno.readDirSync(from)) {
    if (LEFT_OUT.has(name)) continue;
    if (isDirectory) copy(join(from, name), join(to, name));
    else if (isFile) Deno.copyFileSync(join(from, name), join(to, name));
  }
}

/** A copy of the project and a root folder, in which commands may do what they like. */
export class Sandbox implements AsyncDisposable {
  /** The copy of the project. */
  readonly project: string;
  /** What stands for `/` where a command would write to the system. */
  readonly root: string;
  readonly #folder: string;

  /** Makes the copy. */
  constructor() {
    this.#folder = Deno.makeTempDirSync({ prefix: "roomkeeper-docs-" });
    this.project = join(this.#folder, "project");
    this.root = join(this.#folder, "root");
    copy(ROOT, this.project);
    for (const folder of ["etc", "usr/local/bin", "opt", "var/lib/roomkeeper"]) {
      Deno.mkdirSync(join(this.root, folder), { recursive: true });
    }
    Deno.mkdirSync(join(this.root, "etc/prosody/conf.d"), { recursive: true });
    Deno.mkdirSync(join(this.root, "etc/systemd/system"), { recursive: true });
    Deno.mkdirSync(join(this.root, "etc/sysusers.d"));
    Deno.symlinkSync(Deno.execPath(), join(this.root, "usr/local/bin/deno"));
  }

  /** A command as it is run here: this Deno, no sudo, and the root folder in place of `/`. */
  localized(command: string): string {
    return command.replace("npx --yes deno@2.9.6", "deno").replace(/^sudo (-u \w+ )?/, "")
      .replaceAll(/(?<=[ =,])\/(?=(?:etc|usr|opt|var)\/)/g, `${this.root}/`);
  }

  /** Starts a command. */
  start(command: string, folder = "."): Deno.ChildProcess {
    return new Deno.Command("sh", {
      args: ["-c", `exec ${this.localized(command)}`],
      cwd: join(this.project, folder),
      env: { PATH: `${this.root}/usr/local/bin:${Deno.env.get("PATH")}`, NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  /** Runs a command to its end, which must be a good one; returns what it printed. */
  async run(command: string, folder = "."): Promise<string> {
    const { success, stdout, stderr } = await this.start(command, folder).output();
    const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert(success, `${command}\n${text}`);
    return text;
  }

  /** Has a configuration made, with a server that it fits. */
  async configure(): Promise<HomeServer> {
    await this.run("deno task roomkeeper init --force --watch home.example");
    return this.serverFor(join(this.project, "roomkeeper.toml"));
  }

  /** A server that a configuration file fits; its port is written to that. */
  serverFor(file: string): HomeServer {
    const configuration = Deno.readTextFileSync(file);
    const [, secret] = /^secret = "(.*)"$/m.exec(configuration)!;
    const server = new HomeServer({
      component: "keeper.home.example",
      secret: secret!,
      roomsPort: 1,
      delivered: () => {},
      linked: () => {},
    });
    Deno.writeTextFileSync(file, configuration.replace(/^port = \d+$/m, `port = ${server.port}`));
    return server;
  }

  /** Starts a keeper, waits until it is connected, and stops it as systemd would. */
  async keep(command: string): Promise<void> {
    const process = this.start(command);
    const rest = new Response(process.stdout).text();
    const lines: ReadableStream<string> = process.stderr.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    let connected = false;
    const seen: string[] = [];
    for await (const line of lines) {
      seen.push(line);
      if (!line.includes("Connected to the server")) continue;
      connected = true;
      process.kill("SIGTERM");
    }
    await rest;
    assert(connected, seen.join("\n"));
    assertEquals((await process.status).code, 0, seen.join("\n"));
  }

  /** Removes everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}
