/**
 * The scanner and saxes agree on random streams: which are refused, where stanzas end, and what
 * they are. `FUZZ_SEED` and `FUZZ_CASES` choose which and how many; `deno task fuzz` runs millions.
 */

import { compare } from "./differential.ts";

const seed = Number(Deno.env.get("FUZZ_SEED") ?? Date.now() % 1_000_000_000);
const cases = Number(Deno.env.get("FUZZ_CASES") ?? 100_000);

Deno.test(`the scanner agrees with saxes in ${cases} streams from seed ${seed}`, () => {
  console.log(compare(seed, cases));
});
