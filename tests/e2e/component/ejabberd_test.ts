/** The component connection against a real ejabberd. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { xml } from "../../../xml/mod.ts";
import { NS, ping } from "../../../xmpp/mod.ts";
import { SERVERS_PORT } from "../support/recorded_port.ts";
import { Ejabberd } from "../support/ejabberd.ts";
import { PASSWORD } from "../support/prosody.ts";
import { Component, isInstalled, KEEPER } from "./component.ts";

const OTHER = "other.example";
const HOME = "home.example";

/** Without ejabberd these tests are left out, but never where everything must be tested. */
const ignore = !Deno.env.get("CI") && !isInstalled("ejabberdctl");

Deno.test(
  { name: "ejabberd: the connection, what it refuses, and a restart", ignore },
  async () => {
    await using server = new Ejabberd({ name: "home", host: HOME, components: [KEEPER, OTHER] });
    await server.start();
    const { ip } = server;

    await using stranger = new Component(ip, { secret: "wrong" });
    assertEquals((await stranger.retrying.next()).reason, "not-authorized");
    await stranger.connection.close();
    await using nobody = new Component(ip, { domain: "nobody.example" });
    assertStringIncludes((await nobody.retrying.next()).message, "ejabberd says the same");
    await nobody.connection.close();

    await using keeper = new Component(ip, {
      heartbeat: { selfPingMs: 5, selfPingTimeoutMs: 500 },
    });
    await using other = new Component(ip, { domain: OTHER });
    await Promise.all([keeper.connected.next(), other.connected.next()]);
    const answer = await other.connection.request(ping({ from: OTHER, to: KEEPER, id: "1" }));
    assertEquals(answer.attr("type"), "result");
    const from = `user@${HOME}/client`;
    keeper.connection.send(xml("message", NS.component, { from, to: OTHER }));
    assertEquals((await other.stanzas.next()).attr("from"), from);

    await other.connection.close();
    assertEquals(keeper.disconnected.size, 0, "pings to ourselves come back");
    await server.kill();
    await keeper.disconnected.next();
    await server.start();
    await keeper.connected.next();
  },
);

Deno.test({ name: "ejabberd: sending as a user needs check_from: false", ignore }, async () => {
  const listen: unknown[] = [];
  await using server = new Ejabberd({ name: "home", host: HOME, options: { listen } });
  const service = { hosts: { [KEEPER]: { password: PASSWORD } } };
  const listener = (port: number, module: string) => ({ port, module, ip: server.ip });
  listen.push(
    listener(5222, "ejabberd_c2s"),
    listener(5269, "ejabberd_s2s_in"),
    { ...listener(SERVERS_PORT, "ejabberd_service"), ...service },
    listener(5280, "ejabberd_http"),
  );
  await server.start();
  await using keeper = new Component(server.ip);
  await keeper.connected.next();
  keeper.connection.send(xml("message", NS.component, { from: `user@${HOME}/client`, to: HOME }));
  const reason = await keeper.disconnected.next();
  assertEquals(reason.reason, "invalid-from");
  assertStringIncludes(reason.message, "check_from: false");
});
