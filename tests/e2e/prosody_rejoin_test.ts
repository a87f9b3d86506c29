import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import type { Element } from "../../xml/element.ts";
import { serialize } from "../../xml/serialize.ts";
import { NS } from "../../xmpp/namespaces.ts";
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
    const missed = alice.stanzas().find(({ body }) => body === "missed")!;
    const stamp = Date.parse(/stamp="([^"]+)"/.exec(missed.xml)![1]!);
    assert(Math.abs(stamp - Date.now() - clock * 1000) < 30_000, "the rooms' clock");
    const all = ["one", "ok", "ok", "two", "missed", "ok", "two", "also missed", "now"];
    assertEquals(heard(alice), all);
    await alice.say(ROOM, "back");
    await untilHeard(mallory, "back");
  });
}

Deno.test("rejoin: a busy room, of whose last messages many come again", async () => {
  await using federation = await Federation.start();
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const mallory = await federation.client(MALLORY);
  const alice = await federation.client(ALICE);
  await mallory.join(ROOM, "Mal");
  await alice.join(ROOM, "Ann");
  const said = Array.from({ length: 20 }, (_, i) => `line ${i}`);
  for (const body of said) await mallory.say(ROOM, body);
  await untilHeard(alice, said.at(-1)!);
  await loseOccupant(federation.rooms, `${ROOM}/Ann`);
  const missed = Array.from({ length: 10 }, (_, i) => `missed ${i}`);
  for (const body of missed) await mallory.say(ROOM, body);
  await untilHeard(mallory, missed.at(-1)!);
  assertEquals(await peer.rejoin(ALICE, ROOM, "rk-test-r1"), "rejoining");
  await untilHeard(alice, missed.at(-1)!);
  assertEquals(heard(alice), [...said, ...missed]);
});

Deno.test("rejoin: two rejoins in a row bring nothing twice", async () => {
  await using federation = await Federation.start();
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const mallory = await federation.client(MALLORY);
  const alice = await federation.client(ALICE);
  await mallory.join(ROOM, "Mal");
  await alice.join(ROOM, "Ann");
  await mallory.say(ROOM, "one");
  await untilHeard(alice, "one");
  for (const id of ["rk-test-r1", "rk-test-r2"]) {
    await loseOccupant(federation.rooms, `${ROOM}/Ann`);
    await mallory.say(ROOM, `before ${id}`);
    await untilHeard(mallory, `before ${id}`);
    assertEquals(await peer.rejoin(ALICE, ROOM, id), "rejoining");
    await untilHeard(alice, `before ${id}`);
    await mallory.say(ROOM, `after ${id}`);
    await untilHeard(alice, `after ${id}`);
  }
  const all = [
    "one",
    "before rk-test-r1",
    "after rk-test-r1",
    "before rk-test-r2",
    "after rk-test-r2",
  ];
  assertEquals(heard(alice), all);
});

Deno.test("rejoin: a hibernated session is in again, and gets it all when it is resumed", async () => {
  await using federation = await Federation.start();
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const mallory = await federation.client(MALLORY);
  const alice = await federation.client(ALICE, { resumable: true });
  await mallory.join(ROOM, "Mal");
  await alice.join(ROOM, "Ann");
  await mallory.say(ROOM, "one");
  await untilHeard(alice, "one");
  await alice.drop();
  await mallory.say(ROOM, "asleep");
  await untilHeard(mallory, "asleep");
  await loseOccupant(federation.rooms, `${ROOM}/Ann`);
  await mallory.say(ROOM, "missed");
  await untilHeard(mallory, "missed");
  assertEquals(await peer.rejoin(ALICE, ROOM, "rk-test-r1"), "rejoining");
  await peer.untilCopy("itself", (s) => s.attr("id") === "rk-test-r1" && !s.attr("type"));
  await mallory.say(ROOM, "back");
  await untilHeard(mallory, "back");
  await alice.reconnect();
  await untilHeard(alice, "back");
  assertEquals(alice.journal.where((e) => e.event === "resumed").length, 1);
  assertEquals(heard(alice), ["one", "asleep", "missed", "back"]);
  await alice.say(ROOM, "awake");
  await untilHeard(mallory, "awake");
  await alice.settle();
  await alice.drop();
  await alice.reconnect();
  assertEquals(alice.journal.where((e) => e.event === "resumed").length, 2, "counts are right");
  assertEquals(heard(alice), ["one", "asleep", "missed", "back", "awake"]);
});

Deno.test("rejoin: logging out later leaves the room", async () => {
  await using federation = await Federation.start();
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const mallory = await federation.client(MALLORY);
  const alice = await federation.client(ALICE);
  await mallory.join(ROOM, "Mal");
  await alice.join(ROOM, "Ann");
  await loseOccupant(federation.rooms, `${ROOM}/Ann`);
  assertEquals(await peer.rejoin(ALICE, ROOM, "rk-test-r1"), "rejoining");
  const back = mallory.journal.length;
  await peer.untilCopy("itself", (s) => s.attr("id") === "rk-test-r1");
  await alice.quit();
  const isFarewell = (s: Received) => s.from === `${ROOM}/Ann` && s.type === "unavailable";
  await mallory.untilStanza("her leaving", isFarewell, { after: back });
});

/** A room that a test plays: what comes to it is looked at, and it says what the test wants. */
const STAGED = "garden@plain.example";
const PLAIN = { roomsHosts: `Component "plain.example"\n  component_secret = "secret"` };

function occupantPresence(to: string, nick: string, inner = `<status code='110'/>`): string {
  return `<presence from='${STAGED}/${nick}' to='${to}'>` +
    `<x xmlns='${NS.mucUser}'><item affiliation='none' role='participant'/>${inner}</x></presence>`;
}

/** What a client joins with. */
async function joinStaged(client: Client, room: ComponentPeer, x = "", nick = "Ann") {
  const after = client.journal.length;
  const id = crypto.randomUUID();
  await client.sendRaw(
    `<presence id='${id}' to='${STAGED}/${nick}'>` +
      `<x xmlns='http://jabber.org/protocol/muc'>${x}</x></presence>`,
  );
  await joinAtRoom(room, id);
  await room.send(occupantPresence(client.jid, nick));
  await client.untilStanza("itself", isOwn, { after });
}

/** The presence with this id, as the room gets it. */
async function joinAtRoom(room: ComponentPeer, id: string): Promise<Element> {
  return (await room.until(`join ${id}`, ({ stanza }) => stanza.attr("id") === id)).stanza;
}

Deno.test("rejoin: the presence of today, the password, and the time away", async () => {
  await using federation = await Federation.start(PLAIN);
  await using room = await ComponentPeer.connect(federation.rooms.ip, "plain.example");
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const alice = await federation.client(ALICE);
  await joinStaged(alice, room, "<history maxstanzas='3'/><password>open sesame</password>");
  const caps = `<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v'/>`;
  await alice.sendRaw(
    `<presence id='mine'><show>dnd</show><status>thinking</status>${caps}` +
      `<x xmlns='vcard-temp:x:update'><photo>abc</photo></x></presence>`,
  );
  await alice.untilStanza("its own presence", (s) => s.id === "mine");
  assertEquals(await peer.rejoin(ALICE, STAGED, "rk-test-r1"), "rejoining");
  const join = await joinAtRoom(room, "rk-test-r1");
  assertEquals([join.attr("to"), join.attr("from")], [`${STAGED}/Ann`, ALICE]);
  assertEquals(
    join.elements().map((child) => `${child.name} ${child.ns}`).sort(),
    [
      "c http://jabber.org/protocol/caps",
      "show jabber:component:accept",
      "status jabber:component:accept",
      "x http://jabber.org/protocol/muc",
      "x vcard-temp:x:update",
    ],
  );
  const x = join.child("x", "http://jabber.org/protocol/muc")!;
  assertEquals(x.child("password")?.text, "open sesame");
  const history = x.child("history")!;
  const seconds = Number(history.attr("seconds"));
  assert(seconds >= 5 && seconds <= 15, serialize(history));
  assertEquals(Object.keys(history.attrs).filter((name) => name !== "xmlns"), ["seconds"]);
});

Deno.test("rejoin: a session that broadcasts no presence sends the one that the room had", async () => {
  await using federation = await Federation.start(PLAIN);
  await using room = await ComponentPeer.connect(federation.rooms.ip, "plain.example");
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const alice = await federation.client(ALICE);
  await alice.sendRaw("<presence type='unavailable'/>");
  await alice.settle();
  await joinStaged(alice, room);
  await alice.sendRaw(`<presence to='${STAGED}/Ann'><show>xa</show></presence>`);
  await room.until("xa", ({ stanza }) => stanza.child("show")?.text === "xa");
  assertEquals(await peer.rejoin(ALICE, STAGED, "rk-test-r1"), "rejoining");
  const join = await joinAtRoom(room, "rk-test-r1");
  assertEquals(join.elements().map(({ name }) => name), ["show", "x"]);
});

Deno.test("rejoin: an error comes stripped, the client gets none, the password is nowhere", async () => {
  await using federation = await Federation.start(PLAIN);
  await using room = await ComponentPeer.connect(federation.rooms.ip, "plain.example");
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const alice = await federation.client(ALICE);
  const secret = "open-sesame-8261";
  await joinStaged(alice, room, `<password>${secret}</password>`);
  const before = alice.journal.length;
  assertEquals(await peer.rejoin(ALICE, STAGED, "rk-test-r1"), "rejoining");
  const join = await joinAtRoom(room, "rk-test-r1");
  assertStringIncludes(serialize(join), secret);
  const error = `<error type='auth' by='plain.example'>` +
    `<not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
  const echo = (id: string) =>
    `<presence type='error' ${id} from='${STAGED}/Ann' to='${ALICE}'>` +
    `<x xmlns='http://jabber.org/protocol/muc'><password>${secret}</password></x>${error}</presence>`;
  await room.send(echo("id='rk-test-r1'"));
  const copy = await peer.untilCopy("the error", (s) => s.attr("id") === "rk-test-r1");
  assertEquals(Object.keys(copy.attrs).sort(), ["from", "id", "to", "type"]);
  assertEquals(copy.elements().map(({ name }) => name), ["error"]);
  assertEquals(copy.child("error")?.elements().map(({ name }) => name), ["not-authorized"]);
  // A gateway to IRC names no id; it is the answer while a rejoin is open, and the client's own else.
  assertEquals(await peer.rejoin(ALICE, STAGED, "rk-test-r2"), "rejoining");
  await joinAtRoom(room, "rk-test-r2");
  await room.send(echo(""));
  await peer.untilCopy("the error", (s) => s.attr("type") === "error" && !s.attr("id"));
  await alice.settle();
  assertEquals(alice.stanzas(before).filter((s) => s.kind === "presence"), []);
  await room.send(echo("id='own'"));
  await alice.untilStanza("its own error", (s) => s.id === "own" && s.type === "error");
  const own = await peer.untilCopy("it", (s) => s.attr("id") === "own");
  assertEquals(own.elements().map(({ name }) => name), ["error"]);
  // Another nick is asked for with a password too.
  await alice.sendRaw(
    `<presence to='${STAGED}/Anna'><x xmlns='http://jabber.org/protocol/muc'>` +
      `<password>${secret}</password></x></presence>`,
  );
  await peer.untilCopy("the wish", (s) => s.attr("to") === `${STAGED}/Anna`);
  await peer.settle();
  const wire = peer.journal.entries.map(({ stanza }) => serialize(stanza)).join("\n");
  assertFalse(wire.includes(secret), "told to the component");
  assertFalse(Deno.readTextFileSync(federation.home.path("debug.log")).includes(secret), "logged");
});

Deno.test("rejoin: a room that refuses: the component alone is told", async () => {
  await using federation = await Federation.start({
    homeHosts:
      `Component "chat.home.example" "muc"\n  restrict_room_creation = false; muc_room_locking = false`,
  });
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const mallory = await federation.client("mallory@home.example/x");
  const carol = await federation.client("carol@home.example/x");
  const alice = await federation.client(ALICE);
  for (
    const [server, room] of [[federation.rooms, ROOM], [
      federation.home,
      "den@chat.home.example",
    ]] as const
  ) {
    await mallory.join(room, "Mal");
    await alice.join(room, "Ann");
    await loseOccupant(server, `${room}/Ann`);
    assertEquals(await carol.join(room, "Ann"), "Ann");
    const before = alice.journal.length;
    const id = `rk-test-${room}`;
    assertEquals(await peer.rejoin(ALICE, room, id), "rejoining");
    const copy = await peer.untilCopy("the error", (s) => s.attr("id") === id);
    assertEquals(copy.attr("type"), "error", serialize(copy));
    assert(
      copy.child("error")?.child("conflict", NS.stanzaErrors),
      serialize(copy),
    );
    await alice.settle();
    assertEquals(alice.stanzas(before).filter((s) => s.kind === "presence"), []);
  }
});

Deno.test("norejoin: ended, left and joining", async () => {
  await using federation = await Federation.start(PLAIN);
  await using room = await ComponentPeer.connect(federation.rooms.ip, "plain.example");
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const alice = await federation.client(ALICE);
  assertEquals(await peer.rejoin("nobody@home.example/x", STAGED, "rk-test-1"), "ended");
  assertEquals(await peer.rejoin("keeper.home.example", STAGED, "rk-test-2"), "ended");
  assertEquals(await peer.rejoin(ALICE, STAGED, "rk-test-3"), "left");
  const join =
    `<presence to='${STAGED}/Ann'><x xmlns='http://jabber.org/protocol/muc'/></presence>`;
  await alice.sendRaw(join);
  await room.until("the join", ({ stanza }) => stanza.attr("from") === ALICE);
  assertEquals(await peer.rejoin(ALICE, STAGED, "rk-test-4"), "joining", "the first join");
  await room.send(occupantPresence(ALICE, "Ann"));
  await alice.untilStanza("itself", isOwn);
  assertEquals(await peer.rejoin(ALICE, STAGED, "rk-test-5"), "rejoining");
  await alice.sendRaw(join);
  await alice.settle();
  assertEquals(await peer.rejoin(ALICE, STAGED, "rk-test-6"), "joining", "by itself");
  const after = alice.journal.length;
  await room.send(occupantPresence(ALICE, "Ann"));
  await alice.untilStanza("itself", isOwn, { after });
  await alice.sendRaw(`<presence to='${STAGED}/Ann'><show>away</show></presence>`);
  await alice.settle();
  assertEquals(await peer.rejoin(ALICE, STAGED, "rk-test-7"), "rejoining", "no join");
  await alice.leave(STAGED, "Ann");
  await alice.settle();
  assertEquals(await peer.rejoin(ALICE, STAGED, "rk-test-8"), "left");
  await alice.quit();
  assertEquals(await peer.rejoin(ALICE, STAGED, "rk-test-9"), "ended");
  const ids = room.journal.entries.map(({ stanza }) => stanza.attr("id"));
  const sent = ids.filter((id) => id?.startsWith("rk-"));
  assertEquals(sent, ["rk-test-5", "rk-test-7"]);
});

Deno.test("norejoin: blocked by a blocklist, and the client hears nothing", async () => {
  await using federation = await Federation.start({ homeModules: ["blocklist"] });
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const mallory = await federation.client(MALLORY);
  const alice = await federation.client(ALICE);
  await mallory.join(ROOM, "Mal");
  await alice.join(ROOM, "Ann");
  await loseOccupant(federation.rooms, `${ROOM}/Ann`);
  await alice.sendRaw(
    `<iq type='set' id='block'><block xmlns='urn:xmpp:blocking'><item jid='${ROOM}'/></block></iq>`,
  );
  await alice.untilStanza("the block", (s) => s.id === "block" && s.type === "result");
  const before = alice.journal.length;
  assertEquals(await peer.rejoin(ALICE, ROOM, "rk-test-r1"), "blocked");
  await alice.settle();
  assertEquals(alice.stanzas(before).filter((s) => s.kind === "presence"), []);
  await peer.settle();
  assertEquals(peer.copies().filter((s) => s.attr("type") === "error"), []);
});

Deno.test("rejoin: who leaves in the middle stays out, and is in again only by its own wish", async () => {
  await using federation = await Federation.start(PLAIN);
  await using room = await ComponentPeer.connect(federation.rooms.ip, "plain.example");
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const alice = await federation.client(ALICE);
  await joinStaged(alice, room);
  assertEquals(await peer.rejoin(ALICE, STAGED, "rk-test-r1"), "rejoining");
  await joinAtRoom(room, "rk-test-r1");
  await alice.leave(STAGED, "Ann");
  await peer.untilCopy("her leaving", (s) => s.attr("from") === ALICE && !!s.attr("type"));
  const left = peer.journal.length;
  const seen = alice.journal.length;
  await room.send(occupantPresence(ALICE, "Ann"));
  await alice.untilStanza("the late word", isOwn, { after: seen });
  assertEquals((await peer.hello()).filter(({ type }) => type === "joined"), []);
  assertEquals(peer.copies(left), []);
  // Leaving and joining at once: the room's word on the leaving does not end the join.
  await joinStaged(alice, room);
  // In one piece, as what a client of slixmpp sends raw may overtake its presences.
  await alice.sendRaw(
    `<presence type='unavailable' to='${STAGED}/Ann'/><presence to='${STAGED}/Ann' id='again'/>`,
  );
  await room.until("the join", ({ stanza }) => stanza.attr("id") === "again");
  const after = alice.journal.length;
  await room.send(
    occupantPresence(ALICE, "Ann").replace("<presence", "<presence type='unavailable'") +
      occupantPresence(ALICE, "Ann"),
  );
  await alice.untilStanza("itself", isOwn, { after });
  const joins = (await peer.hello()).filter(({ type }) => type === "joined");
  assertEquals(joins, [{ type: "joined", user: ALICE, room: STAGED, nick: "Ann" }]);
});

Deno.test("a client that logs in again with its old resource is watched again", async () => {
  await using federation = await Federation.start();
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const old = await federation.client(ALICE, { resumable: true });
  await old.join(ROOM, "Ann");
  await old.join("hall@rooms.example", "Ann");
  await peer.settle();
  const before = peer.journal.length;
  const renewed = await federation.client(ALICE);
  await renewed.join(ROOM, "Ann");
  await old.journal.until("its end", ({ event }) => event === "disconnected");
  await peer.settle();
  const news = peer.journal.entries.slice(before).flatMap(({ events, copy }) => [
    ...events.filter(({ type }) => type === "ended").map(() => "ended"),
    ...(copy?.attr("from") === `${ROOM}/Ann` && !copy.attr("type") ? ["joined"] : []),
  ]);
  assertEquals(news, ["ended", "joined"]);
  const joins = (await peer.hello()).filter(({ type }) => type === "joined");
  assertEquals(joins, [{ type: "joined", user: ALICE, room: ROOM, nick: "Ann" }]);
});
