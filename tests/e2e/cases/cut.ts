/** The link is cut while both servers stay up: nobody was dropped, so nobody may be told so. */
import { type Case, judge } from "../support/outcome.ts";
import { aliceAndBob } from "./people.ts";

export const cut: Case = {
  name: "link cut and mended",
  async run(stage) {
    const occupants = await aliceAndBob(stage, "apart");
    const mark = stage.mark();
    stage.cut();
    await stage.probed(2, mark);
    stage.mend();
    return await judge(stage, { occupants });
  },
};
