/**
 * A desktop of a guest (Xvfb, openbox, a session bus), on which one program runs. What is on it is
 * read from a picture (Tesseract).
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { DeadlineError } from "../support/journal.ts";
import type { Guest } from "./guest.ts";

const WIDTH = 1000;
const HEIGHT = 1000;
const LOOK_MS = 250;
const WHOLE: Part = { left: 0, top: 0, right: 0, bottom: 0 };

/** All windows fill the screen, lists of contacts below the others. */
const WINDOWS = `<?xml version="1.0"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew></focus>
  <keyboard><keybind key="F12"><action name="Maximize"/></keybind></keyboard>
  <applications>
    <application type="normal"><maximized>yes</maximized><focus>yes</focus></application>
    <application role="buddy_list"><layer>below</layer></application>
  </applications>
</openbox_config>
`;

/** A place on the screen, in pixels from its top left corner; negative ones are from the other. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** A part of the screen: what is cut off at its sides, in pixels. */
export interface Part {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The desktop, and the guest who sits at it. */
export class Desktop implements AsyncDisposable {
  readonly #guest: Guest;
  readonly #display: string;

  private constructor(guest: Guest, display: string) {
    this.#guest = guest;
    this.#display = display;
  }

  /** Starts a program on a desktop of its own. */
  static async start(
    guest: Guest,
    command: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Desktop> {
    const screen = ["-screen", "0", `${WIDTH}x${HEIGHT}x24`];
    const x = guest.start(["Xvfb", "-displayfd", "1", ...screen, "-nolisten", "tcp", "-ac"]);
    const number = await x.lines.until("the display's number", (line) => /^\d+$/.test(line));
    const desktop = new Desktop(guest, `:${number}`);
    guest.write("openbox.xml", WINDOWS);
    guest.start(["openbox", "--config-file", guest.path("openbox.xml")], desktop.#env);
    guest.start(["dbus-run-session", "--", ...command], { ...desktop.#env, ...env });
    return desktop;
  }

  /** Clicks somewhere. */
  async click({ x, y }: Spot): Promise<void> {
    const at = [x < 0 ? WIDTH + x : x, y < 0 ? HEIGHT + y : y];
    await this.#xdotool("mousemove", ...at.map(String), "click", "1");
  }

  /** Types text, and the return key, where the keyboard's focus is. */
  async enter(text: string): Promise<void> {
    await this.#xdotool("type", "--delay", "10", text);
    await this.#xdotool("key", "Return");
  }

  /** Presses a key by X's name for it, such as `ctrl+Tab`. */
  async press(key: string): Promise<void> {
    await this.#xdotool("key", key);
  }

  /** Waits for a window by its title, and lets it fill the screen. */
  async show(title: RegExp, within = 60_000): Promise<void> {
    const search = ["search", "--onlyvisible", "--name", title.source, "windowactivate"];
    const deadline = performance.now() + within;
    // The search fails as well if some other window closes in its midst.
    while (!await this.#xdotool(...search).then(() => true, () => false)) {
      if (performance.now() > deadline) {
        throw new DeadlineError(`No window is named ${title}, but\n${await this.read(WHOLE)}`);
      }
      await delay(LOOK_MS);
    }
    await this.press("F12");
  }

  /** A picture of it, as PNG. */
  async picture(): Promise<Uint8Array> {
    return await this.#guest.run(["import", "-window", "root", "png:-"], this.#env);
  }

  /** The text on a part of it, as far as it can be read. */
  async read({ left, top, right, bottom }: Part): Promise<string> {
    const large = this.#guest.path("run/screen.png");
    const size = `${WIDTH - left - right}x${HEIGHT - top - bottom}`;
    const shot = ["import", "-window", "root", "-crop", `${size}+${left}+${top}`, "+repage"];
    await this.#guest.run([...shot, "-colorspace", "gray", "-resize", "200%", large], this.#env);
    const block = ["tesseract", large, "-", "--psm", "6"];
    const text = await this.#guest.run(block, { OMP_THREAD_LIMIT: "1" });
    return new TextDecoder().decode(text);
  }

  /** Waits until something can be read on a part of it. */
  async until(what: RegExp, part: Part, within = 30_000): Promise<void> {
    const deadline = performance.now() + within;
    for (let text = ""; !what.test(text = await this.read(part)); await delay(LOOK_MS)) {
      if (performance.now() > deadline) {
        throw new DeadlineError(`${what} can't be read on the screen, but\n${text}`);
      }
    }
  }

  /** Ends the program and its guest. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#guest[Symbol.asyncDispose]();
  }

  get #env(): Record<string, string> {
    return { DISPLAY: this.#display, NO_AT_BRIDGE: "1", GSK_RENDERER: "cairo" };
  }

  async #xdotool(...args: readonly string[]): Promise<void> {
    await this.#guest.run(["xdotool", ...args], this.#env);
  }
}
