/** The room has vanished: it is made again if that is wanted, and by nobody if it is not. */
import { assertEquals } from "@std/assert";
import { BOB } from "../cases/people.ts";
import type { Occupant } from "../support/occupant.ts";
import { PATIENCE_MS, type Stage } from "../support/stage.ts";
import type { Ending } from "./loss.ts";
import { Party } from "./party.ts";

/** What the server of a room says when somebody asks for it. */
export async function lookup(stage: Stage, room: string): Promise<string> {
  const { client } = stage.bystander;
  const id = crypto.randomUUID();
  const query = `<query xmlns='http://jabber.org/protocol/disco#info'/>`;
  await client.sendRaw(`<iq type='get' to='${room}' id='${id}'>${query}</iq>`);
  const { type, condition } = await client.untilStanza("an answer", (s) => s.id === id);
  return condition ?? type ?? "";
}

/** The occupants are in the room that one of them has made again, and it is open to others. */
export async function areTogether(party: Party, occupants: readonly Occupant[]): Promise<void> {
  const { stage, room } = party;
  for (const who of occupants) assertEquals(await who.back(PATIENCE_MS), true, who.client.jid);
  await stage.decided();
  const carl = await stage.enter(party.owner.client.jid, room, "Carl");
  for (const who of occupants) {
    assertEquals(await who.whereabouts(PATIENCE_MS), "in");
    assertEquals([who.notices, who.dismissals, who.returns.length], [[], [], 1]);
    await carl.client.say(room, `hello ${who.nick}`);
    await party.untilHeard(who, `hello ${who.nick}`);
  }
}

export const vanished: Ending = {
  name: "the room has vanished: all are told, and nobody makes it again",
  async run(stage, loss) {
    const party = await Party.meet(stage, "tent", { temporary: true });
    const bob = await stage.enter(BOB, party.room, "Bob");
    await loss.begins();
    await party.loseAnn();
    await party.owner.leave();
    await loss.ends();
    for (const who of [party.ann, bob]) {
      await party.isTold("", / does not exist any more$/, who);
    }
    assertEquals(await lookup(stage, party.room), "item-not-found");
  },
};

export const recreated: Ending = {
  name: "the room has vanished: all are in it again, and so can be others",
  async run(stage, loss) {
    const party = await Party.meet(stage, "camp", { temporary: true });
    const bob = await stage.enter(BOB, party.room, "Bob");
    const occupants = [party.ann, bob];
    await loss.begins();
    await party.loseAnn();
    await party.owner.leave();
    await loss.ends();
    await areTogether(party, occupants);
  },
};
