/** A file system of a few kilobytes. */

import { run } from "./run.ts";

/** Mounts a small disk at a folder until it is disposed of. */
export class SmallDisk implements Disposable {
  readonly #folder: string;

  constructor(folder: string, kilobytes: number) {
    this.#folder = folder;
    if (!mount("-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", folder)) {
      throw new Error(`Cannot mount at ${folder}: that takes Linux, and root`);
    }
  }

  /** Allows no more writing. */
  seal(): void {
    if (!mount("-o", "remount,ro", this.#folder)) throw new Error(`${this.#folder} is in use`);
  }

  /** Takes all the space that is left. */
  fill(): void {
    using file = Deno.openSync(`${this.#folder}/ballast`, { create: true, write: true });
    try {
      for (;;) file.writeSync(new Uint8Array(1024));
    } catch {
      // Full.
    }
  }

  /** Makes space again. */
  free(): void {
    Deno.removeSync(`${this.#folder}/ballast`);
  }

  [Symbol.dispose](): void {
    run("umount", this.#folder);
  }
}

function mount(...args: string[]): boolean {
  return run("mount", ...args);
}
