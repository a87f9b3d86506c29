/**
 * What real servers wrote to Roomkeeper (`deno task capture`) is read the same by the glance at
 * records and by the full parser, and its records are those that saxes finds; also when it comes in
 * other pieces, and when it is damaged.
 */
import { assert, assertEquals } from "@std/assert";
import { tapBothWays } from "../actors/support/both_ways.ts";
import { compareStream, noTally, sizes } from "../xml/scanner/differential.ts";
import { damaged } from "../xml/scanner/generator.ts";
import { Random } from "../xml/scanner/random.ts";
import { scan } from "../xml/scanner/snapshot.ts";

/** How many damaged excerpts of each capture are tried. */
const EXCERPTS = 200;

const files = [...Deno.readDirSync(import.meta.dirname!)].map(({ name }) => name)
  .filter((name) => name.endsWith(".xml"));

Deno.test("there is a capture of each home server, feed and rooms' server", () => {
  assertEquals(files.length, 2 * 2 * 3);
});

for (const name of files) {
  const file = new URL(name, import.meta.url);

  Deno.test(`${name}: the same events and records both ways, in any pieces`, async () => {
    const bytes = Deno.readFileSync(file);
    const random = new Random(bytes.length);
    for (const pieces of [[bytes.length], [1], sizes(random), sizes(random)]) {
      const { refused } = await tapBothWays(bytes, pieces);
      assertEquals(refused, undefined);
      compareStream(bytes, pieces);
    }
  });

  Deno.test(`${name}: no copy needs a full parse for the way in which it is written`, () => {
    const { records } = scan(Deno.readFileSync(file));
    assert(records.some(({ innerKind }) => innerKind !== "None"));
    // One message has a reference in its id, which a record cannot point to.
    const unusual = records.filter(({ unusual, text }) =>
      unusual && !text.includes("id='m&amp;1'")
    );
    assertEquals(unusual, []);
  });

  Deno.test(`${name}: the same events and records both ways, when damaged`, async () => {
    const text = new TextDecoder();
    const { records } = scan(Deno.readFileSync(file));
    const header = records[0]!.text;
    const random = new Random(42);
    const tally = noTally();
    for (let n = 0; n < EXCERPTS; n++) {
      const at = 1 + random.below(records.length - 1);
      const stanzas = records.slice(at, at + 1 + random.below(3)).map(({ text }) => text);
      const bytes = damaged(header + stanzas.join(""), random);
      const pieces = sizes(random);
      try {
        compareStream(bytes, pieces, tally);
        await tapBothWays(bytes, pieces);
      } catch (error) {
        throw new Error(`There is a difference in ${text.decode(bytes)}`, { cause: error });
      }
    }
    assert(tally.refused > 0 && tally.accepted > 0);
  });
}
