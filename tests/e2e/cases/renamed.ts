/** A user has changed the nick: the rooms are asked about the new one, and the notice has it. */
import { type Case, judge, now } from "../support/outcome.ts";
import { aliceAndBob } from "./people.ts";

export const renamedCut: Case = {
  name: "nick changed, link cut and mended",
  async run(stage) {
    const occupants = await aliceAndBob(stage, "names");
    const [alice] = occupants;
    await alice.changeNick("Anna");
    const mark = stage.mark();
    stage.cut();
    await stage.probed(1, mark);
    stage.mend();
    return await judge(stage, { occupants });
  },
};

export const renamedKilled: Case = {
  name: "nick changed, rooms killed -9 and restarted",
  async run(stage) {
    const occupants = await aliceAndBob(stage, "renames");
    const [alice] = occupants;
    await alice.changeNick("Anna");
    const lostAt = now();
    await stage.killRooms();
    await stage.startRooms();
    return await judge(stage, { occupants, dropped: occupants, lostAt });
  },
};
