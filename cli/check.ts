/**
 * `roomkeeper check`: tries the configuration against the server, step by step.
 *
 * @module
 */
import { loadConfig } from "../config/files.ts";
import type { Given } from "./commands.ts";
import { ServerProbe } from "./server_probe.ts";
import type { Terminal } from "./terminal.ts";

/** Tries everything that the keeper needs of the server; 0 if it is all there. */
export async function check(given: Given<"check">, terminal: Terminal): Promise<number> {
  const { config, warnings } = loadConfig(given.config);
  for (const warning of warnings) terminal.complain(`note: ${warning}`);
  const probe = new ServerProbe(config);
  try {
    for (const [what, step] of probe.steps) {
      terminal.print(`ok    ${what}${suffix(await step())}`);
    }
    terminal.print("\nRoomkeeper can work with this server.");
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    terminal.print(`FAIL  ${error.message}`);
    return 1;
  } finally {
    await probe.close();
  }
}

function suffix(found: string | void): string {
  return found ? `: ${found}` : "";
}
