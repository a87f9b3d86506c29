import { assert, assertEquals, assertFalse } from "@std/assert";
import type { Client, Received } from "./support/client.ts";
import { ComponentPeer } from "./support/component_peer.ts";
import { Federation } from "./support/federation.ts";
import { loseOccupant } from "./support/lose_occupant.ts";

const ALICE = "alice@home.example/phone";
const MALLORY = "mallory@away.example/x";
const ROOM = "den@rooms.example";
const isOwn = (s: Received) => s.kind === "presence" && !s.type && s.statuses.includes(110);

/** What a client was shown of a room's talk. */
function heard(client: Client, room = ROOM): string[] {
  return client.stanzas().flatMap((s) =>
    s.type === "groupchat" && s.body !== undefined && s.from?.startsWith(room) ? [s.body] : []
  );
}

/** Waits until everything that was said before has reached a client in the room. */
async function untilHeard(client: Client, body: string, room = ROOM): Promise<void> {
  await client.untilStanza(body, (s) => s.body === body && !!s.from?.startsWith(room));
}

for (const clock of [0, 90, -90]) {
  Deno.test(`rejoin: what was missed comes, once, with the rooms' clock ${clock} s ahead`, async () => {
    await using federation = await Federation.start({ roomsClockAhead: clock });
    await using peer = await ComponentPeer.connect(federation.home.ip);
    await peer.hello();
    const mallory = await federation.client(MALLORY);
    const alice = await federation.client(ALICE);
    await mallory.join(ROOM, "Mal");
    await alice.join(ROOM, "Ann");
    for (const body of ["one", "ok", "ok", "two"]) await mallory.say(ROOM, body);
    await untilHeard(alice, "two");
    await loseOccupant(federation.rooms, `${ROOM}/Ann`);
    for (const body of ["missed", "ok", "two", "also missed"]) await mallory.say(ROOM, body);
    await untilHeard(mallory, "also missed");
    const lost = alice.journal.length;
    assertEquals(await peer.rejoin(ALICE, ROOM, "rk-test-r1"), "rejoining");
    const copy = await peer.untilCopy("the answer", (s) => s.attr("id") === "rk-test-r1");
    assertEquals([copy.attr("type"), copy.attr("from")], [undefined, `${ROOM}/Ann`]);
    await alice.untilStanza("itself", isOwn, { after: lost });
    await mallory.say(ROOM, "now");
    await untilHeard(alice, "now");
    const all = ["one", "ok", "ok", "two", "missed", "ok", "two", "also missed", "now"];
    assertEquals(heard(alice), all);
    await alice.say(ROOM, "back");
    await untilHeard(mallory, "back");
  });
}
