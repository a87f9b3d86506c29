/** The link breaks while both servers stay up: nobody was dropped, so nobody may be told so. */
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

/**
 * With stream management between servers, home then answers what the rooms' server had not
 * acknowledged by itself.
 */
export const cutAsked: Case = {
  name: "link cut while users are asked, and mended",
  async run(stage) {
    const occupants = await aliceAndBob(stage, "again");
    const mark = stage.mark();
    stage.slow();
    await stage.verify();
    await stage.asked(mark);
    stage.cut();
    stage.mend();
    return await judge(stage, { occupants });
  },
};
