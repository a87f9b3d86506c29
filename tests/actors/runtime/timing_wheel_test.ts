import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { TimingWheel, type WheelTimer } from "../../../actors/runtime/mod.ts";

/** What a wheel should do, done with a sorted list. */
class SortedList {
  #now = 0;
  #entries: { due: number; id: number }[] = [];

  schedule(at: number, id: number): void {
    this.#entries.push({ due: Math.max(Math.ceil(at), this.#now), id });
    this.#entries.sort((a, b) => a.due - b.due || a.id - b.id);
  }

  cancel(id: number): boolean {
    const index = this.#entries.findIndex((entry) => entry.id === id);
    if (index >= 0) this.#entries.splice(index, 1);
    return index >= 0;
  }

  advance(now: number): number[] {
    this.#now = Math.max(this.#now, now);
    const due = this.#entries.filter((entry) => entry.due <= now);
    this.#entries = this.#entries.filter((entry) => entry.due > now);
    return due.map(({ id }) => id);
  }

  get size(): number {
    return this.#entries.length;
  }

  get next(): number | undefined {
    return this.#entries[0]?.due;
  }
}

/** Times of every order of magnitude, to reach all wheels. */
const span = fc.oneof(
  fc.nat(3),
  fc.nat(40),
  fc.nat(5000),
  fc.nat(100_000_000),
  fc.double({ min: 0, max: 1e12, noNaN: true }),
);

const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("schedule" as const), ms: span }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("cancel" as const), pick: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("advance" as const), ms: span.map(Math.floor) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("follow" as const) }) },
);

Deno.test("a timing wheel does what a sorted list does", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 200, size: "max" }), (commands) => {
      const origin = 1_735_689_600_000;
      const wheel = new TimingWheel<number>(origin);
      const list = new SortedList();
      const timers: WheelTimer<number>[] = [];
      let now = 0;
      for (const step of commands) {
        if (step.type === "schedule") {
          // The wheel sees the sum rounded to a double, so the model must, too.
          const at = origin + now + step.ms;
          list.schedule(at - origin, timers.length);
          timers.push(wheel.schedule(at, timers.length));
        } else if (step.type === "cancel") {
          if (timers.length === 0) continue;
          const id = step.pick % timers.length;
          assertEquals(wheel.cancel(timers[id]!), list.cancel(id));
        } else {
          // "follow" goes where the wheel wants to be woken, as a runtime does.
          now = step.type === "advance" ? now + step.ms : (wheel.next ?? origin + now) - origin;
          assertEquals(wheel.advance(origin + now), list.advance(now));
        }
        assertEquals(wheel.size, list.size);
        assertEquals(wheel.next === undefined, list.next === undefined);
        if (wheel.next !== undefined) assert(wheel.next - origin <= list.next!);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("following `next` reaches every timer in a few steps", () => {
  for (const delay of [1, 31, 32, 1000, 86_400_000, 365 * 86_400_000, 4e12]) {
    const wheel = new TimingWheel<string>(0);
    wheel.schedule(delay, "done");
    let steps = 0;
    for (; wheel.size > 0; steps++) {
      const fired = wheel.advance(wheel.next!);
      if (wheel.size === 0) assertEquals(fired, ["done"]);
    }
    assert(steps <= 9, `${delay} ms took ${steps} steps`);
  }
});

Deno.test("timers of one tick fire in the order of scheduling, wherever they waited", () => {
  const wheel = new TimingWheel<string>(0);
  wheel.schedule(5000, "from afar");
  wheel.advance(4900);
  wheel.schedule(5000, "nearer");
  wheel.advance(4990);
  wheel.schedule(4999.5, "near");
  assertEquals(wheel.advance(4999.9), []);
  assertEquals(wheel.advance(5000), ["from afar", "nearer", "near"]);
});

Deno.test("a time that has passed is due at once; time does not go back", () => {
  const wheel = new TimingWheel<string>(0);
  wheel.advance(100);
  wheel.schedule(50, "past");
  assertEquals(wheel.next, 100);
  assertEquals(wheel.advance(20), []);
  wheel.schedule(60, "past, too");
  assertEquals(wheel.next, 100);
  assertEquals(wheel.advance(100), ["past", "past, too"]);
});

Deno.test("a time that is no time is refused", () => {
  const wheel = new TimingWheel<string>(0);
  for (const at of [NaN, Infinity, 2 ** 46]) {
    assertThrows(() => wheel.schedule(at, "never"), RangeError, "out of range");
  }
  assertEquals(wheel.size, 0);
});
