import { assertEquals, assertThrows } from "@std/assert";
import { type DomainOptions, domainOptions } from "../../../actors/messages/options.ts";

Deno.test("domainOptions() gives up after a day, or after ten minutes where users are only told", () => {
  assertEquals(domainOptions().giveUp, 86_400_000);
  assertEquals(domainOptions({ recover: "notify" }).giveUp, 600_000);
  assertEquals(domainOptions({ recover: "notify", giveUp: 5 }).giveUp, 5);
});

Deno.test("domainOptions() refuses what makes no sense, and says what", () => {
  const cases: readonly [DomainOptions, string][] = [
    [{ pingsPerSecond: 0 }, "'pingsPerSecond' must be a number, from 0.1 to 1000000"],
    [{ rejoinsPerSecond: 1001 }, "'rejoinsPerSecond' must be a number, from 0.1 to 1000"],
    [{ pingDelay: -1 }, "'pingDelay' must be a number, 0 or more: current value is -1"],
    [{ giveUp: NaN }, "'giveUp' must be a number, 0 or more: current value is NaN"],
    [{ recover: "pray" as "notify" }, "'recover' must be one of rejoin, notify"],
  ];
  for (const [options, message] of cases) {
    assertThrows(() => domainOptions(options), RangeError, message);
  }
});
