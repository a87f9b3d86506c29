/**
 * A child process whose output is a journal of lines.
 *
 * @module
 */
import { TextLineStream } from "@std/streams";
import { Journal } from "./journal.ts";

/** What to run. */
export interface ProcessOptions {
  /** For messages. */
  readonly name: string;
  /** The program. */
  readonly command: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** Environment variables besides ours. */
  readonly env?: Record<string, string>;
  /** The only variables it gets are those of `env`. @default {false} */
  readonly clearEnv?: boolean;
  /** The folder to run it in. */
  readonly cwd?: string;
  /** Told each line of output. */
  readonly onLine?: (line: string) => void;
}

/** A running child process. */
export class Process implements AsyncDisposable {
  /** What it wrote, lines of standard output and standard error. */
  readonly lines: Journal<string>;
  /** Its end. */
  readonly status: Promise<Deno.CommandStatus>;
  readonly #child: Deno.ChildProcess;
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: Promise<unknown>;
  #ended = false;

  /** Starts it. */
  constructor(options: ProcessOptions) {
    const { name, command, args, env = {}, clearEnv = false, cwd } = options;
    this.lines = new Journal(name);
    this.#onLine = options.onLine;
    this.#child = new Deno.Command(command, {
      args: [...args],
      env,
      clearEnv,
      ...(cwd === undefined ? {} : { cwd }),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#output = Promise.all([this.#read(this.#child.stdout), this.#read(this.#child.stderr)]);
    this.status = this.#child.status.then((status) => {
      this.#ended = true;
      return status;
    });
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Whether it is over. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Writes a line to its standard input. */
  async writeLine(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(line + "\n"));
  }

  /** Sends a signal, unless it is over. */
  signal(signal: Deno.Signal): void {
    if (!this.#ended) this.#child.kill(signal);
  }

  /** Sends a signal and waits for the end. */
  async end(signal: Deno.Signal = "SIGTERM"): Promise<Deno.CommandStatus> {
    this.signal(signal);
    const status = await this.status;
    await this.#input.close().catch(() => {});
    await this.#output;
    return status;
  }

  /** Ends it at once, also if it is stopped or deaf. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL");
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    const lines: ReadableStream<string> = stream.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    for await (const line of lines) {
      this.lines.add(line);
      this.#onLine?.(line);
    }
  }
}
