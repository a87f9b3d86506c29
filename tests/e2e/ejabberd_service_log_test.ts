/** mod_service_log of a real ejabberd, as Roomkeeper's feed without a plugin. */
import { assertEquals } from "@std/assert";
import type { Element } from "../../xml/element.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { ComponentPeer } from "./support/component_peer.ts";
import { EjabberdHome, KEEPER } from "./support/ejabberd_home.ts";

const ALICE = "alice@home.example/phone";
const BOB = "bob@home.example/pc";
const ROOM = "tea@rooms.example";

const shape = (copy: Element) =>
  [copy.attr("from"), copy.attr("to"), copy.attr("type")].map((part) => part ?? "-").join(" ");
const body = (copy: Element) => copy.child("body")?.text;
const PING = `<ping xmlns='${NS.ping}'/>`;

/** Waits until all that was routed to the component by now has arrived. */
async function settle(peer: ComponentPeer): Promise<void> {
  const id = crypto.randomUUID();
  await peer.send(`<iq type='get' id='${id}' from='${KEEPER}' to='home.example'>${PING}</iq>`);
  await peer.until("the answer", ({ stanza }) => stanza.attr("id") === id);
}

Deno.test("ejabberd stock feed: copies every stanza, a local message twice", async () => {
  await using servers = await EjabberdHome.start({ feed: "stock" });
  await using peer = await ComponentPeer.connect(servers.home.ip, KEEPER);
  const [alice, bob] = [await servers.client(ALICE), await servers.client(BOB)];
  await bob.join(ROOM, "Bob");
  await alice.join(ROOM, "Alice");
  await alice.say(ROOM, "to the room");
  await alice.sendRaw(`<message to='${BOB}' type='chat'><body>to Bob</body></message>`);
  await bob.untilStanza("both", (stanza) => stanza.body === "to Bob");
  await bob.untilStanza("both", (stanza) => stanza.body === "to the room");
  await alice.settle();
  await bob.settle();
  await settle(peer);

  const said = (text: string) => peer.copies().filter((copy) => body(copy) === text).map(shape);
  assertEquals(said("to Bob"), [`${ALICE} ${BOB} chat`, `${ALICE} ${BOB} chat`]);
  assertEquals(said("to the room").toSorted(), [
    `${ALICE} ${ROOM} groupchat`,
    `${ROOM}/Alice ${ALICE} groupchat`,
    `${ROOM}/Alice ${BOB} groupchat`,
  ]);
  const itself = peer.copies().filter((copy) =>
    copy.attr("to") === ALICE && copy.attr("from") === `${ROOM}/Alice` && copy.name === "presence"
  );
  assertEquals(itself.map(shape), [`${ROOM}/Alice ${ALICE} -`]);
});

Deno.test("ejabberd stock feed: what the component sends for others comes back", async () => {
  await using servers = await EjabberdHome.start({ feed: "stock" });
  await using peer = await ComponentPeer.connect(servers.home.ip, KEEPER);
  const alice = await servers.client(ALICE);
  await alice.join(ROOM, "Alice");
  await peer.send(
    `<presence type='unavailable' id='event' from='${ROOM}/Alice' to='${ALICE}'>` +
      `<x xmlns='${NS.mucUser}'><status code='110'/></x></presence>`,
  );
  await alice.untilStanza("the event", (stanza) => stanza.id === "event");
  await peer.untilCopy("the event", (copy) => copy.attr("id") === "event");

  // The ping is not copied, as no client sent it; its answer is, and the client gets it too.
  await peer.send(`<iq type='get' id='ping' from='${ALICE}' to='${ROOM}/Alice'>${PING}</iq>`);
  const answer = await peer.untilCopy("the answer", (copy) => copy.attr("id") === "ping");
  assertEquals(answer.attr("type"), "result");
  await alice.untilStanza("the answer", (stanza) => stanza.id === "ping");
});

Deno.test("ejabberd stock feed: tells neither the end of a session nor that of a link", async () => {
  await using servers = await EjabberdHome.start({ feed: "stock" });
  await using peer = await ComponentPeer.connect(servers.home.ip, KEEPER);
  const [alice, bob] = [await servers.client(ALICE), await servers.client(BOB)];
  await bob.join(ROOM, "Bob");
  await alice.join(ROOM, "Alice");
  await alice.settle();
  await alice.drop();
  await bob.untilStanza(
    "Alice's leaving",
    (stanza) => stanza.from === `${ROOM}/Alice` && stanza.type === "unavailable",
  );
  await bob.settle();
  await settle(peer);
  const after = peer.copies().filter((copy) =>
    copy.attr("type") === "unavailable" &&
    (copy.attr("to") === ALICE || copy.attr("from") === ALICE)
  );
  assertEquals(after, []);

  const position = peer.journal.length;
  await servers.rooms.kill();
  await servers.home.log.until(
    "the end of the link",
    (line) => line.includes("Closing outbound s2s connection home.example -> rooms.example"),
  );
  await bob.settle();
  await settle(peer);
  assertEquals(peer.events(position), []);
  const copies = peer.copies(position).filter((copy) =>
    copy.attr("from")?.includes("rooms.example")
  );
  assertEquals(copies, []);
});

Deno.test("ejabberd stock feed: while the component is away, s2s to its name is tried", async () => {
  await using servers = await EjabberdHome.start({ feed: "stock" });
  const alice = await servers.client(ALICE);
  await alice.join(ROOM, "Alice");
  await servers.home.log.until(
    "an attempt",
    (line) =>
      line.includes(`Failed to establish outbound s2s connection home.example -> ${KEEPER}`),
  );
  const after = alice.journal.length;
  await alice.say(ROOM, "hello");
  await alice.untilStanza("its message", (stanza) => stanza.body === "hello", { after });
  assertEquals(alice.stanzas(after).filter((stanza) => stanza.type === "error"), []);

  // It is fed again as soon as it is back, whatever ejabberd's retry delay for that name.
  await using peer = await ComponentPeer.connect(servers.home.ip, KEEPER);
  await alice.say(ROOM, "again");
  await peer.untilCopy("its message", (copy) => body(copy) === "again");
});

Deno.test("ejabberd stock feed: a name that leads to the server itself brings the copies nowhere", async () => {
  await using servers = await EjabberdHome.start({ feed: "stock" });
  await servers.home.stop();
  servers.home.resolve(KEEPER, servers.home.ip);
  await servers.home.start();
  const alice = await servers.client(ALICE);
  const attempt = `Failed to establish outbound s2s connection home.example -> ${KEEPER}`;
  await servers.home.log.until("an attempt", (line) => line.includes(attempt));
  const after = alice.journal.length;
  await alice.sendRaw(`<message to='${ALICE}' type='chat'><body>hello</body></message>`);
  await alice.untilStanza("its message", (stanza) => stanza.body === "hello", { after });
  assertEquals(alice.stanzas(after).filter((stanza) => stanza.type === "error"), []);
});
