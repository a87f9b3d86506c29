import { TextLineStream } from "@std/streams";
import type { StormShape } from "./storm_home.ts";

/** The process that plays the home server. */
export class StormHomeProcess {
  readonly #process: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #commands: WritableStreamDefaultWriter<Uint8Array>;

  /** Starts it. */
  constructor(shape: StormShape) {
    const script = new URL("./storm_home.ts", import.meta.url).href;
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-net=127.0.0.1", script, JSON.stringify(shape)],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const text = this.#process.stdout.pipeThrough(new TextDecoderStream());
    this.#lines = text.pipeThrough<string>(new TextLineStream())[Symbol.asyncIterator]();
    this.#commands = this.#process.stdin.getWriter();
  }

  /** Gives it a command. */
  tell(command: string): void {
    this.#commands.write(new TextEncoder().encode(`${command}\n`));
  }

  /** What it says next. */
  async next<T>(): Promise<T> {
    const { value } = await this.#lines.next();
    return JSON.parse(value);
  }

  /** Ends it. */
  close(): void {
    this.#process.kill();
  }
}
