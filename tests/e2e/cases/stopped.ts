/** The rooms' server is stopped in good order and started again. */
import { type Case, judge, now } from "../support/outcome.ts";

export const stopped: Case = {
  name: "stopped with SIGTERM and restarted",
  async run(stage) {
    const room = stage.newRoom("restored");
    const occupants = [
      await stage.enter("bob@home.example/desk", room, "Bob"),
      await stage.enter("alice@home.example/phone", room, "Ann"),
    ];
    const mark = stage.mark();
    const lostAt = now();
    await stage.stopRooms();
    await stage.startRooms();
    // Prosody restores who was in its rooms; the others forget them, or say goodbye.
    if (stage.cell.rooms !== "prosody") {
      return await judge(stage, { occupants, dropped: occupants, lostAt });
    }
    await stage.noticed(stage.cell.feed === "stock" ? stage.mark() : mark);
    return await judge(stage, { occupants, lostAt });
  },
};
