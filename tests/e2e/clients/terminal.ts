/**
 * A terminal of a guest (tmux), in which one program runs.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { DeadlineError } from "../support/journal.ts";
import type { Guest } from "./guest.ts";

const COLUMNS = 150;
const ROWS = 45;
const LOOK_MS = 100;
const TYPED_WITHIN_MS = 5_000;

/** The terminal, and the guest who sits at it. */
export class Terminal implements AsyncDisposable {
  readonly #guest: Guest;

  private constructor(guest: Guest) {
    this.#guest = guest;
  }

  /** Starts a program in a terminal of its own. */
  static async start(guest: Guest, command: readonly string[]): Promise<Terminal> {
    const terminal = new Terminal(guest);
    // In the foreground (-D) the server is a process of the guest like any other.
    guest.start(["tmux", "-S", guest.path("run/tmux"), "-f", "/dev/null", "-D"]);
    const size = ["-x", String(COLUMNS), "-y", String(ROWS)];
    await terminal.#tmux("new-session", "-d", ...size, ...command);
    return terminal;
  }

  /**
   * Types text, and the return key when the text is on the screen: what arrives together is taken
   * for a paste by some, in which a return key is a line break.
   */
  async enter(text: string): Promise<void> {
    await this.#tmux("send-keys", "-l", "--", text);
    const deadline = performance.now() + TYPED_WITHIN_MS;
    while (!(await this.screen()).includes(text) && performance.now() < deadline) {
      await delay(LOOK_MS);
    }
    await this.#tmux("send-keys", "Enter");
  }

  /** Presses a key by tmux's name for it, such as `F2`. */
  async press(key: string): Promise<void> {
    await this.#tmux("send-keys", key);
  }

  /** What is on the screen. */
  async screen(): Promise<string> {
    return new TextDecoder().decode(await this.#tmux("capture-pane", "-p"));
  }

  /** Waits until something is on the screen; returns all of that. */
  async until(what: RegExp, within = 20_000): Promise<string> {
    const deadline = performance.now() + within;
    for (;;) {
      const screen = await this.screen();
      if (what.test(screen)) return screen;
      if (performance.now() > deadline) {
        throw new DeadlineError(`${what} was not on the screen in ${within} ms, but\n${screen}`);
      }
      await delay(LOOK_MS);
    }
  }

  /** Ends the program and its guest. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#guest[Symbol.asyncDispose]();
  }

  async #tmux(...args: readonly string[]): Promise<Uint8Array> {
    return await this.#guest.run(["tmux", "-S", this.#guest.path("run/tmux"), ...args], {
      TERM: "xterm-256color",
    });
  }
}

/** The text of a screen from a column on. */
export function columns(screen: string, first: number): string {
  return screen.split("\n").map((line) => [...line].slice(first).join("")).join("\n");
}
