/** Completions make well-formed streams whole again, wherever they were cut off. */

import { assert } from "@std/assert";
import { completions } from "./completions.ts";
import { stream } from "./generator.ts";
import { consult } from "./oracle.ts";
import { Random } from "./random.ts";

Deno.test("streams that were cut off anywhere can be completed", () => {
  const random = new Random(7);
  for (let tried = 0; tried < 100;) {
    const bytes = stream(random);
    const part = bytes.subarray(0, random.below(Math.min(bytes.length, 700)));
    const verdict = consult(part);
    const whole = consult(bytes);
    if (!verdict.cut || whole.cut || whole.refused !== undefined) continue;
    const completed = completions(verdict).some((more) => {
      const { refused, cut } = consult(Uint8Array.from([...part, ...more]));
      return refused === undefined && !cut;
    });
    assert(completed, new TextDecoder().decode(part));
    tried++;
  }
});
