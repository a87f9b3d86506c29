/** One of a user's clients joins again by itself after the loss, the other one must be helped. */
import { type Case, judge, now } from "../support/outcome.ts";
import { ALICE } from "./people.ts";

const DESK = "alice@home.example/desk";

export const twoClients: Case = {
  name: "two clients of one user, one rejoins",
  async run(stage) {
    const phone = await stage.enter(ALICE, stage.newRoom("shared"), "Ann");
    const desk = await stage.enter(DESK, phone.room, "Ann");
    // It is shown in again when the other one enters under its nick.
    await phone.client.settle();
    phone.disregard();
    const lostAt = now();
    await stage.killRooms();
    await stage.startRooms();
    const back = await stage.enter(DESK, phone.room, "Ann");
    const outcome = await judge(stage, { occupants: [phone, back], dropped: [phone], lostAt });
    // Whether it was told before it was back is a matter of time; more than once is not.
    const twice = desk.notices.length > 1 ? 1 : 0;
    return { ...outcome, doubled: outcome.doubled + twice };
  },
};
