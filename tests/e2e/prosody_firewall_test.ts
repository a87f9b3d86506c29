import { assert, assertEquals } from "@std/assert";
import type { Element } from "../../xml/element.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { ComponentPeer } from "./support/component_peer.ts";
import { Federation } from "./support/federation.ts";

const ALICE = "alice@home.example/phone";
const BOB = "bob@home.example/desk";
const ROOM = "den@rooms.example";

/** Whether a stanza has a muc#user status. */
const hasStatus = (stanza: Element, code: string) =>
  stanza.child("x", NS.mucUser)?.elements("status").some((s) => s.attr("code") === code) ?? false;

Deno.test("the stock feed copies joins, nick changes and the end of a session", async () => {
  await using federation = await Federation.start({ feed: "stock" });
  await using peer = await ComponentPeer.connect(federation.home.ip);
  const alice = await federation.client(ALICE);
  const bob = await federation.client(BOB);
  await bob.join(ROOM, "Bob");
  await alice.join(ROOM, "Ann");
  const join = await peer.untilCopy("the join", (s) => s.attr("from") === `${ROOM}/Ann`);
  assertEquals([join.attr("to"), hasStatus(join, "110")], [ALICE, true]);
  await alice.changeNick(ROOM, "Anna");
  await peer.untilCopy("the wish", (s) => s.attr("from") === ALICE && isTo(s, `${ROOM}/Anna`));
  await peer.untilCopy("the change", (s) => isTo(s, ALICE) && hasStatus(s, "303"));
  await peer.settle();
  const end = peer.journal.length;
  await alice.quit();
  await peer.untilCopy("the end", (s) => s.attr("type") === "unavailable" && !s.attr("to"), end);
  await peer.untilCopy("leaving", (s) => isTo(s, `${ROOM}/Anna`), end);
});

Deno.test("the stock feed copies the answers to pings, which the client sees too", async () => {
  await using federation = await Federation.start({ feed: "stock" });
  await using peer = await ComponentPeer.connect(federation.home.ip);
  const alice = await federation.client(ALICE);
  await alice.join(ROOM, "Ann");
  await peer.ping(ALICE, `${ROOM}/Ann`, "rk-5e-1");
  const here = await peer.untilCopy("the answer", (s) => s.attr("id") === "rk-5e-1");
  assertEquals(here.attr("type"), "result");
  await alice.untilStanza("the answer", (s) => s.id === "rk-5e-1");
  await federation.rooms.stop();
  await federation.home.log.until(
    "the end of the link",
    (line) => line.includes("Outgoing s2s stream home.example->rooms.example closed"),
  );
  await peer.ping(ALICE, `${ROOM}/Ann`, "rk-5e-2");
  const down = await peer.untilCopy("the server's error", (s) => s.attr("id") === "rk-5e-2");
  assert(down.child("error")?.child("remote-server-not-found", NS.stanzaErrors));
  const after = peer.journal.length;
  await alice.say(ROOM, "anybody?");
  const bounced = await peer.untilCopy("the bounce", (s) => s.name === "message", after);
  assertEquals([bounced.attr("type"), bounced.attr("to")], ["error", ALICE]);
});

Deno.test("the stock feed copies evidence of a room and user once in a while only", async () => {
  await using federation = await Federation.start({ feed: "stock" });
  await using peer = await ComponentPeer.connect(federation.home.ip);
  const alice = await federation.client(ALICE);
  const bob = await federation.client(BOB);
  await alice.join(ROOM, "Ann");
  await bob.join(ROOM, "Bob");
  for (const body of ["1", "2", "3", "4", "5"]) await bob.say(ROOM, body);
  await alice.untilStanza("all messages", (s) => s.body === "5");
  await peer.settle();
  for (const user of [ALICE, BOB]) {
    const evidence = peer.copies().filter((s) => isTo(s, user) && !hasStatus(s, "110"));
    assertEquals(evidence.length, 1, user);
  }
});

Deno.test("without the component the stock feed harms neither links nor users", async () => {
  await using federation = await Federation.start({ feed: "stock" });
  const alice = await federation.client(ALICE);
  const bob = await federation.client(BOB);
  const use = async (nick: string) => {
    await alice.join(ROOM, `Ann${nick}`);
    await bob.join(ROOM, `Bob${nick}`);
    await bob.say(ROOM, `hello ${nick}`);
    await alice.untilStanza("the message", (s) => s.body === `hello ${nick}`);
  };
  await use("0");
  const peer = await ComponentPeer.connect(federation.home.ip);
  await use("1");
  await peer[Symbol.asyncDispose]();
  await use("2");
  await Promise.all([alice.settle(), bob.settle()]);
  for (const { log } of [federation.home, federation.rooms]) {
    assertEquals(
      log.where((line) => /s2s stream .* closed|Component not connected/.test(line)),
      [],
    );
  }
  const strange = [...alice.stanzas(), ...bob.stanzas()].filter((s) => s.from?.includes("keeper"));
  assertEquals(strange, []);
});

Deno.test("a script for a component that does not exist lets everything through", async () => {
  await using federation = await Federation.start({
    feed: "stock",
    stockComponent: "nowhere.home.example",
  });
  const alice = await federation.client(ALICE);
  await alice.join(ROOM, "Ann");
  await alice.settle();
  assertEquals(federation.home.log.where((line) => /error/.test(line)), []);
});

function isTo(stanza: Element, jid: string): boolean {
  return stanza.attr("to") === jid;
}
