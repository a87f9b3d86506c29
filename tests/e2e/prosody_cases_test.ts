/** Every case with Prosody on both sides, with either feed, and some with another federation. */
import { cut, cutAsked } from "./cases/cut.ts";
import { forged } from "./cases/forged.ts";
import { killed } from "./cases/killed.ts";
import { CELLS, type Programme, test } from "./support/play.ts";

const cells = CELLS.filter(({ home, rooms }) => home === "prosody" && rooms === "prosody");

/** How else servers may be federated. */
const FEDERATIONS: readonly Omit<Programme, "cell">[] = [
  {
    note: "the component has a DNS record and a certificate",
    options: { keeperFederates: true },
    cases: [killed, cut, forged],
  },
  {
    note: "federated by dialback, without TLS",
    options: { trust: "dialback", keeperFederates: true },
    cases: [killed, cut, cutAsked],
  },
  {
    note: "a connection for each direction",
    options: { bidi: false },
    cases: [killed, cut, cutAsked],
  },
];

Deno.test("Prosody with rooms on Prosody", async (t) => {
  await test(t, [
    ...cells.map((cell) => ({ cell })),
    ...cells.flatMap((cell) => FEDERATIONS.map((federation) => ({ cell, ...federation }))),
  ]);
});
