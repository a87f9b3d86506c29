/** What a room may answer to a rejoin, other than letting the user in. */
import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { ban, configure, move } from "../support/room_owner.ts";
import { ROOMS } from "../support/stage.ts";
import type { Ending } from "./loss.ts";
import { GUEST, Party } from "./party.ts";

const OPEN_SESAME = "open sesame";

export const members: Ending = {
  name: "the room is for members only now: told so",
  async run(stage, loss) {
    const party = await Party.meet(stage, "club");
    await loss.begins();
    await party.loseAnn();
    await configure(party.owner.client, party.room, { membersonly: "1" });
    await loss.ends();
    const { xml } = await party.isTold("registration-required", /; only members may enter now$/);
    assertFalse(xml.includes("destroy"), xml);
  },
};

export const banned: Ending = {
  name: "the user is banned: told so",
  async run(stage, loss) {
    const party = await Party.meet(stage, "court");
    await loss.begins();
    await party.loseAnn();
    const user = party.ann.client.jid.replace(/\/.*/, "");
    await ban(party.owner.client, party.room, user);
    await loss.ends();
    const { xml } = await party.isTold("forbidden", /; you are banned from it$/);
    assertFalse(xml.includes("destroy"), xml);
  },
};

export const otherPassword: Ending = {
  name: "the room's password has changed: told so",
  async run(stage, loss) {
    const party = await Party.meet(stage, "vault", { password: OPEN_SESAME });
    await loss.begins();
    await party.loseAnn();
    await configure(party.owner.client, party.room, {
      passwordprotectedroom: "1",
      roomsecret: "shut sesame",
    });
    await loss.ends();
    await party.isTold("not-authorized", /; its password has changed$/);
  },
};

export const password: Ending = {
  name: "the nick is taken for a while, in a room with a password: back in, and no word of it",
  fits: ({ cell }) => cell.feed === "plugin",
  async run(stage, loss) {
    const party = await Party.meet(stage, "cave", { password: OPEN_SESAME });
    await loss.begins();
    await party.loseAnn();
    const ghost = await stage.enter(GUEST, party.room, "Ann", OPEN_SESAME);
    await loss.ends();
    // The answer repeats the join.
    const { properties } = await stage.untilLogged("rejoin-failed", party.ann, party.mark);
    assertEquals([properties.because, properties.next], ["conflict", "again"]);
    await ghost.leave();
    await party.isBack();
    const streams = stage.home.components.streams.map((bytes) => new TextDecoder().decode(bytes));
    assert(streams.some((text) => text.includes(party.room)));
    for (const text of [...streams, ...stage.keeper.log.entries]) {
      assertFalse(text.includes(OPEN_SESAME), text);
    }
  },
};

export const nickTaken: Ending = {
  name: "the nick is somebody else's now: told so, after two more tries",
  // It takes 40 s, and needs no plugin: once is enough.
  fits: ({ cell }) => cell.home === "prosody" || cell.feed === "plugin",
  async run(stage, loss) {
    const party = await Party.meet(stage, "masks");
    await loss.begins();
    await party.loseAnn();
    await stage.enter(GUEST, party.room, "Ann");
    await loss.ends();
    await party.isTold("conflict", /; your nickname is taken now$/);
    assertEquals(party.failures().map(({ because }) => because), Array(3).fill("conflict"));
  },
};

export const full: Ending = {
  name: "the room is full: back in when somebody has left",
  // Prosody's rooms have no limit.
  fits: ({ cell }) => cell.rooms === "ejabberd",
  async run(stage, loss) {
    const party = await Party.meet(stage, "lift");
    await loss.begins();
    await party.loseAnn();
    const guest = await stage.enter(GUEST, party.room, "Guest");
    await configure(party.owner.client, party.room, { maxusers: "2" });
    await loss.ends();
    const { properties } = await stage.untilLogged("rejoin-failed", party.ann, party.mark);
    assertEquals(properties.next, "again");
    assertMatch(String(properties.because), /^(resource-constraint|service-unavailable)$/);
    await guest.leave();
    await party.isBack();
  },
};

export const moved: Ending = {
  name: "the room has moved for good: told where to",
  // ejabberd does not remember it.
  fits: ({ cell }) => cell.rooms === "prosody",
  async run(stage, loss) {
    const party = await Party.meet(stage, "camp");
    const alternate = `park@${ROOMS}`;
    await loss.begins();
    await party.loseAnn();
    await move(party.owner.client, party.room, alternate);
    await loss.ends();
    const { xml, statuses } = await party.isTold("", /./);
    assertMatch(xml, new RegExp(`<(?:\\w+:)?destroy (?:[^>]* )?jid="${alternate}"`));
    assertEquals(statuses.filter((code) => code !== 110), []);
  },
};
