/** The rooms' server is gone for good: users are told when `confirm_within` has passed, not before. */
import { assert } from "@std/assert";
import { type Case, judge, now } from "../support/outcome.ts";
import { PATIENCE_MS } from "../support/stage.ts";
import { aliceAndBob } from "./people.ts";

/** `confirm_within` of the stage. */
const CONFIRM_WITHIN_S = 15;

export const gone: Case = {
  name: "rooms gone for good",
  async run(stage) {
    const occupants = await aliceAndBob(stage, "lost");
    const lostAt = now();
    await stage.killRooms();
    await Promise.all(occupants.map((occupant) => occupant.told(PATIENCE_MS)));
    // Its return must not bring a second notice.
    await stage.startRooms();
    const outcome = await judge(stage, { occupants, lostAt });
    const { secondsToNotice: seconds = Infinity } = outcome;
    assert(seconds >= CONFIRM_WITHIN_S, `told after ${seconds} s, before confirm_within`);
    return outcome;
  },
};
