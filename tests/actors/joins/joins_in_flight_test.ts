import { assertEquals } from "@std/assert";
import { JoinsInFlight } from "../../../actors/joins/joins_in_flight.ts";

Deno.test("joins on their way are known until each was handled", () => {
  const inFlight = new JoinsInFlight();
  for (const link of ["cats", "dogs", "cats"]) inFlight.add("ann", link);
  inFlight.add("bob", "cats");
  inFlight.done("ann", "cats");
  assertEquals([...inFlight.of("ann")].sort(), ["cats", "dogs"]);
  inFlight.done("ann", "dogs");
  inFlight.done("ann", "dogs");
  assertEquals(inFlight.of("ann"), ["cats"]);
  inFlight.done("ann", "cats");
  assertEquals([inFlight.of("ann"), inFlight.of("bob"), inFlight.of("cid")], [[], ["cats"], []]);
});
