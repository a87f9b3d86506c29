/** A client whose session hibernates (XEP-0198) learns the truth, once, when it is back. */
import type { Occupant } from "../support/occupant.ts";
import { type Case, judge, now } from "../support/outcome.ts";
import type { Stage } from "../support/stage.ts";
import { BOB } from "./people.ts";

const TABLET = "alice@home.example/tablet";

/** Alice, with a session that can hibernate, and Bob. */
async function withTablet(stage: Stage, name: string): Promise<[Occupant, Occupant]> {
  await stage.client(TABLET, { resumable: true });
  const bob = await stage.enter(BOB, stage.newRoom(name), "Bob");
  return [await stage.enter(TABLET, bob.room, "Ann"), bob];
}

export const hibernatedCut: Case = {
  name: "hibernated client, link cut and mended",
  async run(stage) {
    const occupants = await withTablet(stage, "sleep");
    const [{ client: tablet }] = occupants;
    await tablet.drop();
    const mark = stage.mark();
    stage.cut();
    await stage.probed(1, mark);
    stage.mend();
    await stage.decided();
    await tablet.reconnect();
    return await judge(stage, { occupants });
  },
};

export const hibernatedKilled: Case = {
  name: "hibernated client, rooms killed -9 and restarted",
  async run(stage) {
    const [alice, bob] = await withTablet(stage, "dream");
    const { client: tablet } = alice;
    await tablet.drop();
    const lostAt = now();
    await stage.killRooms();
    await stage.startRooms();
    const awake = await judge(stage, { occupants: [bob], dropped: [bob], lostAt });
    await tablet.reconnect();
    const outcome = await judge(stage, { occupants: [alice], dropped: [alice], lostAt });
    return {
      ...outcome,
      false: outcome.false + awake.false,
      missed: outcome.missed + awake.missed,
      doubled: outcome.doubled + awake.doubled,
    };
  },
};
