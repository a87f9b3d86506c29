import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { RateLimitedLog } from "../../keeper/rate_limited_log.ts";

interface Line {
  readonly at: number;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

function setUp(options: { interval?: number; maxKinds?: number } = {}) {
  const lines: Line[] = [];
  const clock = { time: 0 };
  const log = new RateLimitedLog({
    now: () => clock.time,
    write: (message, fields) => lines.push({ at: clock.time, message, fields }),
    ...options,
  });
  return { log, lines, clock };
}

Deno.test("the first of each kind is logged at once", () => {
  const { log, lines } = setUp();
  log.note("a", "A happened", { n: 1 });
  log.note("b", "B happened");
  assertEquals(lines, [
    { at: 0, message: "A happened", fields: { n: 1 } },
    { at: 0, message: "B happened", fields: {} },
  ]);
});

Deno.test("later ones are counted until the interval has passed", () => {
  const { log, lines, clock } = setUp({ interval: 1000 });
  for (clock.time = 0; clock.time < 1000; clock.time += 100) log.note("a", "A", { at: clock.time });
  assertEquals(lines.length, 1);
  log.note("a", "A", { at: clock.time });
  assertEquals(lines[1], { at: 1000, message: "A", fields: { at: 1000, suppressed: 9 } });
});

Deno.test("what was held back is told by a flush once its interval has passed, or at the end", () => {
  const { log, lines, clock } = setUp({ interval: 1000 });
  for (const n of [1, 2, 3]) log.note("a", "A", { n });
  log.flush();
  assertEquals(lines.length, 1);
  clock.time = 1000;
  log.flush();
  assertEquals(lines[1], { at: 1000, message: "A", fields: { n: 3, suppressed: 1 } });
  log.flush();
  log.note("a", "A", { n: 4 });
  assertEquals(lines.length, 2);
  log.flush({ all: true });
  assertEquals(lines[2]?.fields, { n: 4 });
});

Deno.test("a bounded number of kinds is remembered, and the forgotten one's count is told", () => {
  const { log, lines } = setUp({ maxKinds: 2 });
  log.note("a", "A", { n: 1 });
  log.note("a", "A", { n: 2 });
  log.note("b", "B");
  log.note("c", "C");
  assertEquals(lines.map((line) => line.message), ["A", "B", "A", "C"]);
  assertEquals(lines[2]?.fields, { n: 2 });
});

Deno.test("no line is lost, and no kind is logged faster than the interval", () => {
  const note = fc.record({ kind: fc.constantFrom("a", "b", "c"), pause: fc.nat(700) });
  fc.assert(fc.property(fc.array(note), (notes) => {
    const { log, lines, clock } = setUp({ interval: 1000 });
    for (const { kind, pause } of notes) {
      clock.time += pause;
      log.note(kind, kind);
    }
    for (const kind of ["a", "b", "c"]) {
      const times = lines.filter((line) => line.message === kind).map((line) => line.at);
      assert(times.every((time, i) => i === 0 || time - times[i - 1]! >= 1000));
    }
    log.flush({ all: true });
    const told = lines.reduce((sum, { fields }) => sum + 1 + Number(fields.suppressed ?? 0), 0);
    assertEquals(told, notes.length);
  }));
});

Deno.test("an interval that makes no sense is refused", () => {
  assertThrows(() => setUp({ interval: 0 }), RangeError, "'interval' must be positive");
});
