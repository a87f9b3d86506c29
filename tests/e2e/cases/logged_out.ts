/** A user logs out while the rooms' server is away: the next session is in no room to be out of. */
import { type Case, judge, now } from "../support/outcome.ts";
import { aliceAndBob, BOB } from "./people.ts";

export const loggedOut: Case = {
  name: "user logs out meanwhile",
  async run(stage) {
    const [alice, bob] = await aliceAndBob(stage, "parting");
    const lostAt = now();
    await stage.killRooms();
    await stage.logOut(BOB);
    const again = await stage.client(BOB);
    await stage.startRooms();
    const outcome = await judge(stage, { occupants: [alice], dropped: [alice], lostAt });
    await again.settle();
    const strays = again.stanzas().filter((s) =>
      s.kind === "presence" && s.from === `${bob.room}/${bob.nick}`
    );
    if (strays.length === 0) return outcome;
    const { home, feed } = stage.cell;
    // ejabberd's stock feed does not tell that a session ended, and the notice is no lie.
    if (home === "ejabberd" && feed === "stock" && strays.length === 1) {
      return { ...outcome, remark: "the user's next session, of the same name, is told too" };
    }
    return { ...outcome, false: outcome.false + strays.length };
  },
};
