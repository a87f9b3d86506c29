/** mod_roomkeeper on a real ejabberd, seen from the component's side of the stream. */
import { assert, assertEquals } from "@std/assert";
import { setTimeout as delay } from "node:timers/promises";
import type { Element } from "../../xml/element.ts";
import type { PluginEvent } from "../../xmpp/plugin_events.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { ComponentPeer, type Got } from "./support/component_peer.ts";
import { EjabberdHome, KEEPER } from "./support/ejabberd_home.ts";
import { DeadlineError } from "./support/journal.ts";

const ALICE = "alice@home.example/phone";
const ROOM = "tea@rooms.example";
const GATEWAY = "gateway.home.example";
const PREFIX = "rk-0123456789abcdef-";

/** Connects the component and says hello, as Roomkeeper does; returns when the snapshot is in. */
async function keeper(servers: EjabberdHome): Promise<ComponentPeer> {
  const peer = await ComponentPeer.connect(servers.home.ip, KEEPER);
  await settle(peer);
  return peer;
}

/** Says hello and waits for the snapshot: all that the plugin said before has arrived then. */
async function settle(peer: ComponentPeer): Promise<void> {
  const after = peer.journal.length;
  await peer.send(
    `<message from='${KEEPER}' to='home.example'><hello xmlns='${NS.plugin}' prefix='${PREFIX}'/></message>`,
  );
  await peer.untilEvent("synced", (event) => event.type === "synced", after);
}

/** Sends a self-ping in a user's name. */
async function ping(peer: ComponentPeer, id: string, to = `${ROOM}/Alice`): Promise<void> {
  await peer.send(
    `<iq type='get' id='${PREFIX}${id}' from='${ALICE}' to='${to}'><ping xmlns='${NS.ping}'/></iq>`,
  );
}

/**
 * Pings until there is an answer that fits. ejabberd loses what it gets at the moment in which a link
 * ends, or the delay after its last failure.
 */
async function pingUntil(
  peer: ComponentPeer,
  id: string,
  fits: (answer: Element) => boolean,
): Promise<Element> {
  for (let attempt = 0;; attempt++) {
    await ping(peer, `${id}-${attempt}`);
    const isIts = ({ copy }: Got) => copy !== undefined && isAnswer(`${id}-${attempt}`)(copy);
    const got = await peer.journal.until("an answer", isIts, { within: 2_000 }).catch((error) => {
      if (!(error instanceof DeadlineError)) throw error;
    });
    if (got?.copy && fits(got.copy)) return got.copy;
    await delay(100);
  }
}

/** Pings until the room itself answers; returns whether it says that the user is not in it. */
async function decided(peer: ComponentPeer): Promise<boolean> {
  const conditionOf = (answer: Element) =>
    answer.child("error")?.elements(undefined, NS.stanzaErrors)[0]?.name;
  const isItsOwn = (answer: Element) => !conditionOf(answer)?.startsWith("remote-server-");
  const condition = conditionOf(await pingUntil(peer, "again", isItsOwn));
  return condition === "not-acceptable" || condition === "item-not-found";
}

const isAnswer = (id: string) => (copy: Element) => copy.attr("id") === `${PREFIX}${id}`;
const isLink = (domain: string, state: string) => (event: PluginEvent) =>
  event.type === "link" && event.domain === domain && event.state === state;
const statuses = (copy: Element) =>
  copy.child("x", NS.mucUser)?.elements("status").map((status) => status.attr("code")) ?? [];

Deno.test("ejabberd plugin: hello brings a snapshot of joins and links", async () => {
  await using servers = await EjabberdHome.start({ bidi: false });
  const alice = await servers.client(ALICE);
  await using before = await ComponentPeer.connect(servers.home.ip, KEEPER);
  await alice.join(ROOM, "Alice");
  await alice.join("pub@local.home.example", "Ally");
  await before[Symbol.asyncDispose]();
  await using peer = await keeper(servers);

  const events = peer.events();
  const [hello] = events;
  assertEquals(hello, {
    type: "plugin-hello",
    version: 2,
    software: "ejabberd",
    boot: hello?.type === "plugin-hello" ? hello.boot : "",
  });
  assertEquals(events.filter(({ type }) => type === "joined"), [
    { type: "joined", user: ALICE, room: "pub@local.home.example", nick: "Ally" },
    { type: "joined", user: ALICE, room: ROOM, nick: "Alice" },
  ]);
  const up = events.filter((event) => event.type === "link");
  for (const direction of ["in", "out"]) {
    assert(up.some((link) => link.domain === "rooms.example" && link.direction === direction));
  }
  assert(up.some((link) => link.domain === "local.home.example"));
  assert(up.every((link) => link.state === "up"));

  // The server is the same at the component's next start.
  await peer[Symbol.asyncDispose]();
  await using again = await keeper(servers);
  assertEquals(again.events()[0], hello);
});

for (const software of ["prosody", "ejabberd"] as const) {
  Deno.test(`ejabberd plugin: copies what changes a join in a room of ${software}, and no more`, async () => {
    await using servers = await EjabberdHome.start({ rooms: software });
    await using peer = await keeper(servers);
    const [alice, bob] = [await servers.client(ALICE), await servers.client("bob@home.example/pc")];
    await bob.join(ROOM, "Bob");
    await alice.join(ROOM, "Alice");
    await alice.say(ROOM, "hello");
    await alice.changeNick(ROOM, "Alicia");
    await alice.leave(ROOM, "Alicia");
    await bob.untilStanza(
      "Alice's leaving",
      (s) => s.from === `${ROOM}/Alicia` && s.type === "unavailable",
    );
    await bob.settle();
    await alice.settle();
    await settle(peer);

    const seen = peer.copies().filter((copy) =>
      (copy.attr("from") + copy.attr("to")!).includes("alice")
    );
    assertEquals(
      seen.map((copy) => [
        copy.name,
        copy.attr("type"),
        copy.attr("from"),
        statuses(copy).filter((code) => code === "110" || code === "303").toSorted(),
      ]),
      [
        ["presence", undefined, `${ROOM}/Alice`, ["110"]],
        ["presence", undefined, ALICE, []],
        ["presence", "unavailable", `${ROOM}/Alice`, ["110", "303"]],
        ["presence", undefined, `${ROOM}/Alicia`, ["110"]],
        ["presence", "unavailable", ALICE, []],
      ],
    );
  });
}

for (const software of ["prosody", "ejabberd"] as const) {
  Deno.test(`ejabberd plugin: ${software} with the rooms is killed and comes back`, async () => {
    await using servers = await EjabberdHome.start({
      rooms: software,
      bidi: false,
      homeOptions: { s2s_max_retry_delay: 1 },
    });
    await using peer = await keeper(servers);
    const alice = await servers.client(ALICE);
    await alice.join(ROOM, "Alice");
    await ping(peer, "1");
    const joined = await peer.untilCopy("the answer", isAnswer("1"));
    assertEquals(joined.attr("type"), "result");

    await servers.rooms.kill();
    for (const direction of ["in", "out"]) {
      const down = await peer.untilEvent(
        `down, ${direction}`,
        (event) =>
          isLink("rooms.example", "down")(event) &&
          (event as { direction: string }).direction === direction,
      );
      assert(down.type === "link" && !down.clean);
    }
    const unreachable = await pingUntil(peer, "2", () => true);
    assertEquals(unreachable.attr("type"), "error");

    await servers.rooms.start();
    const after = peer.journal.length;
    assertEquals(await decided(peer), true);
    await peer.untilEvent("up", isLink("rooms.example", "up"), after);
    await alice.settle();
    assertEquals(alice.stanzas().filter((stanza) => stanza.id?.startsWith(PREFIX)), []);
  });
}

Deno.test("ejabberd plugin: a ping that a room reflects is copied and delivered", async () => {
  await using servers = await EjabberdHome.start();
  await using peer = await keeper(servers);
  await using gateway = await ComponentPeer.connect(servers.home.ip, GATEWAY);
  const alice = await servers.client(ALICE);
  const room = `#tea@${GATEWAY}`;
  await alice.askIn(room, "Alice");
  await gateway.until("her wish", ({ stanza }) => stanza.attr("to") === `${room}/Alice`);
  await gateway.send(
    `<presence from='${room}/Alice' to='${ALICE}'><x xmlns='${NS.mucUser}'>` +
      `<item affiliation='none' role='participant'/><status code='110'/></x></presence>`,
  );
  await peer.untilCopy("the join", (copy) => copy.attr("from") === `${room}/Alice`);
  const reflect = async (id: string, nick: string) =>
    await gateway.send(
      `<iq type='get' id='${id}' from='${room}/${nick}' to='${ALICE}'><ping xmlns='${NS.ping}'/></iq>`,
    );
  await reflect("other", "Bob");
  await reflect("mine", "Alice");

  await peer.untilCopy("the ping", (copy) => copy.attr("id") === "mine");
  await alice.untilStanza("the ping", (stanza) => stanza.id === "mine");
  await gateway.until("the answer", ({ stanza }) => stanza.attr("id") === "mine");
  await settle(peer);
  assertEquals(peer.copies().filter((copy) => copy.attr("id") === "other"), []);
});

Deno.test("ejabberd plugin: a session ends once, and not while it hibernates", async () => {
  await using servers = await EjabberdHome.start();
  await using peer = await keeper(servers);
  const alice = await servers.client(ALICE, { resumable: true });
  const bob = await servers.client("bob@home.example/pc");
  await alice.join(ROOM, "Alice");
  await bob.join(ROOM, "Bob");
  await alice.drop();
  await ping(peer, "hibernating");
  const answer = await peer.untilCopy("the answer", isAnswer("hibernating"));
  assertEquals(answer.attr("type"), "result");
  await alice.reconnect();
  await alice.settle();
  await settle(peer);
  assertEquals(peer.events().filter(({ type }) => type === "ended"), []);

  await alice.quit();
  await peer.untilEvent("ended", (event) => event.type === "ended" && event.user === ALICE);
  await bob.untilStanza(
    "Alice's leaving",
    (s) => s.from === `${ROOM}/Alice` && s.type === "unavailable",
  );
  await settle(peer);
  assertEquals(peer.events().filter(({ type }) => type === "ended").length, 1);
  await peer[Symbol.asyncDispose]();
  await using again = await keeper(servers);
  const joined = again.events().flatMap((event) => event.type === "joined" ? [event.user] : []);
  assertEquals(joined, ["bob@home.example/pc"]);
});

Deno.test("ejabberd plugin: answers to a session that is gone stop at the home server", async () => {
  await using servers = await EjabberdHome.start();
  await using peer = await keeper(servers);
  await using gateway = await ComponentPeer.connect(servers.home.ip, GATEWAY);
  const after = gateway.journal.length;
  const to = `from='#tea@${GATEWAY}/Alice' to='${ALICE}'`;
  await gateway.send(`<iq type='result' id='${PREFIX}1' ${to}/>`);
  await gateway.send(
    `<iq type='error' id='${PREFIX}2' ${to}><error type='cancel'>` +
      `<not-acceptable xmlns='${NS.stanzaErrors}'/></error></iq>`,
  );
  await gateway.send(
    `<iq type='get' id='last' from='${GATEWAY}' to='home.example'><ping xmlns='${NS.ping}'/></iq>`,
  );
  await gateway.until("the last answer", ({ stanza }) => stanza.attr("id") === "last", after);
  await settle(peer);
  assertEquals(gateway.journal.length - after, 1);
  assertEquals(peer.copies(), []);
});

Deno.test("ejabberd plugin: a user who goes unavailable has left all rooms", async () => {
  await using servers = await EjabberdHome.start();
  await using peer = await keeper(servers);
  const alice = await servers.client(ALICE);
  await alice.join(ROOM, "Alice");
  await alice.sendRaw("<presence type='unavailable'/>");
  await peer.untilEvent("ended", (event) => event.type === "ended" && event.user === ALICE);
  await peer[Symbol.asyncDispose]();
  await using again = await keeper(servers);
  assertEquals(again.events().filter(({ type }) => type === "joined"), []);
});

Deno.test("ejabberd plugin: stop_s2s_connections is a loss too", async () => {
  await using servers = await EjabberdHome.start();
  await using peer = await keeper(servers);
  const alice = await servers.client(ALICE);
  await alice.join(ROOM, "Alice");
  const after = peer.journal.length;
  await servers.home.api("stop_s2s_connections");
  await peer.untilEvent("down", isLink("rooms.example", "down"), after);
  await ping(peer, "1");
  await peer.untilEvent("up", isLink("rooms.example", "up"), after);
  assertEquals((await peer.untilCopy("the answer", isAnswer("1"))).attr("type"), "result");
});

Deno.test("ejabberd plugin: an idle link is closed in good order", async () => {
  await using servers = await EjabberdHome.start({ homeOptions: { s2s_timeout: 2 } });
  await using peer = await keeper(servers);
  const alice = await servers.client(ALICE);
  await alice.join(ROOM, "Alice");
  const down = await peer.untilEvent("down", isLink("rooms.example", "down"));
  assert(down.type === "link" && down.clean);
});

for (const software of ["prosody", "ejabberd"] as const) {
  Deno.test(`ejabberd plugin: ${software} with the rooms is stopped, which is a loss`, async () => {
    await using servers = await EjabberdHome.start({ rooms: software });
    await using peer = await keeper(servers);
    const alice = await servers.client(ALICE);
    await alice.join(ROOM, "Alice");
    await servers.rooms.stop();
    const down = await peer.untilEvent("down", isLink("rooms.example", "down"));
    assert(down.type === "link" && !down.clean);
  });
}

Deno.test("ejabberd plugin: says hello by itself when it is loaded later", async () => {
  await using servers = await EjabberdHome.start();
  await using peer = await keeper(servers);
  const [before] = peer.events();
  const after = peer.journal.length;
  await servers.home.api("restart_module", { host: "home.example", module: "mod_roomkeeper" });
  const again = await peer.untilEvent("hello", ({ type }) => type === "plugin-hello", after);
  assertEquals(again, before);
  const alice = await servers.client(ALICE);
  await alice.join(ROOM, "Alice");
  await peer.untilCopy("the join", (copy) => statuses(copy).includes("110"), after);
  assertEquals(servers.home.log.where((line) => /\[(error|critical)\]/.test(line)), []);
});

Deno.test("ejabberd plugin: rooms of the home server itself go away and come back", async () => {
  await using servers = await EjabberdHome.start();
  await using peer = await keeper(servers);
  const gateway = await ComponentPeer.connect(servers.home.ip, GATEWAY);
  await peer.untilEvent("up", isLink(GATEWAY, "up"));
  await gateway[Symbol.asyncDispose]();
  await peer.untilEvent("down", isLink(GATEWAY, "down"));

  await servers.home.api("restart_module", { host: "home.example", module: "mod_muc" });
  await peer.untilEvent("down", isLink("local.home.example", "down"));
  await peer.untilEvent("up", isLink("local.home.example", "up"));
});

Deno.test("ejabberd plugin: while the component is away nothing is sent to its name", async () => {
  await using servers = await EjabberdHome.start();
  const peer = await keeper(servers);
  const [alice, bob] = [await servers.client(ALICE), await servers.client("bob@home.example/pc")];
  // Prosody 0.12.3 forgets a temporary room when the only occupant changes the nick.
  await bob.join(ROOM, "Bob");
  await alice.join(ROOM, "Alice");
  await peer[Symbol.asyncDispose]();
  await alice.changeNick(ROOM, "Alicia");
  await alice.say(ROOM, "hello");
  await alice.untilStanza("its message", (stanza) => stanza.body === "hello");

  await using again = await keeper(servers);
  const joined = again.events().filter((event) => event.type === "joined" && event.user === ALICE);
  assertEquals(joined, [{ type: "joined", user: ALICE, room: ROOM, nick: "Alicia" }]);
  assertEquals(again.events().filter(isLink("rooms.example", "down")), []);
  assertEquals(servers.home.log.where((line) => line.includes(`-> ${KEEPER}`)), []);
  assertEquals(servers.home.log.where((line) => /\[(error|critical)\]/.test(line)), []);
});

Deno.test("ejabberd plugin: nobody else can say hello in the component's name", async () => {
  await using servers = await EjabberdHome.start();
  await using peer = await keeper(servers);
  const alice = await servers.client(ALICE);
  const after = peer.journal.length;
  await alice.sendRaw(
    `<message to='home.example'><hello xmlns='${NS.plugin}' prefix='stolen-prefix-'/></message>`,
  );
  await alice.settle();
  await alice.join(ROOM, "Alice");
  await peer.untilCopy("the join", (copy) => statuses(copy).includes("110"), after);
  assertEquals(peer.events(after).filter(({ type }) => type === "plugin-hello"), []);
});
