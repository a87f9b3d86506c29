import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { NS } from "../../xmpp/namespaces.ts";
import type { Client } from "./support/client.ts";
import { ComponentPeer } from "./support/component_peer.ts";
import { Federation } from "./support/federation.ts";
import type { Prosody } from "./support/prosody.ts";

const ALICE = "alice@home.example/phone";
const MALLORY = "mallory@away.example/x";
const ROOM = "den@rooms.example";
const PLAIN = { roomsHosts: `Component "plain.example"\n  component_secret = "secret"` };
const FORGED = `<x xmlns='${NS.mucUser}'><item affiliation='none' role='participant'/>` +
  `<status code='110'/></x>`;

/** Where Alice is in a room that `plain.example` plays. */
const PLACE = "irc@plain.example/Ann";

/** Lets Alice in there. */
async function enter(federation: Federation, room: ComponentPeer): Promise<Client> {
  const alice = await federation.client(ALICE);
  const joining = alice.join("irc@plain.example", "Ann");
  await room.until("the join", ({ stanza }) => stanza.attr("from") === ALICE);
  await room.send(`<presence from='${PLACE}' to='${ALICE}'>${FORGED}</presence>`);
  await joining;
  return alice;
}

/** How many rooms the plugin keeps for a session. */
async function rowsOf(home: Prosody, jid = ALICE): Promise<number> {
  const said = await home.shell(
    `> local rows = 0; for _ in pairs(prosody.full_sessions["${jid}"].roomkeeper or {}) do ` +
      `rows = rows + 1 end return "rows: "..rows`,
  );
  return Number(/rows: (\d+)/.exec(said)![1]);
}

Deno.test("20,000 presences that strangers made up change nothing for their victim", async () => {
  // Without Debian's limit of 30 kB/s, as so much would take minutes.
  await using federation = await Federation.start({
    ...PLAIN,
    homeOptions: 'limits = { s2sin = { rate = "10mb/s" } }',
  });
  await using stranger = await ComponentPeer.connect(federation.rooms.ip, "plain.example");
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const alice = await federation.client(ALICE);
  const mallory = await federation.client(MALLORY);
  const insider = await federation.client("mallory@home.example/x");
  const presence = (from: string, to: string, i: number) =>
    `<presence ${from} to='${to}' id='forged-${i}'>${FORGED}</presence>`;
  for (let i = 0; i < 20_000; i += 2) {
    const rooms = `from='room${i}@plain.example/Ann'`;
    await stranger.send(
      presence(rooms, ALICE, i) + presence(rooms, "alice@home.example", i + 1),
    );
  }
  for (const client of [mallory, insider]) {
    for (const to of [ALICE, "alice@home.example"]) await client.sendRaw(presence("", to, 20_000));
  }
  for (const who of ["room19998@plain.example/Ann", mallory.jid, insider.jid]) {
    await alice.untilStanza(who, (s) => s.from === who, { within: 60_000 });
  }
  await peer.settle();
  assertEquals(peer.copies(), []);
  assertEquals(await rowsOf(federation.home), 0);
  await alice.join(ROOM, "Ann");
  assertEquals((await peer.hello()).filter(({ type }) => type === "joined"), [
    { type: "joined", user: ALICE, room: ROOM, nick: "Ann" },
  ]);
  assertEquals(await peer.rejoin(ALICE, ROOM, "rk-test-r1"), "rejoining");
});

Deno.test("an occupant can't make another one leave, or another room", async () => {
  await using federation = await Federation.start();
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const alice = await federation.client(ALICE);
  const mallory = await federation.client(MALLORY);
  await mallory.join(ROOM, "Mal");
  await alice.join(ROOM, "Ann");
  await peer.settle();
  const before = peer.journal.length;
  await mallory.sendRaw(`<presence to='${ROOM}/Mal' id='forged'>${FORGED}</presence>`);
  await alice.untilStanza("the presence", (s) => s.from === `${ROOM}/Mal` && s.id === "forged");
  await mallory.sendRaw(
    `<presence to='${ROOM}/Ann' type='unavailable' id='gone'><x xmlns='${NS.mucUser}'>` +
      `<destroy/><status code='110'/></x></presence>`,
  );
  await mallory.untilStanza("an answer", (s) => s.from?.startsWith(ROOM) === true, {
    after: mallory.journal.length - 1,
  });
  await mallory.sendRaw(
    `<presence to='${ALICE}' type='unavailable' id='direct'>${FORGED}</presence>`,
  );
  await alice.untilStanza("the last one", (s) => s.id === "direct");
  await peer.settle();
  assertEquals(peer.copies(before), []);
  assertEquals((await peer.hello()).filter(({ type }) => type === "joined"), [
    { type: "joined", user: ALICE, room: ROOM, nick: "Ann" },
  ]);
});

Deno.test("a nick of more than 1,023 bytes is as good as none", async () => {
  await using federation = await Federation.start(PLAIN);
  await using room = await ComponentPeer.connect(federation.rooms.ip, "plain.example");
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const alice = await enter(federation, room);
  await peer.settle();
  const before = peer.journal.length;
  const renamed = (nick: string) =>
    `<presence type='unavailable' from='${PLACE}' to='${ALICE}' id='${nick.length}'>` +
    `<x xmlns='${NS.mucUser}'><item nick='${nick}'/><status code='303'/><status code='110'/></x></presence>`;
  const nick = async () => {
    const joins = (await peer.hello()).filter((n) => n.type === "joined");
    return joins.map((join) => join.type === "joined" && join.nick);
  };
  await room.send(renamed("a".repeat(1024)));
  await alice.untilStanza("the long one", (s) => s.id === "1024");
  await peer.settle();
  assertEquals(peer.copies(before), []);
  assertEquals(await nick(), ["Ann"]);
  await room.send(renamed("b".repeat(1023)));
  await alice.untilStanza("the longest one", (s) => s.id === "1023");
  assertEquals(await nick(), ["b".repeat(1023)]);
});

Deno.test("a session's rooms are limited, and those that it is in come first", async () => {
  await using federation = await Federation.start({ homeOptions: "roomkeeper_max_rooms = 3" });
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const alice = await federation.client(ALICE);
  const rooms = async () => {
    const joins = (await peer.hello()).flatMap((n) => n.type === "joined" ? [n.room] : []);
    return joins.map((room) => room.slice(0, room.indexOf("@"))).sort();
  };
  for (const name of ["a", "b", "c", "d"]) await alice.join(`${name}@rooms.example`, "Ann");
  assertEquals(await rooms(), ["a", "b", "c"]);
  await alice.leave("a@rooms.example", "Ann");
  await alice.join("e@rooms.example", "Ann");
  assertEquals(await rooms(), ["b", "c", "e"]);
  for (let i = 0; i < 100; i++) await alice.askIn(`none${i}@nowhere.example`, "Ann");
  await alice.settle();
  assertEquals(await rowsOf(federation.home), 3);
  assertEquals(await rooms(), ["b", "c", "e"]);
});

Deno.test("errors of a room that the user is in are copied at once, stripped; others' are not", async () => {
  await using federation = await Federation.start(PLAIN);
  await using room = await ComponentPeer.connect(federation.rooms.ip, "plain.example");
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const alice = await enter(federation, room);
  await peer.settle();
  const before = peer.journal.length;
  const error = (from: string, id: string, condition: string) =>
    `<message type='error' from='${from}' to='${ALICE}' id='${id}'><body>what was said</body>` +
    `<error type='cancel'><${condition} xmlns='${NS.stanzaErrors}'/></error></message>`;
  await room.send(
    error("irc@plain.example", "m1", "not-acceptable") +
      error("irc@plain.example", "m2", "not-acceptable") +
      error("irc@plain.example/Bob", "m3", "item-not-found") +
      error("other@plain.example", "m4", "not-acceptable") +
      error("other@plain.example", "m5", "remote-server-timeout") +
      error("irc@plain.example", "m6", "remote-server-not-found") +
      error("irc@plain.example", "m7", "recipient-unavailable"),
  );
  await alice.untilStanza("the last one", (s) => s.id === "m7");
  await peer.settle();
  const copies = peer.copies(before);
  assertEquals(copies.map((copy) => copy.attr("id")), ["m1", "m2", "m3", "m5", "m7"]);
  for (const copy of copies) assertEquals(copy.elements().map(({ name }) => name), ["error"]);
});

Deno.test("the first version's plugin replaced by a reload: its joins are known, and rejoined", async () => {
  await using federation = await Federation.start({ homeModules: [] });
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const alice = await federation.client(ALICE);
  await alice.join(ROOM, "Ann");
  const said = await federation.home.shell(
    `> prosody.full_sessions["${ALICE}"].roomkeeper = { ["${ROOM}"] = "Ann", ["x@y.example"] = false } ` +
      `return "as it was"`,
  );
  assertStringIncludes(said, "as it was");
  await federation.home.shell(`module:reload("roomkeeper", "home.example")`);
  await peer.hello();
  assertEquals(await rowsOf(federation.home), 1);
  assertEquals(await peer.rejoin(ALICE, ROOM, "rk-test-r1"), "rejoining");
  const copy = await peer.untilCopy("itself", (s) => s.attr("id") === "rk-test-r1");
  assert(copy.attr("type") === undefined);
});

Deno.test("what a room makes too large to be told does not end the component's stream", async () => {
  await using federation = await Federation.start(PLAIN);
  await using room = await ComponentPeer.connect(federation.rooms.ip, "plain.example");
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  await enter(federation, room);
  await peer.settle();
  const before = peer.journal.length;
  const error = (id: string, text: string) =>
    `<presence type='error' from='${PLACE}' to='${ALICE}' id='${id}'><error type='cancel'>` +
    `<forbidden xmlns='${NS.stanzaErrors}'/><text xmlns='${NS.stanzaErrors}'>${text}</text>` +
    `</error></presence>`;
  await room.send(error("large", "x".repeat(100_000)) + error("small", "x"));
  const copy = await peer.untilCopy("an error", (s) => s.attr("type") === "error", before);
  assertEquals(copy.attr("id"), "small");
  assertEquals((await peer.hello()).filter(({ type }) => type === "joined").length, 1);
});
