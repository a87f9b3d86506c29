import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { serialize } from "../../xml/mod.ts";
import { changes, damage, element, sizes } from "./arbitraries.ts";
import { readBySaxes } from "./saxes_oracle.ts";
import { CONTENT_NS, FOOTER, HEADER, parse } from "./streams.ts";

const SCOPE = { ns: CONTENT_NS };

Deno.test("what serialize writes is read back as the same element, in any pieces", async () => {
  await fc.assert(
    fc.asyncProperty(element, sizes, async (element, sizes) => {
      const { events, error } = await parse(HEADER + serialize(element, SCOPE) + FOOTER, sizes);
      assertEquals(error, undefined);
      assertEquals(events[1], { type: "stanza", element });
      assertEquals(events.length, 3);
    }),
    { numRuns: 500 },
  );
});

Deno.test("streams are read as saxes reads them, and refused where it refuses them", async () => {
  const elements = fc.array(element, { maxLength: 2 });
  const property = fc.asyncProperty(elements, changes, sizes, async (elements, changes, sizes) => {
    const stanzas = elements.map((element) => serialize(element, SCOPE)).join("\n");
    const stream = damage(HEADER + stanzas + FOOTER, changes);
    const outcome = await parse(stream, sizes);
    const complete = outcome.error === undefined && outcome.events.at(-1)?.type === "close";
    assertEquals(complete ? outcome.events : undefined, readBySaxes(stream));
    assertEquals(await parse(stream), outcome);
  });
  await fc.assert(property, { numRuns: 1000 });
});
