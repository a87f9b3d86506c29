/**
 * `stop_s2s_connections` of ejabberd kills the processes of all links: no closing, no hook.
 */
import { assertEquals } from "@std/assert";
import { EjabberdHome } from "./support/ejabberd_home.ts";
import { Occupant } from "./support/occupant.ts";
import { sideBySide } from "./support/play.ts";
import type { LogLine } from "../support/program.ts";
import { Roomkeeper } from "./support/roomkeeper.ts";
import type { RoomsKind } from "./support/rooms_server.ts";

const PATIENCE_MS = 30_000;

const cells: readonly { feed: "plugin" | "stock"; rooms: RoomsKind; cause: string }[] = [
  { feed: "plugin", rooms: "prosody", cause: "link-down" },
  { feed: "plugin", rooms: "ejabberd", cause: "link-down" },
  // Nobody tells of the links here: the silence after it is what is noticed.
  { feed: "stock", rooms: "prosody", cause: "silence" },
];

Deno.test("stop_s2s_connections: all are asked about, nobody is told anything", async (t) => {
  const steps = cells.map((cell) => [`${cell.feed} feed, ${cell.rooms}`, () => stopTwice(cell)]);
  await sideBySide(t, Object.fromEntries(steps));
});

async function stopTwice({ feed, rooms, cause }: typeof cells[number]): Promise<void> {
  await using servers = await EjabberdHome.start({ feed, rooms });
  await using keeper = new Roomkeeper({
    ip: servers.home.ip,
    feed,
    keeper: {
      retry_delay: 0,
      silence: feed === "stock" ? "1s" : 0,
      ping_timeout: "2s",
      give_up: "1m",
    },
  });
  await keeper.start();
  await keeper.until("its server", isSeeing(feed));
  const people = await Promise.all(["alice", "bob", "carol"].map(async (user) => {
    const client = await servers.client(`${user}@home.example/phone`);
    return await Occupant.enter(client, "tea@rooms.example", user, PATIENCE_MS);
  }));

  for (const _ of ["once", "once more"]) {
    const after = keeper.log.length;
    await servers.home.api("stop_s2s_connections");
    const wait = { after, within: PATIENCE_MS };
    await keeper.until(`a loss by ${cause}`, is("loss", { cause }), wait);
    await keeper.until("the verdicts", is("settled"), wait);
  }
  for (const person of people) {
    assertEquals(await person.whereabouts(PATIENCE_MS), "in");
    await person.client.settle();
    assertEquals([...person.notices, ...person.dismissals], []);
  }
  assertEquals(keeper.lines(is("notice")), []);
}

function is(event: string, fields: Readonly<Record<string, unknown>> = {}) {
  return ({ properties }: LogLine) =>
    properties.event === event &&
    Object.entries(fields).every(([name, value]) => properties[name] === value);
}

function isSeeing(feed: "plugin" | "stock") {
  return (line: LogLine) =>
    feed === "plugin" ? is("synced")(line) : line.message === "Connected to the server";
}
