/** The rooms' server is killed with -9 and started again. */
import { type Case, judge, now } from "../support/outcome.ts";
import { aliceAndBob } from "./people.ts";

export const killed: Case = {
  name: "rooms killed -9 and restarted",
  async run(stage) {
    const occupants = await aliceAndBob(stage, "fleeting");
    const lostAt = now();
    await stage.killRooms();
    await stage.startRooms();
    return await judge(stage, { occupants, dropped: occupants, lostAt });
  },
};

export const killedLasting: Case = {
  name: "the same, persistent room",
  // A channel of IRC is there as long as somebody is in it.
  fits: ({ rooms }) => rooms !== "irc",
  async run(stage) {
    const occupants = await aliceAndBob(stage, "lasting");
    const [, owner] = occupants;
    await owner.makeLasting();
    const lostAt = now();
    await stage.killRooms();
    await stage.startRooms();
    return await judge(stage, { occupants, dropped: occupants, lostAt });
  },
};
