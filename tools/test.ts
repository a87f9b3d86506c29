/**
 * Runs all tests that can run on this machine, and tells at the end how long they took and what was
 * left out, with the reasons.
 *
 * @module
 */
import { missing, NEEDS } from "../tests/support/needs.ts";
import { missingForServers } from "./test_e2e.ts";

/** What was left out, one line each. */
async function leftOut(): Promise<string[]> {
  const servers = await missingForServers();
  const groups = new Map<string, string[]>();
  for (const program of missing()) {
    const { tests, package: from } = NEEDS[program];
    groups.set(tests, [...groups.get(tests) ?? [], `${program} (Debian: ${from})`]);
  }
  return [
    ...servers.length > 0
      ? [`the tests against real servers (tests/e2e): needs ${servers.join(", ")}`]
      : [],
    ...[...groups].map(([tests, needed]) => `${tests}: needs ${needed.join(", ")}`),
    "the store on disks that fail (tests/disk): mounts disks, so it is only done when asked for: " +
    "deno task test:disk",
  ];
}

async function task(name: string): Promise<boolean> {
  const command = new Deno.Command(Deno.execPath(), { args: ["task", "--quiet", name] });
  return (await command.spawn().status).success;
}

if (import.meta.main) {
  const begun = performance.now();
  const success = await task("test:unit") && await task("test:e2e");
  const minutes = ((performance.now() - begun) / 60_000).toFixed(1);
  console.log(`\n${success ? "All is well" : "It failed"}, after ${minutes} minutes. Left out:`);
  for (const line of await leftOut()) console.log(`- ${line}`);
  Deno.exit(success ? 0 : 1);
}
