import { assert, assertEquals, assertFalse } from "@std/assert";
import { ComponentPeer } from "./support/component_peer.ts";
import { Federation } from "./support/federation.ts";

const ALICE = "alice@home.example/phone";

Deno.test("probe: a domain that answers is reached, one whose server is away is not", async () => {
  await using federation = await Federation.start();
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  const alice = await federation.client(ALICE);
  assert(await peer.probe("rooms.example", "rk-test-p1"), "there");
  assert(await peer.probe("away.example", "rk-test-p2"), "another domain of that server");
  assertFalse(await peer.probe("nowhere.example", "rk-test-p3"), "no such domain");
  await federation.rooms.kill();
  assertFalse(await peer.probe("rooms.example", "rk-test-p4"), "killed");
  await federation.rooms.start();
  assert(await peer.probe("rooms.example", "rk-test-p5"), "back");
  await alice.settle();
  assertEquals(alice.stanzas().filter((s) => s.id?.startsWith("rk-")), []);
  const others = peer.journal.where(({ stanza, copy }) => stanza.name !== "message" || !!copy);
  assertEquals(others.map(({ stanza }) => stanza.attr("from")), []);
});

Deno.test("probe: a server that hangs is not reached after 10 s, and its late answer is nobody's", async () => {
  await using federation = await Federation.start();
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  assert(await peer.probe("rooms.example", "rk-test-p1"));
  federation.rooms.freeze();
  assertFalse(await peer.probe("rooms.example", "rk-test-p2"), "frozen");
  const late = peer.journal.length;
  federation.rooms.thaw();
  assert(await peer.probe("rooms.example", "rk-test-p3"), "thawed");
  await peer.settle();
  const told = peer.journal.entries.slice(late).flatMap(({ stanza }) => stanza.elements());
  assertEquals(told.filter((element) => element.attr("id") === "rk-test-p2"), []);
});

Deno.test("probe: an error of the domain itself is an answer, one that it passes on is none", async () => {
  await using federation = await Federation.start({
    roomsHosts: `Component "plain.example"\n  component_secret = "secret"`,
  });
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  assertFalse(await peer.probe("plain.example", "rk-test-p0"), "its component is away");
  await using plain = await ComponentPeer.connect(federation.rooms.ip, "plain.example");
  for (
    const [condition, reached] of [
      ["service-unavailable", true],
      ["forbidden", true],
      ["recipient-unavailable", false],
      ["remote-server-not-found", false],
      ["remote-server-timeout", false],
    ] as const
  ) {
    const id = `rk-test-${condition}`;
    const answer = peer.probe("plain.example", id);
    const { stanza } = await plain.until("the ping", ({ stanza }) => stanza.attr("id") === id);
    assertEquals(stanza.attr("from"), "home.example");
    await plain.send(
      `<iq type='error' id='${id}' from='plain.example' to='home.example'><error type='cancel'>` +
        `<${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
    );
    assertEquals(await answer, reached, condition);
  }
});

Deno.test("probe: rooms of the home server itself", async () => {
  await using federation = await Federation.start({
    homeHosts: `Component "chat.home.example" "muc"
Component "irc.home.example"\n  component_secret = "secret"`,
  });
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello();
  assert(await peer.probe("chat.home.example", "rk-test-p1"), "a service");
  assertFalse(await peer.probe("irc.home.example", "rk-test-p2"), "a component that is away");
});

Deno.test("probe: only the component is answered, and only under its current prefix", async () => {
  await using federation = await Federation.start();
  await using peer = await ComponentPeer.connect(federation.home.ip);
  await peer.hello("rk-old-");
  await peer.hello("rk-new-");
  const insider = await federation.client("mallory@home.example/x");
  const after = peer.journal.length;
  const probe = (id: string) =>
    `<probe xmlns='urn:x-roomkeeper:link:0' id='${id}' domain='rooms.example'/>`;
  await insider.sendRaw(`<message to='home.example' id='forged'>${probe("rk-new-1")}</message>`);
  await insider.untilStanza("the refusal", (s) => s.id === "forged" && s.type === "error");
  await peer.send(
    `<message from='keeper.home.example' to='home.example'>${probe("rk-old-2")}</message>`,
  );
  assert(await peer.probe("rooms.example", "rk-new-3"));
  const ids = peer.journal.entries.slice(after).flatMap(({ stanza }) =>
    stanza.elements("probed").map((element) => element.attr("id"))
  );
  assertEquals(ids, ["rk-new-3"]);
});
