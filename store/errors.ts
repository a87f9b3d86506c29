/**
 * What can be wrong with the file of the joins, told with what to do about it.
 *
 * @module
 */

/** What is wrong. */
export type StoreFailure =
  /** Another process uses the file. */
  | "locked"
  /** The content of the file is damaged. */
  | "corrupt"
  /** The disk has no space left. */
  | "full"
  /** The file or its folder is read-only. */
  | "read-only"
  /** The file can't be opened or made. */
  | "unreachable"
  /** Another file, or none, is where it was. */
  | "moved"
  /** A write has been under way for long. */
  | "stalled"
  /** Deno was not given the permission. */
  | "not-permitted"
  /** It is the database of some other program. */
  | "foreign"
  /** It is no database at all, or none that can be known as ours. */
  | "no-database"
  /** A newer version has written it. */
  | "newer"
  /** The operating system or the database refused for another reason. */
  | "failed";

const ADVICE: Readonly<Record<StoreFailure, string>> = {
  "locked": "another process uses it, likely another Roomkeeper. Stop that one, or give each its " +
    "own [store] path",
  "corrupt": "its content is damaged. It is renamed by itself, and a new one begun",
  "full": "no space is left on the disk. Make some",
  "read-only": "it is read-only. Let the user that runs Roomkeeper write the file and its " +
    "folder. A disk turns read-only after an error: see the system's log, and mount it anew",
  "unreachable": "it can't be opened or made. Check that the folder of [store] path is there and " +
    "that the user that runs Roomkeeper may write to it",
  "moved": "it was moved, deleted or replaced while in use. It is opened anew by itself, and " +
    "everything written to it",
  "stalled":
    "the disk does not answer. See the system's log and, if it is a disk over the network, " +
    "whether its server can be reached",
  "not-permitted": "Deno was not given the permission. Add the folder of [store] path to both " +
    "--allow-read and --allow-write",
  "foreign": "it is the database of another program. Choose another [store] path",
  "no-database":
    "it is no database of Roomkeeper, so it is left as it is. Choose another [store] " +
    "path or, if it was its database and is damaged, move it away",
  "newer": "a newer version of Roomkeeper wrote it. Run that version, or move the file away",
  "failed": "the database failed. Check the disk and the system's log",
};

/** What a restart may help against; everything else wants a setting changed. */
const PASSING: ReadonlySet<StoreFailure> = new Set([
  "locked",
  "corrupt",
  "full",
  "moved",
  "stalled",
  "failed",
]);

/** SQLite's result codes (https://www.sqlite.org/rescode.html), the primary ones. */
const RESULTS: Readonly<Record<number, StoreFailure>> = {
  3: "read-only",
  5: "locked",
  8: "read-only",
  11: "corrupt",
  13: "full",
  14: "unreachable",
  26: "corrupt",
};

/** Errors of the operating system that say as much. */
const ERRNOS: Readonly<Record<string, StoreFailure>> = {
  EACCES: "read-only",
  EDQUOT: "full",
  EISDIR: "unreachable",
  ENOENT: "unreachable",
  ENOSPC: "full",
  ENOTDIR: "unreachable",
  EPERM: "read-only",
  EROFS: "read-only",
};

/** The file of the joins can't be used. */
export class StoreError extends Error {
  /** `StoreError` */
  override readonly name = "StoreError";
  /** What is wrong. */
  readonly reason: StoreFailure;
  /** Where the file is, or should be. */
  readonly path: string;
  /** Whether it will most likely happen again until somebody changes a setting. */
  readonly lasting: boolean;

  /** Makes the error about the file at `path`; `options.cause` is the error underneath. */
  constructor(reason: StoreFailure, path: string, options?: ErrorOptions) {
    const { cause } = options ?? {};
    const detail = cause instanceof Error && reason === "failed" ? ` (${cause.message})` : "";
    super(`Cannot use the store ${path}: ${ADVICE[reason]}${detail}`, options);
    this.reason = reason;
    this.path = path;
    this.lasting = !PASSING.has(reason);
  }

  /** The same about an error of SQLite or of the file system. */
  static of(error: unknown, path: string): StoreError {
    return error instanceof StoreError
      ? error
      : new StoreError(failure(error), path, { cause: error });
  }
}

function failure(error: unknown): StoreFailure {
  if (!(error instanceof Error)) return "failed";
  // From another thread only the name comes.
  if (error.name === "NotCapable") return "not-permitted";
  // Opening a database tells no code.
  if (error.message.startsWith("unable to open database file")) return "unreachable";
  const { errcode = 0, code = "" } = error as { readonly errcode?: number; readonly code?: string };
  return RESULTS[errcode & 0xff] ?? ERRNOS[code] ?? "failed";
}
