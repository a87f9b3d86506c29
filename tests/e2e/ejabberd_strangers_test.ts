/** What strangers, occupants and rooms can't do to the table of the ejabberd plugin. */
import { assertEquals } from "@std/assert";
import { NS } from "../../xmpp/namespaces.ts";
import { Client } from "./support/client.ts";
import { ComponentPeer } from "./support/component_peer.ts";
import { Ejabberd } from "./support/ejabberd.ts";
import { EjabberdHome, KEEPER } from "./support/ejabberd_home.ts";
import { StagedRoom } from "./support/staged_room.ts";

const ALICE = "alice@home.example/phone";
const ROOM = "den@rooms.example";
const STAGED = "irc@gateway.home.example";
const FORGED = `<x xmlns='${NS.mucUser}'><item affiliation='none' role='participant'/>` +
  `<status code='110'/></x>`;

/** The joins that the plugin tells of. */
async function joins(peer: ComponentPeer): Promise<string[]> {
  const events = await peer.hello();
  return events.flatMap((e) => e.type === "joined" ? [`${e.user} ${e.room}/${e.nick}`] : []);
}

Deno.test("ejabberd: 20,000 presences that strangers made up change nothing for their victim", async () => {
  await using servers = await EjabberdHome.start();
  await using far = new Ejabberd({
    name: "far",
    host: "far.example",
    components: ["evil.far.example"],
    users: ["mallory@far.example"],
  });
  for (const domain of ["far.example", "evil.far.example"]) servers.home.resolve(domain, far.ip);
  far.resolve("home.example", servers.home.ip);
  await servers.home.stop();
  await Promise.all([far.start(), servers.home.start()]);
  await using evil = await ComponentPeer.connect(far.ip, "evil.far.example");
  await using peer = await ComponentPeer.connect(servers.home.ip);
  await peer.hello();
  const alice = await servers.client(ALICE);
  const insider = await servers.client("mallory@home.example/x");
  await using outsider = await Client.connect({ jid: "mallory@far.example/x", ip: far.ip });
  const presence = (from: string, to: string, i: number) =>
    `<presence ${from} to='${to}' id='forged-${i}'>${FORGED}</presence>`;
  for (let i = 0; i < 20_000; i += 2) {
    const from = `from='room${i}@evil.far.example/Ann'`;
    await evil.send(presence(from, ALICE, i) + presence(from, "alice@home.example", i + 1));
  }
  for (const client of [outsider, insider]) {
    for (const to of [ALICE, "alice@home.example"]) await client.sendRaw(presence("", to, 20_000));
  }
  for (const who of ["room19998@evil.far.example/Ann", outsider.jid, insider.jid]) {
    await alice.untilStanza(who, (s) => s.from === who, { within: 60_000 });
  }
  await alice.settle();
  assertEquals(await joins(peer), []);
  assertEquals(peer.copies(), []);
  await alice.join(ROOM, "Ann");
  assertEquals(await joins(peer), [`${ALICE} ${ROOM}/Ann`]);
  assertEquals(await peer.rejoin(ALICE, ROOM, "rk-test-r1"), "rejoining");
});

for (const rooms of ["prosody", "ejabberd"] as const) {
  Deno.test(`ejabberd: an occupant of a room of ${rooms} can't make another one leave or rename it`, async () => {
    await using servers = await EjabberdHome.start({ rooms });
    await using peer = await ComponentPeer.connect(servers.home.ip);
    await peer.hello();
    const alice = await servers.client(ALICE);
    const mallory = await servers.client("mallory@away.example/x");
    await mallory.join(ROOM, "Mal");
    await alice.join(ROOM, "Ann");
    await peer.untilCopy("her join", (s) => s.attr("from") === `${ROOM}/Ann`);
    const before = peer.journal.length;
    await mallory.sendRaw(`<presence to='${ROOM}/Mal'>${FORGED}<status>forged</status></presence>`);
    await alice.untilStanza("it", (s) => s.from === `${ROOM}/Mal` && s.xml.includes("forged"));
    await mallory.sendRaw(
      `<presence to='${ROOM}/Ann' type='unavailable' id='gone'><x xmlns='${NS.mucUser}'>` +
        `<destroy/><status code='110'/></x></presence>`,
    );
    await mallory.settle();
    for (const to of [ALICE, "alice@home.example"]) {
      await mallory.sendRaw(
        `<presence to='${to}' type='unavailable' id='direct'>${FORGED}</presence>`,
      );
    }
    await alice.untilStanza("the last one", (s) => s.id === "direct");
    await alice.settle();
    assertEquals(await joins(peer), [`${ALICE} ${ROOM}/Ann`]);
    assertEquals(peer.copies(before), []);
  });
}

Deno.test("ejabberd: a nick of more than 1,023 bytes is as good as none", async () => {
  await using servers = await EjabberdHome.start();
  await using peer = await ComponentPeer.connect(servers.home.ip);
  await using room = await StagedRoom.open(STAGED, servers.home.ip);
  await peer.hello();
  const alice = await servers.client(ALICE);
  await room.admit(alice, "Ann");
  await peer.untilCopy("her join", (s) => s.attr("from") === `${STAGED}/Ann`);
  const before = peer.journal.length;
  const rename = async (nick: string) => {
    const after = alice.journal.length;
    const inner = `<item nick='${nick}'/><status code='303'/><status code='110'/>`;
    await room.send(
      `<presence type='unavailable' from='${STAGED}/Ann' to='${ALICE}'>` +
        `<x xmlns='${NS.mucUser}'>${inner}</x></presence>`,
    );
    await alice.untilStanza("her new nick", (s) => s.statuses.includes(303), { after });
  };
  await rename("a".repeat(1024));
  assertEquals(await joins(peer), [`${ALICE} ${STAGED}/Ann`]);
  assertEquals(peer.copies(before), []);
  await rename("b".repeat(1023));
  assertEquals(await joins(peer), [`${ALICE} ${STAGED}/${"b".repeat(1023)}`]);
});

Deno.test("ejabberd: what a room makes too large to be told does not end the component's stream", async () => {
  await using servers = await EjabberdHome.start();
  await using peer = await ComponentPeer.connect(servers.home.ip);
  await using room = await StagedRoom.open(STAGED, servers.home.ip);
  await peer.hello();
  const alice = await servers.client(ALICE);
  await room.admit(alice, "Ann");
  await peer.untilCopy("her join", (s) => s.attr("from") === `${STAGED}/Ann`);
  const before = peer.journal.length;
  const error = (id: string, text: string) =>
    `<presence type='error' from='${STAGED}/Ann' to='${ALICE}' id='${id}'><error type='cancel'>` +
    `<forbidden xmlns='${NS.stanzaErrors}'/><text xmlns='${NS.stanzaErrors}'>${text}</text>` +
    `</error></presence>`;
  await room.send(error("large", "x".repeat(100_000)) + error("small", "x"));
  const copy = await peer.untilCopy("an error", (s) => s.attr("type") === "error", before);
  assertEquals(copy.attr("id"), "small");
  assertEquals(await joins(peer), [`${ALICE} ${STAGED}/Ann`]);
});

Deno.test("ejabberd: a session's rooms are limited, and those that it is in come first", async () => {
  await using servers = await EjabberdHome.start({
    homeModules: { mod_roomkeeper: { component: KEEPER, max_rooms: 3 } },
  });
  await using peer = await ComponentPeer.connect(servers.home.ip);
  await peer.hello();
  const alice = await servers.client(ALICE);
  const bob = await servers.client("bob@home.example/pc");
  // Wishes that nobody answers are soon forgotten, but not while an answer may come.
  for (const room of ["a", "b"]) await alice.join(`${room}@local.home.example`, "Ann");
  await alice.sendRaw(`<presence to='bob@home.example/pc' id='hi'/>`);
  await bob.untilStanza("it", (s) => s.id === "hi");
  await alice.join("c@local.home.example", "Ann");
  const listed = (...rooms: string[]) =>
    rooms.map((room) => `${ALICE} ${room}@local.home.example/Ann`);
  assertEquals(await joins(peer), listed("a", "b"));
  await alice.leave("b@local.home.example", "Ann");
  await alice.settle();
  await alice.join("d@local.home.example", "Ann");
  assertEquals(await joins(peer), listed("a", "d"));
  // Another session has its own.
  await bob.join("c@local.home.example", "Bob");
  assertEquals((await joins(peer)).length, 3);
});
