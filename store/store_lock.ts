/**
 * A lock on a store that outlasts its file: SQLite's own is on the file, so that whoever deletes that
 * would let another process begin a new one beside us.
 *
 * @module
 */
import { StoreError } from "./errors.ts";

/** The lock that this process has on a store. */
export class StoreLock implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Takes the lock of the store at `path`. It ends with the process, however that ends.
   *
   * @throws {StoreError} If another has it, or its file can't be made.
   */
  static take(path: string): StoreLock {
    const lock = `${path}-lock`;
    try {
      for (;;) {
        const file = Deno.openSync(lock, { read: true, write: true, create: true, mode: 0o600 });
        if (!file.tryLockSync(true)) {
          file.close();
          throw new StoreError("locked", path);
        }
        if (isAt(lock, file)) return new StoreLock(lock, file);
        // Its last owner removed it while we opened it.
        file.close();
      }
    } catch (error) {
      throw StoreError.of(error, path);
    }
  }

  /** Gives it back. */
  [Symbol.dispose](): void {
    try {
      // Before it is free: whoever opens it by now looks whether it is still there.
      if (isAt(this.#path, this.#file)) Deno.removeSync(this.#path);
    } catch {
      // It is as good when it stays.
    }
    this.#file.close();
  }
}

/** Whether what is at a path is this very file. */
function isAt(path: string, file: Deno.FsFile): boolean {
  const { dev, ino } = file.statSync();
  try {
    const there = Deno.statSync(path);
    return there.dev === dev && there.ino === ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
