/**
 * The files of Converse. They are no module of this project, and its many packages are none of what
 * users of it get, so they come by npm alone, once.
 *
 * @module
 */
import { join } from "node:path";

/** The version that is tested. */
export const VERSION = "14.0.0";

/** The folder that has them; they are fetched into the user's cache the first time. */
export async function converseFolder(): Promise<string> {
  const cache = Deno.env.get("XDG_CACHE_HOME") ?? join(Deno.env.get("HOME") ?? "/tmp", ".cache");
  const parent = join(cache, "roomkeeper");
  const folder = join(parent, `converse-${VERSION}`);
  if (await exists(join(folder, "dist"))) return folder;
  await Deno.mkdir(parent, { recursive: true });
  const fetched = await Deno.makeTempDir({ dir: parent });
  try {
    await run("npm", "pack", "--silent", `converse.js@${VERSION}`, "--pack-destination", fetched);
    await run("tar", "-xzf", join(fetched, `converse.js-${VERSION}.tgz`), "-C", fetched);
    await Deno.chmod(fetched, 0o755);
    await Deno.rename(join(fetched, "package"), folder);
  } finally {
    await Deno.remove(fetched, { recursive: true });
  }
  return folder;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args, stdout: "null" }).output();
  if (!success) throw new Error(`${command} ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}
