/**
 * A command of the real program, run to its end.
 *
 * @module
 */
import { join } from "node:path";

const ROOT = join(import.meta.dirname!, "../../..");

/** What became of it. */
export interface Outcome {
  /** Its exit code. */
  readonly code: number;
  /** What it printed, results and complaints. */
  readonly output: string;
}

/**
 * Runs `roomkeeper` in a folder, with access to that and to one server.
 *
 * @param folder Its current folder.
 * @param server The address of the server.
 * @param args The command and its flags.
 */
export async function roomkeeper(
  folder: string,
  server: string,
  ...args: string[]
): Promise<Outcome> {
  const permissions = [`--allow-net=${server}`, "--allow-env=ROOMKEEPER_SECRET,NO_COLOR"];
  for (const access of ["read", "write"]) permissions.push(`--allow-${access}=${folder}`);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--cached-only", "--no-check"],
      ...["--config", join(ROOT, "deno.json"), ...permissions, join(ROOT, "main.ts"), ...args],
    ],
    cwd: folder,
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return { code, output: text.decode(stdout) + text.decode(stderr) };
}
