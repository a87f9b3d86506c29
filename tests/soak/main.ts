/**
 * Runs keepers through everything for minutes, ten by default: `deno task soak [MINUTES]`. With
 * `--seed` of an earlier run the same happens again, as far as the machine is as fast; `--feed
 * plugin` and `--feed stock` leave the other one out. Ends with 0 if nothing at all was wrong.
 */

import { parseArgs } from "node:util";
import { faultsOf, table } from "./report.ts";
import { Soak } from "./soak.ts";

const PROGRESS_MS = 15_000;
const FEEDS = ["plugin", "stock"] as const;
/** So many faults are shown; they tend to have one reason. */
const SHOWN = 20;

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: { seed: { type: "string" }, feed: { type: "string" } },
});
const minutes = Number(positionals[0] ?? 10);
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const feeds = FEEDS.filter((feed) => feed === (values.feed ?? feed));
if (!(minutes > 0 && minutes <= 24 * 60) || !Number.isSafeInteger(seed) || feeds.length === 0) {
  console.error("Usage: deno task soak [MINUTES] [--seed NUMBER] [--feed plugin|stock]");
  Deno.exit(2);
}

console.log(`${minutes} minutes from seed ${seed}`);
const start = performance.now();
const soaks = feeds.map((feed) => new Soak({ feed, seed, ms: minutes * 60_000 }));
const end = async () => {
  for (const soak of soaks) await soak[Symbol.asyncDispose]();
};
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => void end().finally(() => Deno.exit(1)));
}
const timer = setInterval(() => {
  const seconds = Math.round((performance.now() - start) / 1000);
  for (const { progress } of soaks) console.log(`${`${seconds} s`.padStart(6)}  ${progress}`);
}, PROGRESS_MS);
const outcomes = await Promise.all(soaks.map((soak) => soak.run()));
clearInterval(timer);
await end();

console.log(`\n${table(outcomes)}`);
const faults = outcomes.flatMap((outcome) =>
  faultsOf(outcome).map((fault) => `${outcome.feed}: ${fault}`)
);
for (const fault of faults.slice(0, SHOWN)) console.error(fault);
if (faults.length > SHOWN) console.error(`… and ${faults.length - SHOWN} more`);
console.log(faults.length === 0 ? "\nAll is well" : `\nThe seed was ${seed}`);
Deno.exit(faults.length === 0 ? 0 : 1);
