/** Probes by the ejabberd plugin, and the bounce trap that they open. */
import { assert, assertEquals, assertFalse } from "@std/assert";
import { setTimeout as delay } from "node:timers/promises";
import { NS } from "../../xmpp/namespaces.ts";
import { Client, type Received } from "./support/client.ts";
import { ComponentPeer } from "./support/component_peer.ts";
import { Ejabberd } from "./support/ejabberd.ts";
import { EjabberdHome, KEEPER } from "./support/ejabberd_home.ts";
import { DeadlineError } from "./support/journal.ts";
import { Prosody } from "./support/prosody.ts";

const ALICE = "alice@home.example/phone";
const GATEWAY = "gateway.home.example";
/** Of the domain that is away, in seconds: long enough for each user to find out. */
const AWAY_S = 10;
/** How long a server without Roomkeeper is waited for. */
const PATIENCE_S = 30;
/** What chance may do to one who gets through as soon as the other. */
const NOISE_S = 5;

Deno.test("ejabberd probe: a domain that answers is reached, one that is away is not", async () => {
  await using servers = await EjabberdHome.start();
  await using peer = await ComponentPeer.connect(servers.home.ip);
  await peer.hello();
  const alice = await servers.client(ALICE);
  assert(await peer.probe("rooms.example", "rk-test-1"), "there");
  assertFalse(await peer.probe("nowhere.example", "rk-test-2"), "no such domain");
  assertFalse(await peer.probe("@", "rk-test-3"), "no domain");
  assert(await peer.probe("local.home.example", "rk-test-4"), "rooms of the server itself");
  assertFalse(await peer.probe(GATEWAY, "rk-test-5"), "a component that is away");
  await servers.rooms.kill();
  for (const id of ["rk-test-6", "rk-test-7"]) {
    assertFalse(await peer.probe("rooms.example", id), "killed");
  }
  await servers.rooms.start();
  assert(await peer.probe("rooms.example", "rk-test-8"), "back, at once, after two failures");
  servers.rooms.freeze();
  assertFalse(await peer.probe("rooms.example", "rk-test-9"), "frozen");
  servers.rooms.thaw();
  assert(await peer.probe("rooms.example", "rk-test-10"), "thawed");
  // Nobody else gets any of it.
  await alice.settle();
  assertEquals(alice.stanzas().filter((s) => s.id?.startsWith("rk-")), []);
  assertEquals(peer.copies(), []);
  assertEquals(servers.home.log.where((line) => /\[(error|critical)\]/.test(line)), []);
});

Deno.test("ejabberd probe: an error of the domain itself is an answer, whatever it says", async () => {
  await using servers = await EjabberdHome.start();
  await using peer = await ComponentPeer.connect(servers.home.ip);
  await peer.hello();
  await using far = new Prosody({
    name: "far",
    hosts: `VirtualHost "away.example"\nComponent "far.example"\n  component_secret = "secret"`,
  });
  servers.home.resolve("far.example", far.ip);
  far.resolve("home.example", servers.home.ip);
  await servers.home.stop();
  await Promise.all([far.start(), servers.home.start()]);
  await using again = await ComponentPeer.connect(servers.home.ip);
  await again.hello();
  await using component = await ComponentPeer.connect(far.ip, "far.example");
  // Its server says remote-server-timeout of a component that is dead, as this one says of a server.
  for (const condition of ["service-unavailable", "forbidden", "remote-server-timeout"]) {
    const id = `rk-test-${condition}`;
    const after = component.journal.length;
    const answer = again.probe("far.example", id);
    const isPing = (type: string | undefined) => type === "get";
    const { stanza } = await component.until("a ping", (g) => isPing(g.stanza.attr("type")), after);
    assertEquals(stanza.attr("from"), "home.example");
    await component.send(
      `<iq type='error' id='${stanza.attr("id")}' from='far.example' to='home.example'>` +
        `<error type='wait'><${condition} xmlns='${NS.stanzaErrors}'/></error></iq>`,
    );
    assert(await answer, condition);
  }
});

Deno.test("ejabberd probe: only the component is answered, and only under its current prefix", async () => {
  await using servers = await EjabberdHome.start();
  await using peer = await ComponentPeer.connect(servers.home.ip);
  await peer.hello("rk-before-");
  await peer.hello("rk-after-");
  const insider = await servers.client("mallory@home.example/x");
  const after = peer.journal.length;
  const probe = (id: string) =>
    `<probe xmlns='${NS.plugin}' id='${id}' domain='local.home.example'/>`;
  await insider.sendRaw(`<message to='home.example' id='forged'>${probe("rk-after-1")}</message>`);
  await insider.settle();
  await peer.send(`<message from='${KEEPER}' to='home.example'>${probe("rk-before-2")}</message>`);
  assert(await peer.probe("local.home.example", "rk-after-3"));
  const ids = peer.journal.entries.slice(after).flatMap(({ stanza }) =>
    stanza.elements("probed").map((element) => element.attr("id"))
  );
  assertEquals(ids, ["rk-after-3"]);
});

Deno.test("ejabberd probe: users get through sooner with Roomkeeper than without, and nothing is lost", async () => {
  // Both servers have the default s2s_max_retry_delay, 5 minutes, and users who try all the time.
  await using servers = await EjabberdHome.start();
  await using plain = new Ejabberd({
    name: "plain",
    host: "plain.example",
    users: ["ann@plain.example"],
  });
  await using other = new Prosody({ name: "other", hosts: `VirtualHost "other.example"` });
  for (const server of [plain, servers.home]) server.resolve("other.example", other.ip);
  plain.resolve("rooms.example", servers.rooms.ip);
  for (
    const [name, server] of [["home.example", servers.home], ["plain.example", plain]] as const
  ) {
    for (const remote of [servers.rooms, other]) remote.resolve(name, server.ip);
  }
  await Promise.all([servers.home.stop(), servers.rooms.stop()]);
  await Promise.all([servers.home, servers.rooms, plain, other].map((server) => server.start()));
  await using peer = await ComponentPeer.connect(servers.home.ip);
  await peer.hello();
  await using alice = await Client.connect({ jid: ALICE, ip: servers.home.ip });
  await using ann = await Client.connect({ jid: "ann@plain.example/phone", ip: plain.ip });
  for (const client of [alice, ann]) {
    for (const domain of ["rooms.example", "other.example"]) assert(await answers(client, domain));
  }

  await servers.rooms.kill();
  const killed = peer.journal.length;
  const until = performance.now() + AWAY_S * 1000;
  const asked = new Set<string>();
  for (let n = 0; performance.now() < until; n++) {
    const probing = peer.probe("rooms.example", `rk-test-${n}`);
    for (const client of [alice, ann]) {
      for (let i = 0; i < 20; i++, await delay(10)) {
        const id = `try-${n}-${i}`;
        if (client === alice) asked.add(id);
        await client.sendRaw(
          `<iq type='get' to='rooms.example' id='${id}'><ping xmlns='${NS.ping}'/></iq>`,
        );
      }
    }
    assertFalse(await probing);
  }
  await servers.rooms.start();
  const keeper = async () => {
    for (let n = 0; !await peer.probe("rooms.example", `rk-test-back-${n}`); n++) await delay(1000);
  };
  const [, kept, unkept] = await Promise.all([keeper(), untilThrough(alice), untilThrough(ann)]);
  console.log(
    `${AWAY_S} s without the rooms, and users who try all the time: they get through ${kept} s ` +
      `after the return with Roomkeeper, without ${
        unkept < PATIENCE_S ? `${unkept} s` : `not within ${PATIENCE_S} s`
      }`,
  );
  assert(kept < unkept + NOISE_S);

  await alice.settle();
  const answered = new Set(alice.stanzas().map(({ id }) => id));
  assertEquals([...asked].filter((id) => !answered.has(id)), [], "lost");
  assert(await answers(alice, "other.example"));
  const others = peer.events(killed).filter((e) =>
    e.type === "link" && e.domain === "other.example"
  );
  assertEquals(others, [], "another link was touched");
  assertEquals(servers.home.log.where((line) => /\[(error|critical)\]/.test(line)), []);
});

/** Whether a domain itself answers a user's ping. */
async function answers(client: Client, domain: string): Promise<boolean> {
  const id = crypto.randomUUID();
  await client.sendRaw(`<iq type='get' to='${domain}' id='${id}'><ping xmlns='${NS.ping}'/></iq>`);
  const wait = { within: 1_000 };
  const answer = await client.untilStanza("an answer", (s) => s.id === id, wait).catch((error) => {
    if (!(error instanceof DeadlineError)) throw error;
  });
  return answer !== undefined && !isBounce(answer);
}

/** How many seconds it takes until a domain answers a user who asks every half second. */
async function untilThrough(client: Client): Promise<number> {
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 100) / 10;
  while (seconds() < PATIENCE_S) {
    if (await answers(client, "rooms.example")) return seconds();
    await delay(500);
  }
  return Infinity;
}

function isBounce({ condition = "" }: Received): boolean {
  return condition.startsWith("remote-server-");
}
