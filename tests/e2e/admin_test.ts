/** The operator's side of the real program, at a real server, with a real client. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { administer } from "./support/admin_client.ts";
import { Federation } from "./support/federation.ts";
import { Roomkeeper } from "./support/roomkeeper.ts";

const COMPONENT = "keeper.home.example";
const ROOM = "garden@rooms.example";
const BOB = "bob@home.example/phone";

Deno.test("an admin steers Roomkeeper over XMPP, and sees it over HTTP and on the terminal", async () => {
  await using federation = await Federation.start();
  const { ip } = federation.home;
  const admins = ["alice@home.example"];
  await using roomkeeper = new Roomkeeper({ ip, metrics: true, admins });
  await roomkeeper.start();
  await roomkeeper.until("the plugin", ({ properties }) => properties.event === "synced");
  const bob = await federation.client(BOB);
  await bob.join(ROOM, "Bob");
  const occupied = async () => await roomkeeper.metric("roomkeeper_joins") === 1;
  for (let tries = 0; tries < 50 && !await occupied(); tries++) await bob.settle();

  const admin = { jid: "alice@home.example/desk", host: ip, component: COMPONENT };
  const domain = { domain: "rooms.example" };
  const session = await administer(admin, [
    { node: "roomkeeper#status", values: domain },
    { node: "roomkeeper#status", values: { domain: "nowhere.example" } },
    { node: "roomkeeper#verify", values: domain },
    { node: "roomkeeper#pause" },
    { node: "roomkeeper#resume" },
    { node: "roomkeeper#nonsense" },
  ]);
  assert(session.features.includes("http://jabber.org/protocol/commands"));
  assertEquals(session.commands, [
    "roomkeeper#forget",
    "roomkeeper#pause",
    "roomkeeper#resume",
    "roomkeeper#status",
    "roomkeeper#verify",
  ]);
  const [status, nowhere, verify, pause, resume, nonsense] = session.steps;
  assertEquals([status?.asked, status?.status], [["domain"], "completed"]);
  assertEquals(status?.fields?.["home.example joins"], "1 of 1 sessions in 1 rooms");
  assertEquals(nowhere?.status, "executing");
  assertStringIncludes(JSON.stringify(nowhere?.notes), "Nobody is in a room of nowhere.example.");
  assertStringIncludes(JSON.stringify(verify?.notes), "rooms.example is being verified.");
  assertEquals([pause?.status, resume?.status], ["completed", "completed"]);
  assertEquals(nonsense?.refused, "item-not-found");
  await roomkeeper.until("the verification", ({ properties }) => properties.event === "settled");

  const terminal = await roomkeeper.command("status");
  assertStringIncludes(terminal, "1 join of 1 session in 1 domain");
  assert(/rooms\.example +up +1 +1 /.test(terminal), terminal);
  // deno-lint-ignore no-control-regex
  assert(!/\x1b/.test(terminal), "no colours where there is no terminal");
  const { rows } = JSON.parse(await roomkeeper.command("status", "--json"));
  assertEquals([rows[0].domain, rows[0].verdicts.joined], ["rooms.example", 1]);
  assertEquals(await roomkeeper.metric('roomkeeper_losses_total{cause="operator"}'), 1);
  assertEquals((await fetch(`http://${ip}:9090/readyz`)).status, 200);

  const forgotten = await administer(admin, [
    { node: "roomkeeper#forget", values: { user: BOB, room: ROOM } },
  ]);
  assertEquals(forgotten.steps[0]?.asked, ["room", "user"]);
  assertStringIncludes(JSON.stringify(forgotten.steps[0]?.notes), `forgotten that ${BOB}`);
  assertEquals(await roomkeeper.metric("roomkeeper_joins"), 0);

  const stranger = { ...admin, jid: "mallory@home.example/x" };
  const refused = await administer(stranger, [{ node: "roomkeeper#pause" }]);
  assertEquals([refused.refused, refused.steps[0]?.refused], ["forbidden", "forbidden"]);
  assertEquals(await roomkeeper.metric("roomkeeper_notices_paused"), 0);

  assertEquals(await roomkeeper.stop(), 0);
  assertStringIncludes(await roomkeeper.command("status"), "is Roomkeeper running?");
});
