/** A local user and a remote one feed Roomkeeper with inventions: it believes none of them. */
import { assertEquals } from "@std/assert";
import { type Case, judge } from "../support/outcome.ts";
import { KEEPER } from "../support/ejabberd_home.ts";
import { STRANGER } from "../support/rooms_server.ts";
import { ROOMS } from "../support/stage.ts";
import { aliceAndBob } from "./people.ts";

/** How Roomkeeper counts what it did not believe. */
const FORGED = `roomkeeper_ignored_stanzas_total{kind="forged"}`;

export const forged: Case = {
  name: "forged copies and link notices",
  fits: ({ feed }) => feed !== "ping-muc",
  async run(stage) {
    const occupants = await aliceAndBob(stage, "calm");
    const liars = [await stage.client("mallory@home.example/lair")];
    // Strangers can't even write to a component that has no name in the DNS.
    if (stage.keeperFederates) liars.push(await stage.client(`${STRANGER}/lair`));
    const kicks = occupants.map(({ room, nick, client }) =>
      `<forwarded xmlns='urn:xmpp:forward:0'><presence xmlns='jabber:client' type='unavailable' ` +
      `from='${room}/${nick}' to='${client.jid}'><x xmlns='http://jabber.org/protocol/muc#user'>` +
      `<status code='110'/></x></presence></forwarded>`
    );
    const lies = [
      ...["in", "out"].map((direction) =>
        `<link xmlns='urn:x-roomkeeper:link:0' domain='${ROOMS}' state='down' direction='${direction}'/>`
      ),
      ...kicks,
      `<ended xmlns='urn:x-roomkeeper:link:0' user='${occupants[0].client.jid}'/>`,
    ];
    const before = await stage.keeper.metric(FORGED);
    for (const liar of liars) {
      for (const lie of lies) await liar.sendRaw(`<message to='${KEEPER}'>${lie}</message>`);
      await stage.keeperHasRead(liar);
    }
    assertEquals(await stage.keeper.metric(FORGED) - before, lies.length * liars.length);
    await stage.keeper.until(
      "its warning",
      ({ properties: { event, kind } }) => event === "ignored" && kind === "forged",
    );
    return await judge(stage, { occupants });
  },
};
