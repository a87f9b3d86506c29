/** What happens while a join in the user's name is on its way to the room. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { BOB } from "../cases/people.ts";
import type { Received } from "../support/client.ts";
import { Occupant } from "../support/occupant.ts";
import { PATIENCE_MS, type Stage } from "../support/stage.ts";
import type { Ending, Loss } from "./loss.ts";
import { Party } from "./party.ts";
import { areTogether, lookup } from "./vanished.ts";

/** A user is out, and Roomkeeper has just joined the room in its name. */
async function onTheWay(stage: Stage, loss: Loss, name: string, user: string): Promise<Party> {
  const party = await Party.meet(stage, name, { user });
  await loss.begins();
  await party.loseAnn();
  await loss.ends();
  await underWay(party);
  return party;
}

/** Roomkeeper has just joined the room in Ann's name, and the server has sent the join. */
async function underWay({ stage, ann, mark }: Party): Promise<void> {
  await stage.untilLogged("rejoining", ann, mark);
  // What Roomkeeper answers now comes to the home server after its wish.
  await stage.keeperHasRead(stage.bystander.client);
}

export const leavesMidway: Ending = {
  name: "the user leaves: stays out",
  async run(stage, loss) {
    const party = await onTheWay(stage, loss, "gate", "bob@home.example/gate");
    const after = party.owner.client.journal.length;
    await party.ann.client.leave(party.room, "Ann");
    await party.untilGone("Ann", after);
    await stage.decided();
    await party.say("bye");
    await party.untilHeard(party.owner, "bye");
    assertEquals(await party.ann.whereabouts(PATIENCE_MS), "out");
    assertEquals(party.ann.notices, []);
  },
};

export const logsOutMidway: Ending = {
  name: "the user logs out: nobody is left in the room",
  async run(stage, loss) {
    const party = await onTheWay(stage, loss, "lobby", "bob@home.example/lobby");
    const after = party.owner.client.journal.length;
    await stage.logOut(party.ann.client.jid);
    await party.untilGone("Ann", after);
    const next = await stage.client(party.ann.client.jid);
    await stage.decided();
    await party.say("bye");
    await party.untilHeard(party.owner, "bye");
    await next.settle();
    // The room's last words to the old session may reach it, as it has its name; a notice may not.
    assertEquals(next.stanzas().filter(({ statuses }) => statuses.includes(333)), []);
  },
};

export const renamesMidway: Ending = {
  name: "the user takes another nick: in, under that",
  async run(stage, loss) {
    const party = await onTheWay(stage, loss, "stage", "bob@home.example/stage");
    await party.ann.changeNick("Anna");
    await stage.decided();
    await party.isWell();
    assertEquals(await party.ann.whereabouts(PATIENCE_MS), "in");
    assertEquals(party.ann.notices, []);
  },
};

export const joinsMidway: Ending = {
  name: "the user joins by itself: in, and no second join in its name",
  async run(stage, loss) {
    const party = await onTheWay(stage, loss, "porch", "bob@home.example/porch");
    const again = await Occupant.enter(party.ann.client, party.room, "Ann", PATIENCE_MS);
    await stage.decided();
    await party.say("hello");
    await party.untilHeard(again, "hello");
    assertEquals(await again.whereabouts(PATIENCE_MS), "in");
    assertEquals(again.notices, []);
    assert(stage.rejoins(again) <= 1);
  },
};

export const lostAgain: Ending = {
  name: "the domain is lost again: back in all the same",
  async run(stage, loss) {
    const party = await onTheWay(stage, loss, "relapse", "bob@home.example/relapse");
    const mark = stage.mark();
    stage.cut();
    await stage.probed(1, mark);
    stage.mend();
    assert(await party.ann.back(PATIENCE_MS));
    await stage.decided();
    await party.isWell();
    assertEquals([party.ann.notices, party.ann.returns.length], [[], 1]);
  },
};

export const keeperKilledMidway: Ending = {
  name: "Roomkeeper is killed with -9: back in, once",
  async run(stage, loss) {
    const party = await onTheWay(stage, loss, "orphan", "bob@home.example/orphan");
    await stage.killKeeper();
    stage.mend();
    await stage.startKeeper();
    assert(await party.ann.back(PATIENCE_MS));
    await stage.decided();
    await party.isWell();
    assertEquals([party.ann.notices, party.ann.returns.length], [[], 1]);
  },
};

/** Two are out, one of them has just been joined again, and then the room is not there any more. */
async function vanishing(
  stage: Stage,
  loss: Loss,
  name: string,
): Promise<{ readonly party: Party; readonly occupants: readonly Occupant[] }> {
  const party = await Party.meet(stage, name, { temporary: true });
  const bob = await stage.enter(BOB, party.room, "Bob");
  const occupants = [party.ann, bob];
  await loss.begins();
  await party.loseAnn();
  await loss.ends();
  await Promise.any(occupants.map((who) => stage.untilLogged("rejoining", who, party.mark)));
  await stage.keeperHasRead(stage.bystander.client);
  await party.owner.leave();
  return { party, occupants };
}

export const vanishesMidway: Ending = {
  name: "the room vanishes: nobody is in the one that this makes, and all know it",
  async run(stage, loss) {
    const { party, occupants } = await vanishing(stage, loss, "mist");
    for (const who of occupants) assert(await who.told(PATIENCE_MS), who.client.jid);
    await stage.decided();
    const told = occupants.map((who) => [...who.notices, ...who.dismissals]);
    assertEquals(told.map(({ length }) => length), [1, 1]);
    for (const [{ xml }] of told as [[Received], [Received]]) {
      assertStringIncludes(xml, "it does not exist any more");
    }
    assertEquals(await lookup(stage, party.room), "item-not-found");
  },
};

export const recreatedMidway: Ending = {
  name: "the room vanishes: all are in the one that this makes, and so can be others",
  async run(stage, loss) {
    const { party, occupants } = await vanishing(stage, loss, "dew");
    await areTogether(party, occupants);
  },
};
