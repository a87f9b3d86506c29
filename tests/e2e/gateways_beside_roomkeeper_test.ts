/**
 * The users of a home server with Roomkeeper in rooms that take that server for a gateway: each of
 * them is told the presences that Roomkeeper goes by.
 */
import { assertEquals } from "@std/assert";
import { ComponentPeer } from "./support/component_peer.ts";
import { Federation } from "./support/federation.ts";
import { lua } from "./support/prosody.ts";

const PLUGINS = new URL("../../servers/prosody", import.meta.url).pathname;
const ROOM = "garden@towers.example";

Deno.test("gateways: joins and leaving of a gateway's users are known to Roomkeeper beside it", async () => {
  await using federation = await Federation.start({
    roomsOptions: `plugin_paths = { ${lua(PLUGINS)} }`,
    roomsHosts: `
Component "towers.example" "muc"
  restrict_room_creation = false; muc_room_locking = false
  public_user_role = "prosody:registered"
  modules_enabled = { "roomkeeper_gateways" }
  roomkeeper_gateways = { "home.example" }`,
  });
  await using keeper = await ComponentPeer.connect(federation.home.ip);
  const [alice, bob] = [
    await federation.client("alice@home.example/phone"),
    await federation.client("bob@home.example/phone"),
  ];
  await alice.join(ROOM, "Ann");
  await bob.join(ROOM, "Bob");
  assertEquals(await joined(keeper), { [alice.jid]: "Ann", [bob.jid]: "Bob" });
  const question = "<query xmlns='http://jabber.org/protocol/disco#info'/>";
  await alice.sendRaw(`<iq type='get' to='${ROOM}' id='asked'>${question}</iq>`);
  await alice.untilStanza("the room's answer, which comes last", ({ id }) => id === "asked");
  const ofOther = [[alice, "Bob"], [bob, "Ann"]] as const;
  const told = ofOther.flatMap(([client, other]) =>
    client.stanzas().filter(({ from }) => from === `${ROOM}/${other}`)
  );
  assertEquals(told.length, 1, "one of them is told of the other");
  await bob.changeNick(ROOM, "Rob");
  assertEquals(await joined(keeper), { [alice.jid]: "Ann", [bob.jid]: "Rob" });

  const after = keeper.journal.length;
  await alice.sendRaw(
    `<iq type='set' to='${ROOM}' id='kick'><query xmlns='http://jabber.org/protocol/muc#admin'>` +
      `<item nick='Rob' role='none'/></query></iq>`,
  );
  await keeper.untilCopy(
    "Bob's being kicked",
    (copy) => copy.attr("to") === bob.jid && copy.attr("type") === "unavailable",
    after,
  );
  assertEquals(await joined(keeper), { [alice.jid]: "Ann" });
});

/** Whom the plugin says to be in the room, with their nicks. */
async function joined(keeper: ComponentPeer): Promise<Record<string, string>> {
  const events = (await keeper.hello()).filter((event) => event.type === "joined");
  return Object.fromEntries(events.map(({ user, nick }) => [user, nick]).sort());
}
