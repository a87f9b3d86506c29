import { assertEquals } from "@std/assert";
import { unlessSuspended } from "../../component/clock.ts";
import type { Clock } from "../../component/mod.ts";

/** A clock whose timers fire when the test says so, as late as it likes. */
class LateClock implements Clock {
  time = 0;
  readonly timers = new Set<() => void>();

  now(): number {
    return this.time;
  }

  after(_ms: number, fire: () => void): () => void {
    this.timers.add(fire);
    return () => this.timers.delete(fire);
  }

  soon(): void {}

  fireAt(time: number): void {
    this.time = time;
    const due = [...this.timers];
    this.timers.clear();
    for (const fire of due) fire();
  }
}

Deno.test("nobody is late with an answer that could not be read before the timer", () => {
  const clock = new LateClock();
  let given = 0;
  unlessSuspended(clock, 20_000, () => given++);
  clock.fireAt(60_000);
  assertEquals(given, 0, "the process was held up: the answer may be there");
  clock.fireAt(62_500);
  assertEquals(given, 1, "it was not");

  const cancel = unlessSuspended(clock, 20_000, () => given++);
  clock.fireAt(200_000);
  cancel();
  assertEquals([given, clock.timers.size], [1, 0], "the answer came");
});
