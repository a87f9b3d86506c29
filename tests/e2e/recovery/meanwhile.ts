/** What the user, and the user's clients, do of their own while they are out of the room. */
import { assertEquals } from "@std/assert";
import { loseSession } from "../support/lose_occupant.ts";
import { Prosody } from "../support/prosody.ts";
import { Occupant } from "../support/occupant.ts";
import { PATIENCE_MS } from "../support/stage.ts";
import type { Ending } from "./loss.ts";
import { LONG_MS, Party } from "./party.ts";

const DESK = "alice@home.example/desk";
const TABLET = "alice@home.example/tablet";

export const back: Ending = {
  name: "the room has put the user out, and would have it: back in, with all that was said",
  async run(stage, loss) {
    const party = await Party.meet(stage, "garden");
    await loss.begins();
    await party.loseAnn();
    await loss.ends();
    await party.isBack();
  },
};

export const bothClients: Ending = {
  name: "two clients of one user are out: both are back in",
  async run(stage, loss) {
    const party = await Party.meet(stage, "shared");
    const desk = await stage.enter(DESK, party.room, "Ann");
    for (const body of ["one", "two"]) await party.say(body);
    await party.untilHeard(desk, "two");
    await party.ann.client.settle();
    party.ann.disregard();
    await loss.begins();
    await party.loseAnn();
    await loss.ends();
    for (const who of [party.ann, desk]) {
      assertEquals(await who.back(PATIENCE_MS), true, who.client.jid);
      await stage.untilLogged("rejoined", who, party.mark);
      assertEquals(await who.whereabouts(PATIENCE_MS), "in");
      await party.say(`hello ${who.client.jid}`);
      await party.untilHeard(who, `hello ${who.client.jid}`);
      const missed = who.client.stanzas().filter((s) =>
        s.body?.startsWith("missed") && s.from?.startsWith(party.room)
      );
      assertEquals(missed.map(({ body }) => body), party.missed);
      assertEquals([who.notices, stage.rejoins(who)], [[], 1]);
    }
  },
};

export const oneClient: Ending = {
  name: "one of two clients of one user is out: it alone is joined again",
  // A server whose rooms can be made to lose one session.
  fits: ({ rooms }) => rooms instanceof Prosody,
  async run(stage, loss) {
    const party = await Party.meet(stage, "half", { user: DESK });
    const watch = await stage.enter("alice@home.example/watch", party.room, "Ann");
    await party.ann.client.settle();
    party.ann.disregard();
    await loseSession(stage.rooms as Prosody, `${party.room}/Ann`, party.ann.client.jid);
    for (let i = 0; i < 2; i++) await party.miss();
    await party.untilHeard(watch, party.missed.at(-1)!);
    // What was not acknowledged when the link breaks comes back to the room, which then puts it out.
    assertEquals(await watch.whereabouts(PATIENCE_MS), "in");
    await loss.begins();
    await loss.ends();
    await party.isBack();
    assertEquals([stage.rejoins(watch), watch.notices], [0, []]);
    assertEquals(await watch.whereabouts(PATIENCE_MS), "in");
  },
};

export const hibernated: Ending = {
  name: "the session hibernates: it has it all when it is resumed",
  async run(stage, loss) {
    const party = await Party.meet(stage, "dream", { user: TABLET, resumable: true });
    await party.ann.client.drop();
    await loss.begins();
    await party.loseAnn();
    await loss.ends();
    if (stage.cell.feed === "plugin") await stage.untilLogged("rejoined", party.ann, party.mark);
    else await stage.decided(LONG_MS);
    await party.ann.client.reconnect();
    await party.isBack();
  },
};

export const leaves: Ending = {
  name: "the user leaves while out: left alone",
  async run(stage, loss) {
    const party = await Party.meet(stage, "exit");
    await loss.begins();
    await party.loseAnn();
    await party.ann.client.leave(party.room, "Ann");
    await loss.ends();
    await party.isLeftAlone();
  },
};

export const logsOut: Ending = {
  name: "the user logs out while out: left alone, and so is the next session of that name",
  // ejabberd's stock feed does not tell the end of a session.
  fits: ({ cell }) => cell.feed === "plugin",
  async run(stage, loss) {
    const user = "bob@home.example/lamp";
    const party = await Party.meet(stage, "dusk", { user });
    await loss.begins();
    await party.loseAnn();
    await stage.logOut(user);
    const next = await stage.client(user);
    await loss.ends();
    await party.isLeftAlone();
    await next.settle();
    assertEquals(next.stanzas().filter((s) => s.from?.startsWith(party.room)), []);
  },
};

export const asksForNick: Ending = {
  name: "the user asks for another nick while out, in vain: back in as before",
  async run(stage, loss) {
    const party = await Party.meet(stage, "names");
    await loss.begins();
    await party.loseAnn();
    await party.ann.client.askNick(party.room, "Anna");
    await loss.ends();
    await party.isBack();
  },
};

export const comesBack: Ending = {
  name: "the user comes back by itself before the rooms are asked: joined once",
  async run(stage, loss) {
    const party = await Party.meet(stage, "bridge", { user: DESK });
    await loss.begins();
    await party.loseAnn();
    await loss.ends();
    const again = await Occupant.enter(party.ann.client, party.room, "Ann", PATIENCE_MS);
    await stage.decided(LONG_MS);
    await party.say("hello");
    await party.untilHeard(again, "hello");
    assertEquals(await again.whereabouts(PATIENCE_MS), "in");
    assertEquals([...again.notices, ...again.returns].length, 0);
  },
};
