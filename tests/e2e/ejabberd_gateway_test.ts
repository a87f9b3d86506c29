/** Rooms of an IRC gateway that is a component of the home server. */
import { assertEquals } from "@std/assert";
import type { PluginEvent } from "../../xmpp/plugin_events.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { Biboumi } from "./support/biboumi.ts";
import { ComponentPeer } from "./support/component_peer.ts";
import { EjabberdHome, KEEPER } from "./support/ejabberd_home.ts";
import { GENERATION } from "./support/generation.ts";
import { Ngircd } from "./support/ngircd.ts";

const ALICE = "alice@home.example/phone";
const GATEWAY = "gateway.home.example";
const ROOM = `#tea@${GATEWAY}`;
const PREFIX = "rk-0123456789abcdef-";

Deno.test("ejabberd plugin: an IRC gateway is killed and comes back without its people", async () => {
  await using servers = await EjabberdHome.start();
  await using irc = new Ngircd();
  await using gateway = new Biboumi({ domain: GATEWAY, server: servers.home.ip, irc: irc.ip });
  await irc.start();
  await gateway.start();
  await using peer = await ComponentPeer.connect(servers.home.ip, KEEPER);
  await peer.send(
    `<message from='${KEEPER}' to='home.example'><hello xmlns='${NS.plugin}' prefix='${PREFIX}'/></message>`,
  );
  const alice = await servers.client(ALICE);
  const nick = await alice.join(ROOM, "Alice");

  const ping = async (id: string) => {
    await peer.send(
      `<iq type='get' id='${PREFIX}${id}' from='${ALICE}' to='${ROOM}/${nick}'>` +
        `<ping xmlns='${NS.ping}'/></iq>`,
    );
    const answer = await peer.untilCopy("the answer", (copy) => copy.attr("id") === PREFIX + id);
    const condition = answer.child("error")?.elements(undefined, NS.stanzaErrors)[0]?.name;
    return condition ?? answer.attr("type");
  };
  const link = (state: string) => (event: PluginEvent) =>
    event.type === "link" && event.domain === GATEWAY && event.state === state;

  assertEquals(await ping("joined"), "result");
  const after = peer.journal.length;
  await gateway.kill();
  await peer.untilEvent("down", link("down"), after);
  await gateway.start();
  await peer.untilEvent("up", link("up"), after);
  // The gateway's own words for somebody without a connection to IRC; no `by`, type cancel.
  const words = { machine: "remote-server-not-found", trixie: "recipient-unavailable" };
  assertEquals(await ping("gone"), words[GENERATION]);
});

Deno.test("ejabberd plugin: a gateway on another server is lost with that server", async () => {
  await using servers = await EjabberdHome.start({ rooms: "irc" });
  await using peer = await ComponentPeer.connect(servers.home.ip, KEEPER);
  const alice = await servers.client(ALICE);
  await alice.join("#tea@rooms.example", "Alice");
  await peer.untilCopy("the join", (copy) => copy.attr("from") === "#tea@rooms.example/Alice");
  await servers.rooms.kill();
  await peer.untilEvent(
    "down",
    (event) => event.type === "link" && event.domain === "rooms.example" && event.state === "down",
  );
});
