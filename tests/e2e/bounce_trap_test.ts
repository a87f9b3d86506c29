/**
 * After one failed attempt to connect, ejabberd refuses everything to a domain for up to five
 * minutes (`s2s_max_retry_delay`). Roomkeeper must not be the one who makes that attempt.
 */
import { assert, assertEquals } from "@std/assert";
import { setTimeout as delay } from "node:timers/promises";
import { Client, type Received } from "./support/client.ts";
import { Ejabberd } from "./support/ejabberd.ts";
import { ejabberdHome, KEEPER } from "./support/ejabberd_home.ts";
import { DeadlineError } from "./support/journal.ts";
import { Occupant } from "./support/occupant.ts";
import { type LogLine, Roomkeeper } from "./support/roomkeeper.ts";
import { roomsServer } from "./support/rooms_server.ts";

const ROOM = "tea@rooms.example";
const PATIENCE_MS = 30_000;
/** So many times Roomkeeper finds out that the rooms' server is down, before that comes back. */
const ATTEMPTS = 8;
/** More than noise, and far less than the minutes of the trap. */
const NOISE_S = 10;

const cells = [
  { name: "the component can be resolved", resolvable: true, probe: "auto" },
  { name: "the component can't be resolved", resolvable: false, probe: "auto" },
] as const;

for (const { name, resolvable, probe } of cells) {
  Deno.test(`ejabberd's bounce trap, ${name}: an outage is as short as without Roomkeeper`, async () => {
    // One home server with Roomkeeper and one without; nobody says a word during the outage.
    await using home = ejabberdHome({ feed: "plugin" });
    await using plain = new Ejabberd({
      name: "plain",
      host: "plain.example",
      users: ["ann@plain.example"],
    });
    await using rooms = roomsServer("prosody");
    for (const server of [home, plain]) server.resolve("rooms.example", rooms.ip);
    rooms.resolve("home.example", home.ip);
    rooms.resolve("plain.example", plain.ip);
    if (resolvable) rooms.resolve(KEEPER, home.ip);
    await Promise.all([home.start(), plain.start(), rooms.start()]);
    await using keeper = new Roomkeeper({
      ip: home.ip,
      keeper: { probe, ping_timeout: "5s", confirm_within: "10m" },
    });
    await keeper.start();
    await keeper.until("the plugin", is("synced"));
    await using alice = await Client.connect({ jid: "alice@home.example/phone", ip: home.ip });
    await using ann = await Client.connect({ jid: "ann@plain.example/phone", ip: plain.ip });
    const occupant = await Occupant.enter(alice, ROOM, "Alice", PATIENCE_MS);
    await Occupant.enter(ann, ROOM, "Ann", PATIENCE_MS);

    const from = keeper.log.length;
    const began = performance.now();
    await rooms.kill();
    await keeper.until(
      `${ATTEMPTS} attempts`,
      (line) => is("unreached")(line) || is("probing")(line) && false,
      { after: from, within: PATIENCE_MS },
    );
    for (let seen = 0; seen < ATTEMPTS;) {
      await delay(250);
      seen = keeper.log.where((l) => l.includes('"event":"probing"'), from).length;
      if (performance.now() - began > 40_000) break;
    }
    const inUsersNames = keeper.lines(is("asked")).length;
    await rooms.start();
    const outage = seconds(began);
    const [withIt, without] = await Promise.all([untilThrough(alice), untilThrough(ann)]);
    console.log(
      `${name}, outage of ${outage} s: users get through ${withIt} s after it with Roomkeeper, ` +
        `${without} s without; asked in users' names while down: ${inUsersNames}`,
    );
    console.log(home.log.where((l) => l.includes("Failed to establish")).join("\n"));
    assertEquals(inUsersNames, 0);
    assert(withIt < without + NOISE_S);
    assert(await occupant.told(PATIENCE_MS));
    assertEquals(occupant.notices.length, 1);
  });
}

/** Asks the rooms' server every second until it answers; returns how many seconds that took. */
async function untilThrough(client: Client): Promise<number> {
  const began = performance.now();
  for (;;) {
    const id = crypto.randomUUID();
    await client.sendRaw(
      `<iq type='get' to='rooms.example' id='${id}'><ping xmlns='urn:xmpp:ping'/></iq>`,
    );
    const answer = await client.untilStanza("an answer", (s) => s.id === id, { within: 1_000 })
      .catch((error) => {
        if (!(error instanceof DeadlineError)) throw error;
      });
    if (answer && !isBounce(answer)) return seconds(began);
    if (seconds(began) > 60) return Infinity;
    if (answer) await delay(1_000);
  }
}

function isBounce({ condition = "" }: Received): boolean {
  return condition.startsWith("remote-server-");
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 100) / 10;
}

function is(event: string, fields: Readonly<Record<string, unknown>> = {}) {
  return ({ properties }: LogLine) =>
    properties.event === event &&
    Object.entries(fields).every(([name, value]) => properties[name] === value);
}
