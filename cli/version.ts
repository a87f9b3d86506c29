/**
 * The version of Roomkeeper.
 *
 * @module
 */
import project from "../deno.json" with { type: "json" };
import type { Terminal } from "./terminal.ts";

/** The version of Roomkeeper, such as `1.2.3`. */
export const VERSION: string = project.version;

/** `roomkeeper version` */
export function version(_given: unknown, terminal: Terminal): number {
  const { deno } = Deno.version;
  terminal.print(`roomkeeper ${VERSION} (deno ${deno}, ${Deno.build.target})`);
  return 0;
}
