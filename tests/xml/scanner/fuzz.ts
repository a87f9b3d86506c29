/**
 * Compares the scanner with saxes for as many random streams as you like, by default a million:
 * `deno task fuzz 5000000 42`. Stops at the first difference, and prints the seed that makes it.
 */

import { compare, noTally, type Tally } from "./differential.ts";

const STEP = 10_000;

const cases = Number(Deno.args[0] ?? 1_000_000);
const seed = Number(Deno.args[1] ?? Date.now() % 1_000_000_000);
console.log(`${cases} cases from seed ${seed}`);

const total = noTally();
for (let done = 0; done < cases; done += STEP) {
  const tally = compare(seed + done, Math.min(STEP, cases - done));
  for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key];
}
console.log(total);
