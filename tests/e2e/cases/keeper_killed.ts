/** Roomkeeper itself is killed with -9, at the worst moments. */
import { type Case, judge, now } from "../support/outcome.ts";
import { PATIENCE_MS } from "../support/stage.ts";
import { aliceAndBob } from "./people.ts";

export const keeperKilled: Case = {
  name: "Roomkeeper killed -9 after the loss",
  async run(stage) {
    const occupants = await aliceAndBob(stage, "orphans");
    await stage.stored();
    const lostAt = now();
    await stage.killRooms();
    await stage.killKeeper();
    await stage.startRooms();
    await stage.startKeeper();
    return await judge(stage, { occupants, dropped: occupants, lostAt });
  },
};

export const keeperAway: Case = {
  name: "Roomkeeper away during the loss",
  async run(stage) {
    const occupants = await aliceAndBob(stage, "unseen");
    await stage.stored();
    await stage.killKeeper();
    const lostAt = now();
    await stage.killRooms();
    await stage.startRooms();
    await stage.startKeeper();
    return await judge(stage, { occupants, dropped: occupants, lostAt });
  },
};

export const keeperKilledAfter: Case = {
  name: "Roomkeeper killed -9 right after it has helped",
  async run(stage) {
    const occupants = await aliceAndBob(stage, "told");
    const lostAt = now();
    await stage.killRooms();
    await stage.startRooms();
    await Promise.all(occupants.map((occupant) => occupant.helped(PATIENCE_MS)));
    // The plugin saw it too. Without it only what is written down tells of them.
    if (stage.cell.feed === "stock") await stage.stored();
    await stage.killKeeper();
    await stage.startKeeper();
    return await judge(stage, { occupants, lostAt });
  },
};
