/**
 * Where the servers' programs come from: the packages of this machine, or those of Debian 13 in the
 * root that `tools/trixie.sh` makes.
 *
 * @module
 */

/** Which packages: those of the machine (CI has Debian 12), or those of Debian 13. */
export type Generation = "machine" | "trixie";

const GENERATIONS: readonly string[] = ["machine", "trixie"] satisfies Generation[];

/** The generation of all servers that are not told another: `ROOMKEEPER_SERVERS`. */
export const GENERATION: Generation = generationFrom(Deno.env.get("ROOMKEEPER_SERVERS"));

/** A program with its arguments. */
export interface Program {
  /** The file, found by the `PATH`. */
  readonly command: string;
  /** Its arguments. */
  readonly args: readonly string[];
}

/** Files or folders that a program sees at another place: what, and where. */
export type Mounts = readonly (readonly [what: string, where: string])[];

/** Mounts pairs of paths until `--`, then becomes the program: one process, so signals reach it. */
const MOUNT_AND_RUN = `while [ "$1" != -- ]; do mount --bind "$1" "$2" && shift 2 || exit 1; done
shift; exec "$@"`;

let root: string | undefined;

/** The folder of Debian 13; it is made if it isn't there, which takes minutes. */
export function trixieRoot(): string {
  root ??= trixie();
  if (root === undefined) throw new Error("There are no servers of Debian 13: see above");
  return root;
}

/** Whether there is such a folder already. */
export function hasTrixie(): boolean {
  return trixie("--made") !== undefined;
}

function trixie(...args: string[]): string | undefined {
  const script = new URL("../../../tools/trixie.sh", import.meta.url).pathname;
  const command = new Deno.Command(script, { args, stderr: "inherit" });
  const { success, stdout } = command.outputSync();
  return success ? new TextDecoder().decode(stdout).trim() : undefined;
}

/**
 * A program of a generation, as it is to be started.
 *
 * Programs of Debian 13 see its `/usr` and `/etc` in place of the machine's, and everything else as
 * it is: paths mean the same to them and to a test. The mounts are in a namespace of their own and
 * end with the process.
 *
 * @param mounts What else it sees elsewhere, mounted in this order.
 */
export function program(
  generation: Generation,
  { command, args }: Program,
  mounts: Mounts = [],
): Program {
  const folders = generation === "trixie" ? ["/usr", "/etc"] : [];
  const all = [...folders.map((folder) => [trixieRoot() + folder, folder]), ...mounts].flat();
  if (all.length === 0) return { command, args };
  return {
    command: "unshare",
    args: ["--mount", "sh", "-c", MOUNT_AND_RUN, "sh", ...all, "--", command, ...args],
  };
}

/** Runs a program of a generation to its end, and returns what it wrote to both of its outputs. */
export async function runProgram(generation: Generation, wanted: Program): Promise<string> {
  const { command, args } = program(generation, wanted);
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args] }).output();
  const text = new TextDecoder();
  const said = text.decode(stdout) + text.decode(stderr);
  if (!success) throw new Error(`${wanted.command} failed: ${said}`);
  return said;
}

function generationFrom(name = "machine"): Generation {
  if (GENERATIONS.includes(name)) return name as Generation;
  throw new Error(`ROOMKEEPER_SERVERS is one of ${GENERATIONS.join(", ")}: it is "${name}"`);
}
