/** Every case with Prosody on both sides, with either feed. */
import { assertEquals } from "@std/assert";
import { CASES } from "./cases/mod.ts";
import { type Cell, Stage } from "./support/stage.ts";

for (const feed of ["plugin", "stock"] as const) {
  const cell: Cell = { home: "prosody", feed, rooms: "prosody" };
  Deno.test(`Prosody with the ${feed} feed, rooms on Prosody`, async (t) => {
    await using stage = await Stage.start(cell);
    for (
      const { name, fits = () => true, run } of CASES.filter(({ fits }) => fits?.(cell) ?? true)
    ) {
      await t.step(name, async () => {
        const { secondsToNotice: _, ...counts } = await run(stage).finally(() => stage.recover());
        assertEquals(counts, { false: 0, missed: 0, doubled: 0 });
      });
    }
  });
}
