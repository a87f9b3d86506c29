/** The rooms' server hangs, for longer than a ping may take, and goes on. */
import { setTimeout as delay } from "node:timers/promises";
import { type Case, judge } from "../support/outcome.ts";
import { aliceAndBob } from "./people.ts";

/** Longer than `ping_timeout` of the stage. */
const LONG_MS = 2_500;

export const frozen: Case = {
  name: "rooms frozen",
  async run(stage) {
    const occupants = await aliceAndBob(stage, "still");
    stage.rooms.freeze();
    await delay(LONG_MS);
    stage.rooms.thaw();
    return await judge(stage, { occupants });
  },
};

export const frozenAsked: Case = {
  name: "link broken, and rooms frozen while they are asked",
  async run(stage) {
    const occupants = await aliceAndBob(stage, "deaf");
    const mark = stage.mark();
    stage.rooms.freeze();
    stage.cut();
    stage.mend();
    await stage.probed(2, mark);
    stage.rooms.thaw();
    return await judge(stage, { occupants });
  },
};
