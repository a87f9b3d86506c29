/** The component connection against a real Prosody. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { tcpTransport } from "../../../component/mod.ts";
import { type Element, xml } from "../../../xml/mod.ts";
import {
  discoInfoQuery,
  NS,
  parseDiscoInfo,
  parseVersion,
  ping,
  versionQuery,
} from "../../../xmpp/mod.ts";
import { PASSWORD, Prosody } from "../support/prosody.ts";
import { Component, isInstalled, KEEPER } from "./component.ts";

const OTHER = "other.example";
const HOME = "home.example";

const HOSTS = `
VirtualHost "${HOME}"
Component "${KEEPER}"
  component_secret = "${PASSWORD}"
  validate_from_addresses = false
Component "${OTHER}"
  component_secret = "${PASSWORD}"
`;

/** Without Prosody these tests are left out, but never where everything must be tested. */
const ignore = !Deno.env.get("CI") && !isInstalled("prosody");

async function start(hosts = HOSTS): Promise<Prosody> {
  const server = new Prosody({ name: "home", hosts });
  await server.start();
  return server;
}

const message = (id: string) => xml("message", NS.component, { id, from: KEEPER, to: OTHER });

Deno.test({
  name: "Prosody: others find out what the component is, and it finds out about others",
  ignore,
}, async () => {
  await using server = await start();
  await using keeper = new Component(server.ip);
  await using other = new Component(server.ip, { domain: OTHER });
  await Promise.all([keeper.connected.next(), other.connected.next()]);
  const ask = (iq: Element) => other.connection.request(iq);
  const route = { from: OTHER, to: KEEPER };

  assertEquals((await ask(ping({ ...route, id: "1" }))).attr("type"), "result");
  const info = parseDiscoInfo(await ask(discoInfoQuery({ ...route, id: "2" })));
  assertEquals(info?.identities, [
    { category: "component", type: "generic", name: "Roomkeeper" },
  ]);
  assertEquals(parseVersion(await ask(versionQuery({ ...route, id: "3" })))?.version, "0");
  const roster = xml(
    "iq",
    NS.component,
    { ...route, type: "get", id: "4" },
    xml("query", "jabber:iq:roster"),
  );
  const refused = await ask(roster);
  assertEquals(
    refused.child("error")?.child("service-unavailable", NS.stanzaErrors)?.name,
    "service-unavailable",
  );
  const answer = await keeper.connection.request(ping({ from: KEEPER, to: HOME, id: "5" }));
  assertEquals([answer.attr("type"), answer.attr("from")], ["result", HOME]);
});

Deno.test({ name: "Prosody: a wrong secret and an unknown domain are told", ignore }, async () => {
  await using server = await start();
  await using stranger = new Component(server.ip, { secret: "wrong" });
  assertEquals((await stranger.retrying.next()).reason, "not-authorized");
  await using nobody = new Component(server.ip, { domain: "nobody.example" });
  assertEquals((await nobody.retrying.next()).reason, "host-unknown");
});

Deno.test(
  { name: "Prosody: its port for clients is told from that for components", ignore },
  async () => {
    await using server = await start();
    const transport = tcpTransport({ hostname: server.ip, port: 5222 });
    await using keeper = new Component(server.ip, { transport });
    assertStringIncludes(
      (await keeper.retrying.next()).message,
      "is not an XMPP server's component port",
    );
  },
);

Deno.test(
  { name: "Prosody: a second instance gets in when the first has gone", ignore },
  async () => {
    await using server = await start();
    await using first = new Component(server.ip);
    await first.connected.next();
    await using second = new Component(server.ip);
    assertEquals((await second.retrying.next()).reason, "conflict");
    await first.connection.close();
    await second.connected.next();
  },
);

Deno.test(
  { name: "Prosody: sending as a user needs validate_from_addresses = false", ignore },
  async () => {
    await using server = await start();
    await using keeper = new Component(server.ip);
    await using other = new Component(server.ip, { domain: OTHER });
    await Promise.all([keeper.connected.next(), other.connected.next()]);
    const as = (from: string, to: string) => xml("message", NS.component, { from, to });

    keeper.connection.send(as(`user@${HOME}/client`, OTHER));
    assertEquals((await other.stanzas.next()).attr("from"), `user@${HOME}/client`);

    other.connection.send(as(`user@${HOME}/client`, KEEPER));
    const reason = await other.disconnected.next();
    assertEquals(reason.reason, "invalid-from");
    assertStringIncludes(reason.message, "validate_from_addresses");
    assertEquals(keeper.stanzas.size, 0);
  },
);

for (const command of [`module:reload("component", "${KEEPER}")`, `module:reload("component")`]) {
  Deno.test({ name: `Prosody: the zombie that ${command} leaves is found`, ignore }, async () => {
    await using server = await start();
    await using keeper = new Component(server.ip);
    const zombie = await keeper.connected.next();
    assertStringIncludes(await server.shell(command), "OK");
    assertEquals((await keeper.disconnected.next()).reason, "no-answer");
    const stream = await keeper.connected.next();
    assertEquals(stream === zombie, false);
    await using other = new Component(server.ip, { domain: OTHER });
    other.connection.send(xml("message", NS.component, { id: "m", from: OTHER, to: KEEPER }));
    assertEquals((await keeper.stanzas.next()).attr("id"), "m");
  });
}

Deno.test(
  { name: "Prosody: a frozen server is found, and what waits is kept", ignore },
  async () => {
    await using server = await start();
    await using keeper = new Component(server.ip, {
      heartbeat: { selfPingMs: 50, selfPingTimeoutMs: 200 },
      handshakeTimeoutMs: 200,
    });
    await keeper.connected.next();
    server.freeze();
    assertEquals((await keeper.disconnected.next()).reason, "no-answer");
    keeper.connection.send(message("kept"));
    server.thaw();
    await keeper.connected.next();
    // The addressee is not connected: the server had it if it bounces it.
    const bounced = await keeper.stanzas.next();
    assertEquals([bounced.attr("id"), bounced.attr("type")], ["kept", "error"]);
  },
);

for (const how of ["stop", "kill"] as const) {
  Deno.test({ name: `Prosody: found again after a ${how} and a start`, ignore }, async () => {
    await using server = await start();
    await using keeper = new Component(server.ip);
    await keeper.connected.next();
    await server[how]();
    // Prosody 0.12 says goodbye to components in neither case.
    const { reason } = await keeper.disconnected.next();
    assertEquals(reason === "closed" || reason === "reset", true, reason);
    keeper.connection.send(message("kept"));
    await server.start();
    await keeper.connected.next();
    const bounced = await keeper.stanzas.next();
    assertEquals([bounced.attr("id"), bounced.attr("type")], ["kept", "error"]);
  });
}

Deno.test(
  { name: "Prosody: an orderly close delivers what was sent before it", ignore },
  async () => {
    await using server = await start();
    await using other = new Component(server.ip, { domain: OTHER });
    await other.connected.next();
    const keeper = new Component(server.ip);
    await keeper.connected.next();
    for (let n = 0; n < 1_000; n++) keeper.connection.send(message(`m${n}`));
    assertEquals(await keeper.connection.close(), { unsent: 0 });
    assertEquals((await keeper.disconnected.next()).reason, "stopped");
    for (let n = 0; n < 1_000; n++) assertEquals((await other.stanzas.next()).attr("id"), `m${n}`);
  },
);
