import { assertEquals } from "@std/assert";
import { Arrivals } from "../../actors/arrivals.ts";

Deno.test("joins on their way are known until each was handled", () => {
  const arrivals = new Arrivals();
  for (const link of ["cats", "dogs", "cats"]) arrivals.add("ann", link);
  arrivals.add("bob", "cats");
  arrivals.done("ann", "cats");
  assertEquals([...arrivals.of("ann")].sort(), ["cats", "dogs"]);
  arrivals.done("ann", "dogs");
  arrivals.done("ann", "dogs");
  assertEquals(arrivals.of("ann"), ["cats"]);
  arrivals.done("ann", "cats");
  assertEquals([arrivals.of("ann"), arrivals.of("bob"), arrivals.of("cid")], [[], ["cats"], []]);
});
