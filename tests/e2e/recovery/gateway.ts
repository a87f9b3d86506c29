/** A gateway to IRC, which has no history of the time away. */
import { assertEquals } from "@std/assert";
import { IrcRooms } from "../support/irc_rooms.ts";
import { Occupant } from "../support/occupant.ts";
import { PATIENCE_MS } from "../support/stage.ts";
import type { Ending } from "./loss.ts";
import { Party } from "./party.ts";

export const gatewayKilled: Ending = {
  name: "the gateway is killed with -9 and started again: all are back in, and nothing comes twice",
  fits: ({ rooms }) => rooms instanceof IrcRooms,
  async run(stage) {
    const party = await Party.meet(stage, "harbour");
    const tablet = "alice@home.example/tablet";
    const sleeping = await Party.meet(stage, "night", { user: tablet, resumable: true });
    await sleeping.ann.client.drop();
    const { gateway } = stage.rooms as IrcRooms;
    await gateway.kill();
    await gateway.start();
    for (const { owner } of [party, sleeping]) {
      await Occupant.enter(owner.client, owner.room, owner.nick, PATIENCE_MS);
    }
    await party.isBack();
    await stage.untilLogged("rejoined", sleeping.ann, sleeping.mark);
    await sleeping.ann.client.reconnect();
    await sleeping.isBack();
    assertEquals(party.failures(), []);
  },
};
