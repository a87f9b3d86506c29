/** Who leaves while somebody is out of the room: what that one's session hears after a rejoin. */
import { assertEquals } from "@std/assert";
import type { Client, Received } from "./support/client.ts";
import { ComponentPeer } from "./support/component_peer.ts";
import { EjabberdHome, KEEPER } from "./support/ejabberd_home.ts";
import { Federation } from "./support/federation.ts";
import { loseOccupant } from "./support/lose_occupant.ts";
import type { Prosody } from "./support/prosody.ts";
import { EJABBERD_RETRY } from "./support/stage.ts";

const ALICE = "alice@home.example/phone";
const BOB = "bob@home.example/pad";
const ROOM = "den@rooms.example";
/** Seconds; long enough for somebody else to be brought back. */
const LEAVERS_AFTER = 3;
const isOwn = (s: Received) => s.kind === "presence" && !s.type && s.statuses.includes(110);

const HOMES = {
  prosody: () => Federation.start({ homeOptions: `roomkeeper_leavers_after = ${LEAVERS_AFTER}` }),
  ejabberd: () =>
    EjabberdHome.start({
      homeOptions: EJABBERD_RETRY,
      homeModules: { mod_roomkeeper: { component: KEEPER, leavers_after: LEAVERS_AFTER } },
    }),
} as const;

/** The nicks of those who left, by what a client was told. */
function leavers(client: Client): string[] {
  return client.stanzas().flatMap((s) =>
    s.kind === "presence" && s.type === "unavailable" ? [s.from!.slice(`${ROOM}/`.length)] : []
  );
}

async function untilLeft(client: Client, nick: string): Promise<void> {
  const isIt = (s: Received) => s.type === "unavailable" && s.from === `${ROOM}/${nick}`;
  await client.untilStanza(`${nick} leaving`, isIt, { within: 15_000 });
}

for (const [home, start] of Object.entries(HOMES)) {
  /** A room with alice and bob of the home server, and others of the rooms' server. */
  const open = async (parts: AsyncDisposableStack, resumable: boolean, ...others: string[]) => {
    const servers = parts.use(await start());
    const peer = parts.use(await ComponentPeer.connect(servers.home.ip));
    await peer.hello();
    const inRoom = new Map<string, Client>();
    for (const nick of others) {
      const client = await servers.client(`mallory@away.example/${nick}`);
      await client.join(ROOM, nick);
      inRoom.set(nick, client);
    }
    const alice = await servers.client(ALICE, { resumable });
    await alice.join(ROOM, "Ann");
    const rooms = servers.rooms as Prosody;
    return {
      ...{ servers, peer, alice },
      others: inRoom,
      lose: (nick: string) => loseOccupant(rooms, `${ROOM}/${nick}`),
      leave: async (user: string, nick = user) => {
        await inRoom.get(user)!.leave(ROOM, nick);
        await untilLeft(inRoom.get("Mal")!, nick);
      },
    };
  };

  Deno.test(`${home}: who left while a user was out is told of, once, and nobody else`, async () => {
    await using parts = new AsyncDisposableStack();
    const { servers, peer, alice, others, lose, leave } = await open(
      ...[parts, false] as const,
      ...["Mal", "Mel", "Max"],
    );
    const bob = await servers.client(BOB);
    await bob.join(ROOM, "Bob");
    const rejoin = async (client: Client, id: string) => {
      const after = client.journal.length;
      assertEquals(await peer.rejoin(client.jid, ROOM, id), "rejoining");
      await client.untilStanza("itself", isOwn, { after });
    };
    // Alice hears of Max's going herself, and is told nothing more of it.
    await leave("Max");
    await untilLeft(alice, "Max");
    await lose("Ann");
    await lose("Bob");
    await leave("Mel");
    await rejoin(alice, "rk-test-r1");
    await rejoin(bob, "rk-test-r2");
    await untilLeft(alice, "Mel");
    await untilLeft(bob, "Mel");
    // Bob was late, but in time.
    assertEquals(leavers(alice), ["Max", "Mel"]);
    // Mel is known to be out: the next rejoin tells of those alone who left since.
    await others.get("Max")!.join(ROOM, "Maxi");
    await lose("Ann");
    await leave("Max", "Maxi");
    await rejoin(alice, "rk-test-r3");
    await untilLeft(alice, "Maxi");
    await alice.settle();
    assertEquals(leavers(alice), ["Max", "Mel", "Maxi"]);
    assertEquals(leavers(bob), ["Max", "Mel", "Maxi"]);
  });

  Deno.test(`${home}: a hibernated session hears who left when it is resumed`, async () => {
    await using parts = new AsyncDisposableStack();
    const { peer, alice, lose, leave } = await open(parts, true, "Mal", "Mel");
    await alice.drop();
    await lose("Ann");
    await leave("Mel");
    assertEquals(await peer.rejoin(ALICE, ROOM, "rk-test-r1"), "rejoining");
    await peer.untilCopy("herself", (s) => s.attr("id") === "rk-test-r1" && !s.attr("type"));
    await alice.reconnect();
    await untilLeft(alice, "Mel");
    await alice.settle();
    assertEquals(leavers(alice), ["Mel"]);
  });
}
