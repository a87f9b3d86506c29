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
    const occupants = await withTablet(stage, "dream");
    const [{ client: tablet }, bob] = occupants;
    await tablet.drop();
    const lostAt = now();
    await stage.killRooms();
    await stage.startRooms();
    await judge(stage, { occupants: [bob], dropped: [bob], lostAt });
    await tablet.reconnect();
    return await judge(stage, { occupants, dropped: occupants, lostAt });
  },
};
