import { assertEquals } from "@std/assert";
import { OwnOutage } from "../../../actors/ports/own_outage.ts";

Deno.test("three domains out of reach and no sign of life: it is our side", () => {
  const sense = new OwnOutage();
  sense.unreached("a");
  sense.unreached("b");
  sense.unreached("b");
  assertEquals(sense.ours, false);
  sense.unreached("c");
  assertEquals(sense.ours, true);
  sense.heard();
  assertEquals(sense.ours, false);
});

Deno.test("a domain that is given up is no proof any more", () => {
  const sense = new OwnOutage();
  for (const domain of ["a", "b", "c"]) sense.unreached(domain);
  sense.forget("b");
  assertEquals(sense.ours, false);
});
