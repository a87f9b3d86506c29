/**
 * The command line: `deno run main.ts --help`.
 *
 * @module
 */
import { main } from "./cli/main.ts";

if (import.meta.main) {
  Deno.exit(
    await main(Deno.args, {
      run: async () => (await import("./cli/run.ts")).run,
      check: async () => (await import("./cli/check.ts")).check,
      demo: async () => (await import("./demo/demo.ts")).demo,
      status: async () => (await import("./cli/status.ts")).status,
    }),
  );
}
