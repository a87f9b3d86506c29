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

/** Whether this process may mount disks: then its tests must be able to. */
const mayMount = Deno.build.os === "linux" && hasCapability(21);

/** Whether the tests on small disks are to be left out. */
export const noSmallDisk = !mayMount;

/** Whether the tests on disks that are files are to be left out. */
export const noLoopDisk = !mayMount || !isDevice("/dev/loop-control");

/** Whether the process has a capability of capabilities(7); 21 is CAP_SYS_ADMIN. */
function hasCapability(bit: number): boolean {
  const [, set] = /^CapEff:\s*(\w+)$/m.exec(Deno.readTextFileSync("/proc/self/status")) ?? [];
  return (BigInt(`0x${set ?? 0}`) >> BigInt(bit) & 1n) === 1n;
}

function isDevice(path: string): boolean {
  try {
    return Deno.statSync(path).isCharDevice === true;
  } catch {
    return false;
  }
}

function mount(...args: string[]): boolean {
  return run("mount", ...args);
}

/** Runs a command; returns whether that worked. */
export function run(command: string, ...args: string[]): boolean {
  return new Deno.Command(command, { args, stderr: "null" }).outputSync().success;
}
