/** The rooms' server is stopped in good order and started again. */
import { type Case, judge, now } from "../support/outcome.ts";
import { aliceAndBob } from "./people.ts";

export const stopped: Case = {
  name: "rooms stopped with SIGTERM and restarted",
  async run(stage) {
    const occupants = await aliceAndBob(stage, "restored");
    const mark = stage.mark();
    const lostAt = now();
    await stage.stopRooms();
    await stage.startRooms();
    // Prosody restores who was in its rooms; the others forget them, and say goodbye.
    if (stage.cell.rooms !== "prosody") {
      return await judge(stage, { occupants, dropped: occupants, lostAt });
    }
    await stage.noticed(mark);
    return await judge(stage, { occupants });
  },
};
