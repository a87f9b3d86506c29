/**
 * The scanner and saxes agree on random streams: which are refused, where stanzas end, and what
 * they are. `FUZZ_SEED` and `FUZZ_CASES` choose which and how many. The default is always the same,
 * so that a change is judged by itself; `deno task fuzz` looks for new cases, by the million.
 */

import { compare } from "./differential.ts";

const seed = Number(Deno.env.get("FUZZ_SEED") ?? 20_261_122);
const cases = Number(Deno.env.get("FUZZ_CASES") ?? 100_000);

Deno.test(`the scanner agrees with saxes in ${cases} streams from seed ${seed}`, () => {
  console.log(compare(seed, cases));
});
