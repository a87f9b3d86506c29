import { assert, assertThrows } from "@std/assert";
import fc from "fast-check";
import { backoffDelay, backoffOptions } from "../../component/backoff.ts";

Deno.test("the wait is jittered over all of a cap that doubles up to the maximum", () => {
  fc.assert(fc.property(
    fc.nat({ max: 2_000 }),
    fc.integer({ min: 1, max: 1_000 }),
    fc.integer({ min: 1_000, max: 100_000 }),
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    (attempt, minMs, maxMs, random) => {
      const cap = attempt < 20 ? Math.min(maxMs, minMs * 2 ** attempt) : maxMs;
      assert(backoffDelay(attempt, { minMs, maxMs }, () => random) === random * cap);
    },
  ));
});

Deno.test("bounds that make no sense are refused, by name and value", () => {
  assertThrows(() => backoffOptions({ minMs: 0 }), RangeError, "'minMs'");
  assertThrows(() => backoffOptions({ maxMs: Infinity }), RangeError, "Infinity");
  assertThrows(() => backoffOptions({ minMs: 5, maxMs: 4 }), RangeError, "5, 4");
});
