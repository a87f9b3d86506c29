/** A file system of a few kilobytes, where the machine lets us have one (Linux, root). */

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

/** Without these disks their tests are left out, but never where everything must be tested. */
export const noSmallDisk: boolean = !Deno.env.get("CI") && !mounts();

function mounts(): boolean {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  const folder = Deno.makeTempDirSync();
  const works = mount("-t", "tmpfs", "tmpfs", folder);
  if (works) run("umount", folder);
  Deno.removeSync(folder);
  return works;
}

function mount(...args: string[]): boolean {
  return run("mount", ...args);
}

/** Runs a command; returns whether that worked. */
export function run(command: string, ...args: string[]): boolean {
  return new Deno.Command(command, { args, stderr: "null" }).outputSync().success;
}
