/** Every case with Prosody on both sides, with either feed, with and without a name in the DNS. */
import { cut } from "./cases/cut.ts";
import { killed } from "./cases/killed.ts";
import { CELLS, test } from "./support/play.ts";

const cells = CELLS.filter(({ home, rooms }) => home === "prosody" && rooms === "prosody");

Deno.test("Prosody with rooms on Prosody", async (t) => {
  await test(t, [
    ...cells.map((cell) => ({ cell })),
    ...cells.map((cell) => ({
      cell,
      cases: [killed, cut],
      options: { keeperResolvable: false },
      note: "the component's name not in the DNS",
    })),
  ]);
});
