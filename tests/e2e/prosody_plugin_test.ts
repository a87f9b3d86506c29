import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { PluginEvent } from "../../xmpp/plugin_events.ts";
import { parseStanzaError } from "../../xmpp/stanza_error.ts";
import { Client } from "./support/client.ts";
import { ComponentPeer } from "./support/component_peer.ts";
import { Ejabberd } from "./support/ejabberd.ts";
import { Federation } from "./support/federation.ts";
import { lua, PASSWORD, Prosody } from "./support/prosody.ts";

const ALICE = "alice@home.example/phone";
const BOB = "bob@home.example/desk";
const ROOM = "den@rooms.example";

/** A home server by itself. */
function homeAlone(): Prosody {
  return new Prosody({
    name: "home",
    users: ["alice@home.example"],
    pluginPaths: [new URL("../../servers/prosody", import.meta.url).pathname],
    hosts: `
VirtualHost "home.example"
  modules_enabled = { "roomkeeper" }
  roomkeeper_component = "keeper.home.example"
Component "keeper.home.example"
  component_secret = ${lua(PASSWORD)}
  validate_from_addresses = false
`,
  });
}

type Link = Extract<PluginEvent, { type: "link" }>;

/** The event that a stream went down or came up. */
function link(domain: string, state: Link["state"], direction: Link["direction"]) {
  return (n: PluginEvent) =>
    n.type === "link" && n.domain === domain && n.state === state && n.direction === direction;
}

/** Waits for both streams' events, and tells which of them were clean. */
async function bothDown(peer: ComponentPeer, after: number): Promise<boolean[]> {
  const out = await peer.untilEvent("out down", link("rooms.example", "down", "out"), after);
  const inward = await peer.untilEvent("in down", link("rooms.example", "down", "in"), after);
  return [out, inward].map((event) => (event as Link).clean);
}

const joined = (user: string, room: string, nick: string) => ({
  type: "joined" as const,
  user,
  room,
  nick,
});

Deno.test("a hello is answered with all joins and links of the host", async () => {
  await using federation = await Federation.start({ bidi: false });
  const alice = await federation.client(ALICE);
  const bob = await federation.client(BOB);
  await alice.join(ROOM, "Ann");
  await alice.join("hall@lasting.example", "Ann");
  await bob.join(ROOM, "Bob");
  await bob.leave(ROOM, "Bob");
  await bob.untilStanza("its leaving", (s) => s.type === "unavailable" && s.statuses.includes(110));
  await using peer = await ComponentPeer.connect(federation.home.ip);
  const events = await peer.hello();
  assertEquals(events.at(0)?.type, "plugin-hello");
  assertEquals(events.at(-1)?.type, "synced");
  const joins = events.filter(({ type }) => type === "joined");
  const ofRoom = (room: string) => joins.filter((n) => n.type === "joined" && n.room === room);
  assertEquals(ofRoom(ROOM), [joined(ALICE, ROOM, "Ann")]);
  assertEquals(ofRoom("hall@lasting.example"), [joined(ALICE, "hall@lasting.example", "Ann")]);
  assertEquals(joins.length, 2);
  for (const domain of ["rooms.example", "lasting.example"]) {
    assert(events.some(link(domain, "up", "out")), `${domain} out`);
    assert(events.some(link(domain, "up", "in")), `${domain} in`);
  }
});

Deno.test("rooms killed and restarted: link down at once, the ping's answer kept from the client", async () => {
  await using federation = await Federation.start({ bidi: false });
  const alice = await federation.client(ALICE);
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello("rk-7f-");
  assertEquals(await alice.join(ROOM, "Ann"), "Ann");
  await peer.untilCopy("the join", (s) => s.attr("from") === `${ROOM}/Ann`);
  const before = peer.journal.length;
  await federation.rooms.kill();
  assertEquals(await bothDown(peer, before), [false, false]);

  await federation.rooms.start();
  await peer.ping(ALICE, `${ROOM}/Ann`, "rk-7f-1");
  const gone = await peer.untilCopy("the answer", (s) => s.attr("id") === "rk-7f-1");
  assertEquals([gone.attr("type"), gone.attr("from")], ["error", `${ROOM}/Ann`]);
  await alice.join(ROOM, "Ann");
  await peer.ping(ALICE, `${ROOM}/Ann`, "rk-7f-2");
  const here = await peer.untilCopy("the answer", (s) => s.attr("id") === "rk-7f-2");
  assertEquals([here.attr("type"), here.attr("to")], ["result", ALICE]);
  await alice.settle();
  assertEquals(alice.stanzas().filter((s) => s.id?.startsWith("rk-")), []);
});

Deno.test("how a link ended: only a closing in good order by both is clean", async (t) => {
  const cases: [string, Partial<Parameters<typeof Federation.start>[0]>, boolean[]][] = [
    ["idle, closed by home", {
      homeModules: ["s2s_idle_timeout"],
      homeOptions: "s2s_idle_timeout = 1",
    }, [true, true]],
    ["idle, closed by the rooms' server", {
      roomsModules: ["s2s_idle_timeout"],
      roomsOptions: "s2s_idle_timeout = 1",
    }, [true, true]],
  ];
  for (const trust of ["certificates", "dialback"] as const) {
    for (const [name, options, clean] of cases) {
      await t.step(`${name}, ${trust}`, async () => {
        await using federation = await Federation.start({ ...options, trust, bidi: false });
        await using peer = await ComponentPeer.connect(federation.home.ip);
        await peer.hello();
        const alice = await federation.client(ALICE);
        await alice.join(ROOM, "Ann");
        assertEquals(await bothDown(peer, 0), clean);
      });
    }
    for (const how of ["stop", "kill", "cut"] as const) {
      await t.step(`${how}, ${trust}`, async () => {
        await using federation = await Federation.start({ trust, bidi: false });
        await using peer = await ComponentPeer.connect(federation.home.ip);
        await peer.hello();
        const alice = await federation.client(ALICE);
        await alice.join(ROOM, "Ann");
        if (how === "cut") federation.cut();
        else await federation.rooms[how]();
        assertEquals(await bothDown(peer, 0), [false, false]);
      });
    }
  }
});

Deno.test("the wire cut, and silent: the link is lost when it breaks, and users are still in", async () => {
  await using federation = await Federation.start({ bidi: false });
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const alice = await federation.client(ALICE);
  await alice.join(ROOM, "Ann");
  const cut = peer.journal.length;
  federation.cut();
  assertEquals(await bothDown(peer, cut), [false, false]);
  await peer.ping(ALICE, `${ROOM}/Ann`, "rk-test-1");
  const failed = await peer.untilCopy("the error", (s) => s.attr("id") === "rk-test-1");
  // Only Prosody 0.12 says that the answer is by home.
  assertEquals(parseStanzaError(failed)?.condition, "remote-server-not-found");
  federation.mend();
  await peer.ping(ALICE, `${ROOM}/Ann`, "rk-test-2");
  const mended = await peer.untilCopy("the answer", (s) => s.attr("id") === "rk-test-2");
  assertEquals(mended.attr("type"), "result");

  await peer.settle();
  const silent = peer.journal.length;
  federation.silence();
  await peer.ping(ALICE, `${ROOM}/Ann`, "rk-test-3");
  await peer.settle();
  assertEquals(peer.events(silent), []);
  federation.mend();
  assertEquals(await bothDown(peer, silent), [false, false]);
  await peer.ping(ALICE, `${ROOM}/Ann`, "rk-test-4");
  const again = await peer.untilCopy("the answer", (s) => s.attr("id") === "rk-test-4");
  assertEquals(again.attr("type"), "result");
});

Deno.test("one connection for both directions is one stream, of the direction in which it was opened", async (t) => {
  const openers = {
    out: (alice: Client) => alice.join(ROOM, "Ann"),
    in: async (alice: Client, stranger: Client) => {
      await stranger.sendRaw(`<message to='${ALICE}'><body>hello</body></message>`);
      await alice.untilStanza("the message", (s) => s.from === stranger.jid);
    },
  };
  for (const [direction, open] of Object.entries(openers)) {
    await t.step(direction, async () => {
      await using federation = await Federation.start();
      await using peer = await ComponentPeer.connect(federation.home.ip);
      await peer.hello();
      const alice = await federation.client(ALICE);
      await open(alice, await federation.client("mallory@away.example/x"));
      await peer.settle();
      const before = peer.journal.length;
      await federation.rooms.kill();
      await peer.untilEvent("down", (n) => n.type === "link" && n.state === "down", before);
      await peer.settle();
      const down = peer.events(before).filter((n) => n.type === "link");
      assertEquals(down.map((n) => [n.direction, n.state, n.clean]), [[direction, "down", false]]);
    });
  }
});

Deno.test("ejabberd's way of closing an idle link is clean too, its end is not", async () => {
  await using home = homeAlone();
  await using rooms = new Ejabberd({
    name: "rooms",
    host: "away.example",
    rooms: "rooms.example",
    options: { s2s_timeout: "1 second" },
  });
  home.resolve("rooms.example", rooms.ip);
  rooms.resolve("home.example", home.ip);
  await Promise.all([home.start(), rooms.start()]);
  await using peer = await ComponentPeer.connect(home.ip);
  await peer.hello();
  await using alice = await Client.connect({ jid: ALICE, ip: home.ip });
  await alice.join(ROOM, "Ann");
  await peer.untilEvent("out up", link("rooms.example", "up", "out"));
  const idle = peer.journal.length;
  assertEquals(await bothDown(peer, idle), [true, true]);
  await alice.changeNick(ROOM, "Anna");
  await peer.settle();
  const end = peer.journal.length;
  await rooms.kill();
  assertEquals(await bothDown(peer, end), [false, false]);
});

Deno.test("a failed attempt to connect is not a loss, and is told once", async () => {
  await using federation = await Federation.start();
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const alice = await federation.client(ALICE);
  await federation.rooms.kill();
  for (const body of ["one", "two", "three"]) await alice.say(ROOM, body);
  await peer.untilCopy("the first error", (s) => s.attr("type") === "error");
  while (alice.stanzas().filter((s) => s.kind === "message" && s.type === "error").length < 3) {
    await alice.untilStanza("errors", (s) => s.type === "error", { after: alice.journal.length });
  }
  await peer.settle();
  assertEquals(peer.copies().map((s) => [s.name, s.attr("to")]), [["message", ALICE]]);
  assertEquals(peer.events().filter(({ type }) => type === "link"), []);
});

Deno.test("nick changes, leaving and the end of a session", async () => {
  // A lasting one: Prosody ends another as its only occupant changes the nick.
  const room = "den@lasting.example";
  await using federation = await Federation.start();
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const alice = await federation.client(ALICE);
  await alice.join(room, "Ann");
  await alice.changeNick(room, "Anna");
  const asked = await peer.untilCopy("the wish", (s) => s.attr("to") === `${room}/Anna`);
  assertEquals([asked.name, asked.attr("from")], ["presence", ALICE]);
  await peer.untilCopy("the old nick", (s) => s.attr("from") === `${room}/Ann` && !!s.attr("type"));
  assertEquals((await peer.hello()).filter((n) => n.type === "joined"), [
    joined(ALICE, room, "Anna"),
  ]);
  await alice.leave(room, "Anna");
  await peer.untilCopy("leaving", (s) => s.attr("from") === ALICE && !!s.attr("type"));
  await alice.untilStanza(
    "its leaving",
    (s) => s.type === "unavailable" && !s.statuses.includes(303),
  );
  const left = peer.journal.length;
  assertEquals((await peer.hello()).filter((n) => n.type === "joined"), []);
  assertEquals(peer.copies(left), []);
  await alice.join(room, "Ann");
  await peer.settle();
  const end = peer.journal.length;
  await alice.quit();
  await peer.untilEvent("ended", (n) => n.type === "ended" && n.user === ALICE, end);
  await peer.settle();
  assertEquals(peer.copies(end), []);
});

Deno.test("a hibernated session keeps its joins, and so does the resumed one", async () => {
  await using federation = await Federation.start();
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello("rk-9-");
  const alice = await federation.client(ALICE, { resumable: true });
  const bob = await federation.client(BOB);
  await alice.join(ROOM, "Ann");
  await bob.join("quiet@rooms.example", "Bob");
  await alice.drop();
  await peer.ping(ALICE, `${ROOM}/Ann`, "rk-9-1");
  const answer = await peer.untilCopy("the answer", (s) => s.attr("id") === "rk-9-1");
  assertEquals(answer.attr("type"), "result");
  const during = (await peer.hello("rk-9-")).filter((n) => n.type === "joined" && n.user === ALICE);
  assertEquals(during, [joined(ALICE, ROOM, "Ann")]);
  await alice.reconnect();
  assert(alice.journal.where((e) => e.event === "resumed").length === 1, "resumed");
  const after = (await peer.hello("rk-9-")).filter((n) => n.type === "joined" && n.user === ALICE);
  assertEquals(after, [joined(ALICE, ROOM, "Ann")]);
  assertEquals(peer.events().filter(({ type }) => type === "ended"), []);
  await alice.settle();
  assertEquals(alice.stanzas().filter((s) => s.id?.startsWith("rk-")), []);
});

Deno.test("an answer to a session that is gone is taken, and nobody hears of it", async () => {
  await using federation = await Federation.start();
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const alice = await federation.client(ALICE);
  await alice.join(ROOM, "Ann");
  await alice.quit();
  await peer.ping(ALICE, `${ROOM}/Ann`, "rk-test-1");
  const answer = await peer.untilCopy("the answer", (s) => s.attr("id") === "rk-test-1");
  assertEquals([answer.attr("type"), answer.attr("to")], ["error", ALICE]);
});

Deno.test("a ping that a room passes on is copied and delivered", async () => {
  await using federation = await Federation.start({
    roomsHosts: `Component "plain.example"\n  component_secret = "secret"`,
  });
  await using room = await ComponentPeer.connect(federation.rooms.ip, "plain.example");
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const alice = await federation.client(ALICE);
  const joining = alice.join("irc@plain.example", "Ann");
  await room.until("the join", ({ stanza }) => stanza.attr("from") === ALICE);
  await room.send(
    `<presence from='irc@plain.example/Ann' to='${ALICE}'>` +
      `<x xmlns='http://jabber.org/protocol/muc#user'><status code='110'/></x></presence>`,
  );
  await joining;
  for (const nick of ["Bob", "Ann"]) {
    await room.send(
      `<iq type='get' id='its-own-${nick}' from='irc@plain.example/${nick}' to='${ALICE}'>` +
        `<ping xmlns='urn:xmpp:ping'/></iq>`,
    );
    await alice.untilStanza("the ping", (s) => s.id === `its-own-${nick}`);
    await room.until("its answer", ({ stanza }) => stanza.attr("id") === `its-own-${nick}`);
  }
  await peer.untilCopy("the ping", (s) => s.attr("id") === "its-own-Ann");
  assertEquals(peer.copies().filter((s) => s.attr("id") === "its-own-Bob"), []);
});

Deno.test("the component's notice ends the join; a room nobody asked for is none", async () => {
  await using federation = await Federation.start();
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const alice = await federation.client(ALICE);
  const stranger = await federation.client("mallory@away.example/x");
  await alice.join(ROOM, "Ann");
  await peer.settle();
  const before = peer.journal.length;
  await peer.notify(ALICE, `${ROOM}/Ann`);
  await alice.untilStanza("the event", (s) => s.statuses.includes(333));
  await stranger.sendRaw(
    `<presence to='${ALICE}'><x xmlns='http://jabber.org/protocol/muc#user'>` +
      `<status code='110'/></x></presence>`,
  );
  await alice.untilStanza("the forgery", (s) => s.from === stranger.jid);
  assertEquals((await peer.hello()).filter((n) => n.type === "joined"), []);
  assertEquals(peer.copies(before), []);
});

Deno.test("what users and strangers say to the component is never stamped with the host", async () => {
  await using federation = await Federation.start({ keeperFederates: true });
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const insider = await federation.client("mallory@home.example/x");
  const stranger = await federation.client("mallory@away.example/x");
  const payload = `<link xmlns='urn:x-roomkeeper:link:0' domain='rooms.example' state='down' ` +
    `direction='out'/><forwarded xmlns='urn:xmpp:forward:0'><presence xmlns='jabber:client' ` +
    `from='${ROOM}/Ann' to='${ALICE}'/></forwarded>`;
  for (const client of [insider, stranger]) {
    for (const from of ["", "from='home.example'"]) {
      await client.sendRaw(`<message to='keeper.home.example' ${from} id='f'>${payload}</message>`);
    }
    await peer.until(client.jid, ({ stanza }) => stanza.attr("from") === client.jid);
    await client.sendRaw(
      `<message to='home.example' id='hello'><hello xmlns='urn:x-roomkeeper:link:0' prefix='rk-' />` +
        `</message>`,
    );
    await client.untilStanza("the refusal", (s) => s.id === "hello" && s.type === "error");
  }
  await peer.settle();
  const forged = peer.journal.where(({ stanza }) => stanza.attr("id") === "f");
  assertNotEquals(forged.length, 0);
  for (const { stanza } of forged) {
    assert([insider.jid, stranger.jid].includes(stanza.attr("from")!), stanza.attr("from"));
  }
});

Deno.test("without the component the links are as they were, and it finds all joins later", async () => {
  await using federation = await Federation.start();
  const first = await ComponentPeer.connect(federation.home.ip);
  await first.hello("rk-one-");
  const alice = await federation.client(ALICE);
  const bob = await federation.client(BOB);
  await alice.join(ROOM, "Ann");
  await first.ping(ALICE, `${ROOM}/Ann`, "rk-one-1");
  await first[Symbol.asyncDispose]();
  await bob.join(ROOM, "Bob");
  await alice.changeNick(ROOM, "Anna");
  await bob.say(ROOM, "still here");
  await alice.untilStanza("the message", (s) => s.body === "still here");
  const lost = federation.home.log.where((line) => /s2s stream .* closed/.test(line));
  assertEquals(lost, []);
  await using second = await ComponentPeer.connect(federation.home.ip);
  const joins = (await second.hello("rk-two-")).filter((n) => n.type === "joined");
  assertEquals(
    new Set(joins.map((n) => n.type === "joined" && `${n.user} ${n.nick}`)),
    new Set([`${ALICE} Anna`, `${BOB} Bob`]),
  );
  await second.ping(ALICE, `${ROOM}/Anna`, "rk-one-2");
  await second.untilCopy("the answer to the last process", (s) => s.attr("id") === "rk-one-2");
  await alice.settle();
  const strays = [...alice.stanzas(), ...bob.stanzas()].filter((s) =>
    s.from?.includes("keeper") || s.id?.startsWith("rk-")
  );
  assertEquals(strays, []);
});

Deno.test("a reloaded plugin asks for the hello and has forgotten nothing", async () => {
  await using federation = await Federation.start();
  await using peer = await ComponentPeer.connect(federation.home.ip);
  const [first] = await peer.hello();
  const alice = await federation.client(ALICE);
  await alice.join(ROOM, "Ann");
  const before = peer.journal.length;
  await federation.home.shell(`module:reload("roomkeeper", "home.example")`);
  const asked = await peer.untilEvent("hello", ({ type }) => type === "plugin-hello", before);
  assertEquals(asked, first);
  const joins = (await peer.hello()).filter(({ type }) => type === "joined");
  assertEquals(joins, [joined(ALICE, ROOM, "Ann")]);
});

Deno.test("rooms of the home server itself: the service and the component are the link", async () => {
  await using federation = await Federation.start({
    homeHosts: `
Component "chat.home.example" "muc"
  restrict_room_creation = false; muc_room_locking = false
Component "irc.home.example"
  component_secret = "secret"`,
  });
  const gateway = await ComponentPeer.connect(federation.home.ip, "irc.home.example");
  await using peer = await ComponentPeer.connect(federation.home.ip);
  const events = await peer.hello();
  for (const domain of ["chat.home.example", "irc.home.example"]) {
    assert(events.some(link(domain, "up", "out")), domain);
  }
  const alice = await federation.client(ALICE);
  await alice.join("den@chat.home.example", "Ann");
  await peer.untilCopy("the join", (s) => s.attr("from") === "den@chat.home.example/Ann");

  // The service answers whoever sent the ping: errors come to the component itself, not as copies.
  await peer.ping(ALICE, "den@chat.home.example/Ann", "rk-test-1");
  await peer.untilCopy("the answer", (s) => s.attr("id") === "rk-test-1");
  await peer.ping(ALICE, "empty@chat.home.example/Ann", "rk-test-2");
  const { stanza, copy } = await peer.until(
    "the error",
    (got) => (got.copy ?? got.stanza).attr("id") === "rk-test-2",
  );
  assertEquals([copy, stanza.attr("type"), stanza.attr("to")], [undefined, "error", ALICE]);

  let after = peer.journal.length;
  await gateway[Symbol.asyncDispose]();
  await peer.untilEvent("gateway down", link("irc.home.example", "down", "out"), after);
  await using _again = await ComponentPeer.connect(federation.home.ip, "irc.home.example");
  await peer.untilEvent("gateway up", link("irc.home.example", "up", "out"), after);
  // A second connection that is refused is no loss of the first.
  after = peer.journal.length;
  await ComponentPeer.connect(federation.home.ip, "irc.home.example").catch(() => {});
  await peer.settle();
  assertEquals(peer.events(after), []);

  await federation.home.shell(`module:reload("muc", "chat.home.example")`);
  await peer.untilEvent("rooms down", link("chat.home.example", "down", "out"), after);
  await peer.untilEvent("rooms up", link("chat.home.example", "up", "out"), after);
  after = peer.journal.length;
  await federation.home.shell(`host:deactivate("chat.home.example")`);
  await peer.untilEvent("rooms down", link("chat.home.example", "down", "out"), after);
  await federation.home.shell(`host:activate("chat.home.example")`);
  await peer.untilEvent("rooms up", link("chat.home.example", "up", "out"), after);
});
