/**
 * How this program is started.
 *
 * @module
 */
import { basename } from "node:path";

/**
 * What must be typed before the name of a command: the name of the binary, what the script that
 * starts the sources calls itself, or the task of the source folder.
 */
export function programName(): string {
  const path = Deno.execPath();
  if (Deno.build.standalone) return basename(path) === "roomkeeper" ? "roomkeeper" : path;
  const variable = "ROOMKEEPER_PROGRAM";
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  const script = state === "granted" ? Deno.env.get(variable) : undefined;
  // npx keeps what it has downloaded in such a folder, which is not in the PATH.
  const deno = /[\\/]_npx[\\/]/.test(path) ? `npx --yes deno@${Deno.version.deno}` : "deno";
  return script ?? `${deno} task roomkeeper`;
}
