/**
 * The main cases with the plugins on servers of Debian 13, whatever the other tests run on. Where
 * nobody has made those (`tools/trixie.sh`) this is left out, except in continuous integration.
 */
import { cut, cutAsked } from "./cases/cut.ts";
import { killed } from "./cases/killed.ts";
import { stopped } from "./cases/stopped.ts";
import { hasTrixie } from "./support/generation.ts";
import { CELLS, test } from "./support/play.ts";

Deno.test({
  name: "the plugins on servers of Debian 13",
  ignore: !Deno.env.has("CI") && !hasTrixie(),
  fn: async (t) => {
    const cells = CELLS.filter(({ feed }) => feed === "plugin");
    const cases = [killed, stopped, cut, cutAsked];
    await test(t, cells.map((cell) => ({ cell, cases, options: { generation: "trixie" } })));
  },
});
