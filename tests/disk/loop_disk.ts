/** An ext4 disk that can fail for real. */

import { run } from "./run.ts";

/** Mounts a disk at a folder until it is disposed of. */
export class LoopDisk implements Disposable {
  readonly #folder: string;
  readonly #image: string;
  readonly #device: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#image = Deno.makeTempFileSync({ prefix: "roomkeeper-disk-" });
    Deno.truncateSync(this.#image, 32 * 1024 * 1024);
    must("mkfs.ext4", "-q", "-F", "-e", "remount-ro", this.#image);
    this.#device = must("losetup", "--find", "--show", this.#image);
    try {
      must("mount", this.#device, folder);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Has the file system meet an error: it turns read-only, whoever is writing to it. */
  fail(): void {
    must("mount", "-o", "remount,abort", this.#folder);
  }

  /** Has whoever writes wait, until what is returned is disposed of. */
  freeze(): Disposable {
    must("fsfreeze", "--freeze", this.#folder);
    return { [Symbol.dispose]: () => void must("fsfreeze", "--unfreeze", this.#folder) };
  }

  /** What an operator does about it. Nobody may have a file open there. */
  mountAnew(): void {
    must("umount", this.#folder);
    must("mount", this.#device, this.#folder);
  }

  [Symbol.dispose](): void {
    run("umount", this.#folder);
    run("losetup", "--detach", this.#device);
    Deno.removeSync(this.#image);
  }
}

/** Runs a command; returns what it prints. */
function must(command: string, ...args: string[]): string {
  const { success, stdout, stderr } = new Deno.Command(command, { args }).outputSync();
  const text = new TextDecoder();
  if (!success) throw new Error(`${command} ${args.join(" ")}: ${text.decode(stderr)}`);
  return text.decode(stdout).trim();
}
