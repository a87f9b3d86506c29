/**
 * After one failed attempt to connect, ejabberd refuses everything to a domain for up to five
 * minutes (`s2s_max_retry_delay`). Roomkeeper's attempts are the host's own, and its plugin ends what
 * they bring about.
 */
import { assert, assertEquals } from "@std/assert";
import { setTimeout as delay } from "node:timers/promises";
import { Client, type Received } from "./support/client.ts";
import { Ejabberd } from "./support/ejabberd.ts";
import { ejabberdHome, KEEPER } from "./support/ejabberd_home.ts";
import { DeadlineError } from "./support/journal.ts";
import { Occupant } from "./support/occupant.ts";
import { sideBySide } from "./support/play.ts";
import type { LogLine } from "../support/program.ts";
import { Roomkeeper } from "./support/roomkeeper.ts";
import { roomsServer } from "./support/rooms_server.ts";

const ROOM = "tea@rooms.example";
const PATIENCE_MS = 30_000;
/** So many times Roomkeeper looks for the rooms' server in vain, before that comes back. */
const ATTEMPTS = 12;
/** More than noise, and far less than the minutes of the trap. */
const NOISE_S = 10;

Deno.test("ejabberd's bounce trap: Roomkeeper makes no outage longer", async (t) => {
  const name = (resolvable: boolean) => `the component can${resolvable ? "" : "'t"} be resolved`;
  const steps = [true, false].map((each) => [name(each), () => comeBack(each, name(each))]);
  await sideBySide(t, Object.fromEntries(steps));
});

async function comeBack(resolvable: boolean, name: string): Promise<void> {
  // Beside it a home server without Roomkeeper. Nobody says a word while the rooms are down.
  await using home = ejabberdHome();
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
    keeper: { ping_timeout: "5s" },
  });
  await keeper.start();
  await keeper.until("the plugin", is("synced"));
  await using alice = await Client.connect({ jid: "alice@home.example/phone", ip: home.ip });
  await using ann = await Client.connect({ jid: "ann@plain.example/phone", ip: plain.ip });
  const occupant = await Occupant.enter(alice, ROOM, "Alice", PATIENCE_MS);
  await Occupant.enter(ann, ROOM, "Ann", PATIENCE_MS);

  let after = keeper.log.length;
  const killed = performance.now();
  await rooms.kill();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const fits = (line: string) => line.includes('"probing"');
    await keeper.log.until("an attempt", fits, { after, within: PATIENCE_MS });
    after = keeper.log.entries.findIndex((line, at) => at >= after && fits(line)) + 1;
  }
  const asked = keeper.lines(is("asked")).length;
  await rooms.start();
  const outage = secondsSince(killed);
  const [kept, unkept] = await Promise.all([untilThrough(alice), untilThrough(ann)]);
  console.log(
    `${name}: after ${outage} s without the rooms users get through in ${kept} s with ` +
      `Roomkeeper and in ${unkept} s without`,
  );
  assertEquals(asked, 0, "asked in users' names while the rooms were down");
  assert(kept < unkept + NOISE_S);

  assert(await occupant.helped(PATIENCE_MS));
  await alice.settle();
  assertEquals([occupant.returns.length + occupant.notices.length, occupant.dismissals.length], [
    1,
    0,
  ]);
}

/** Asks the rooms' server every second until it answers; returns how many seconds that took. */
async function untilThrough(client: Client): Promise<number> {
  const began = performance.now();
  while (secondsSince(began) < 60) {
    const id = crypto.randomUUID();
    await client.sendRaw(
      `<iq type='get' to='rooms.example' id='${id}'><ping xmlns='urn:xmpp:ping'/></iq>`,
    );
    const wait = { within: 1_000 };
    const answer = await client.untilStanza("an answer", (s) => s.id === id, wait).catch(
      (error) => {
        if (!(error instanceof DeadlineError)) throw error;
      },
    );
    if (answer && !isBounce(answer)) return secondsSince(began);
    if (answer) await delay(1_000);
  }
  return Infinity;
}

function isBounce({ condition = "" }: Received): boolean {
  return condition.startsWith("remote-server-");
}

function secondsSince(start: number): number {
  return Math.round((performance.now() - start) / 100) / 10;
}

function is(event: string): (line: LogLine) => boolean {
  return ({ properties }) => properties.event === event;
}
