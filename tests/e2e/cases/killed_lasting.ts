/** The rooms' server is killed with -9 and started again: the room is there, its people are not. */
import { type Case, judge, now } from "../support/outcome.ts";

export const killedLasting: Case = {
  name: "killed with -9 and restarted, persistent room",
  // A channel of IRC is there as long as somebody is in it.
  fits: ({ rooms }) => rooms !== "irc",
  async run(stage) {
    const room = stage.newRoom("lasting");
    const owner = await stage.enter("bob@home.example/desk", room, "Bob");
    await owner.makeLasting();
    const occupants = [owner, await stage.enter("alice@home.example/phone", room, "Ann")];
    const lostAt = now();
    await stage.killRooms();
    await stage.startRooms();
    return await judge(stage, { occupants, dropped: occupants, lostAt });
  },
};
