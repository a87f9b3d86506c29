/**
 * After one failed attempt to connect, ejabberd refuses everything to a domain for up to five
 * minutes (`s2s_max_retry_delay`), also when that is back. Whoever says something while the rooms
 * are away springs this trap for all users. Roomkeeper's plugin ends it.
 */
import { assert, assertEquals } from "@std/assert";
import { setTimeout as delay } from "node:timers/promises";
import { Client, type Received } from "./support/client.ts";
import { Ejabberd } from "./support/ejabberd.ts";
import { ejabberdHome } from "./support/ejabberd_home.ts";
import { DeadlineError } from "./support/journal.ts";
import { Occupant } from "./support/occupant.ts";
import { Prosody } from "./support/prosody.ts";
import type { LogLine } from "../support/program.ts";
import { Roomkeeper } from "./support/roomkeeper.ts";

/** The trap is open for a random time, for each domain another one: one could be short, not all. */
const DOMAINS = [1, 2, 3, 4, 5, 6].map((n) => `rooms${n}.example`);
const ROOMS = DOMAINS.map((domain) => `tea@${domain}`);
/** So many times Roomkeeper looks for each domain in vain, before that comes back. */
const ATTEMPTS = 3;
const PATIENCE_MS = 60_000;
/** How much longer a server without Roomkeeper is waited for than one with it. */
const MARGIN_S = 10;

Deno.test("ejabberd's bounce trap: what users say gets through sooner with Roomkeeper", async () => {
  // Two servers that are the same but for Roomkeeper, as it is shipped.
  await using home = ejabberdHome();
  await using plain = new Ejabberd({
    name: "plain",
    host: "plain.example",
    users: ["ann@plain.example"],
  });
  await using rooms = new Prosody({
    name: "rooms",
    hosts: `VirtualHost "away.example"\n` + DOMAINS.map((domain) =>
      `Component "${domain}" "muc"
  restrict_room_creation = false; muc_room_locking = false
`
    ).join(""),
  });
  for (const [server, host] of [[home, "home.example"], [plain, "plain.example"]] as const) {
    for (const domain of DOMAINS) server.resolve(domain, rooms.ip);
    rooms.resolve(host, server.ip);
  }
  await Promise.all([home.start(), plain.start(), rooms.start()]);
  await using keeper = new Roomkeeper({ ip: home.ip, keeper: "as shipped" });
  await keeper.start();
  await keeper.until("the plugin", is("synced"));
  await using alice = await Client.connect({ jid: "alice@home.example/phone", ip: home.ip });
  await using ann = await Client.connect({ jid: "ann@plain.example/phone", ip: plain.ip });
  const occupants: Occupant[] = [];
  for (const room of ROOMS) {
    occupants.push(await Occupant.enter(alice, room, "Alice", PATIENCE_MS));
    await Occupant.enter(ann, room, "Ann", PATIENCE_MS);
  }

  await rooms.kill();
  const [kept, unkept] = [new Speaker(alice), new Speaker(ann)];
  const attempts = (domain: string) =>
    keeper.lines((line) => is("probing")(line) && line.properties.domain === domain).length;
  await keeper.until("the loss", is("probing"), { within: PATIENCE_MS });
  while (!DOMAINS.every((domain) => attempts(domain) >= ATTEMPTS)) {
    await Promise.all([kept, unkept].flatMap((who) => ROOMS.map((room) => who.say(room))));
    await delay(1000);
  }
  assertEquals(keeper.lines(is("asked")).length, 0, "asked in users' names meanwhile");
  await rooms.start();
  const began = performance.now();
  const waiting = new AbortController();
  const withoutKeeper = unkept.untilThrough(waiting.signal);
  const patience = AbortSignal.timeout(PATIENCE_MS);
  assertEquals(await kept.untilThrough(patience), ROOMS.length, "through with Roomkeeper");
  const took = (performance.now() - began) / 1000;
  await delay(MARGIN_S * 1000);
  waiting.abort();
  const through = await withoutKeeper;
  console.log(
    `with Roomkeeper users get through to all ${ROOMS.length} domains within ${
      took.toFixed(1)
    } s ` +
      `of their return, without it to ${through} within ${(took + MARGIN_S).toFixed(1)} s`,
  );
  assert(through < ROOMS.length, "as soon without Roomkeeper");

  await kept.untilAllAnswered();
  for (const occupant of occupants) {
    assert(await occupant.helped(PATIENCE_MS), `${occupant.room} was forgotten`);
  }
});

/** A user who says something in all rooms. */
class Speaker {
  readonly #client: Client;
  readonly #said: string[] = [];

  constructor(client: Client) {
    this.#client = client;
  }

  /** Says something; returns whether the room's own server answers, be it with an error. */
  async say(room: string): Promise<boolean> {
    const id = crypto.randomUUID();
    this.#said.push(id);
    await this.#client.sendRaw(
      `<message type='groupchat' to='${room}' id='${id}'><body>Is anybody here?</body></message>`,
    );
    const answer = await this.#answer(id, 1_000).catch((error) => {
      if (!(error instanceof DeadlineError)) throw error;
    });
    return answer !== undefined && !answer.condition?.startsWith("remote-server-");
  }

  /** Says something in each room until it gets through; returns to how many rooms it did. */
  async untilThrough(signal: AbortSignal): Promise<number> {
    const all = ROOMS.map(async (room) => {
      while (!signal.aborted) {
        if (await this.say(room)) return true;
        await delay(500);
      }
      return false;
    });
    return (await Promise.all(all)).filter(Boolean).length;
  }

  /** Waits until nothing that was said is without an answer: it was heard or it came back. */
  async untilAllAnswered(): Promise<void> {
    for (const id of this.#said) await this.#answer(id, 10_000);
  }

  async #answer(id: string, within: number): Promise<Received> {
    return await this.#client.untilStanza(`an answer to ${id}`, (s) => s.id === id, { within });
  }
}

function is(event: string): (line: LogLine) => boolean {
  return ({ properties }) => properties.event === event;
}
