/** The rooms' server is killed with -9 and started again. */
import { type Case, judge, now } from "../support/outcome.ts";

export const killed: Case = {
  name: "killed with -9 and restarted",
  async run(stage) {
    const room = stage.newRoom("fleeting");
    const occupants = [
      await stage.enter("bob@home.example/desk", room, "Bob"),
      await stage.enter("alice@home.example/phone", room, "Ann"),
    ];
    const lostAt = now();
    await stage.killRooms();
    await stage.startRooms();
    return await judge(stage, { occupants, dropped: occupants, lostAt });
  },
};
