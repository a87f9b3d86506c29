/** The rooms' server is gone for good: users are told when `give_up` has passed, not before. */
import { assert } from "@std/assert";
import { type Case, judge, now } from "../support/outcome.ts";
import { PATIENCE_MS } from "../support/stage.ts";
import { aliceAndBob } from "./people.ts";

/** `give_up` of the stage. */
const GIVE_UP_S = 15;

export const gone: Case = {
  name: "rooms gone for good",
  async run(stage) {
    const occupants = await aliceAndBob(stage, "lost");
    const lostAt = now();
    await stage.killRooms();
    await Promise.all(occupants.map((occupant) => occupant.told(PATIENCE_MS)));
    // Its return must not bring a second notice.
    await stage.startRooms();
    const outcome = await judge(stage, { occupants, givenUp: true, lostAt });
    const { secondsOut: seconds = Infinity } = outcome;
    assert(seconds >= GIVE_UP_S, `told after ${seconds} s, before give_up`);
    return outcome;
  },
};
