/** Every case with every home server, feed and rooms' server; Prosody on both sides is by itself. */
import { CELLS, test } from "./support/play.ts";

Deno.test("every home server and feed with every rooms' server", async (t) => {
  const others = CELLS.filter(({ home, rooms }) => home !== "prosody" || rooms !== "prosody");
  await test(t, others.map((cell) => ({ cell })));
});
