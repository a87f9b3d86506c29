/**
 * Measures how long users are out of their rooms: from the return of the rooms' server until each is
 * in again, with Roomkeeper and all servers as they are shipped.
 *
 *     deno task measure:recovery [prosody | ejabberd] [prosody | ejabberd]
 *
 * The software is that of the home servers and of the rooms' servers; all by default. It takes half an
 * hour, most of which is waiting.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "../tests/e2e/support/client.ts";
import type { Occupant } from "../tests/e2e/support/occupant.ts";
import { type Cell, Stage } from "../tests/e2e/support/stage.ts";

/** How the rooms go away. */
interface Absence {
  /** What happens, for people. */
  readonly name: string;
  /** How often. */
  readonly times: number;
  /** Lets it happen; resolves when the rooms are back. */
  readonly happen: (stage: Stage, someone: Client, room: string) => Promise<void>;
}

const kill = (stage: Stage) => stage.killRooms();
const stop = (stage: Stage) => stage.stopRooms();
const ABSENCES: readonly Absence[] = [
  { name: "kill -9, 5 s", times: 5, happen: away(kill, 5) },
  { name: "kill -9, 60 s", times: 3, happen: away(kill, 60) },
  { name: "SIGTERM, 30 s", times: 3, happen: away(stop, 30) },
  { name: "link flaps for 30 s, then kill -9, 5 s", times: 3, happen: flapping },
  { name: "kill -9, 10 min", times: 1, happen: away(kill, 600) },
];
/** The sessions in the room. */
const SESSIONS = [
  "alice@home.example/phone",
  "alice@home.example/desk",
  "bob@home.example/phone",
  "bob@home.example/desk",
  "mallory@home.example/desk",
];
/** How long a return may take before it counts as none. */
const PATIENCE_MS = 90_000;

/** Somebody writes to the room in the middle, as people do. */
function away(go: (stage: Stage) => Promise<void>, seconds: number): Absence["happen"] {
  return async (stage, someone, room) => {
    await go(stage);
    await delay(seconds * 500);
    await someone.sendRaw(`<message to='${room}' type='groupchat'><body>hello?</body></message>`);
    await delay(seconds * 500);
    await stage.startRooms();
  };
}

async function flapping(stage: Stage, someone: Client, room: string): Promise<void> {
  for (let flap = 0; flap < 10; flap++) {
    stage.cut();
    await delay(1_500);
    stage.mend();
    await delay(1_500);
  }
  await away(kill, 5)(stage, someone, room);
}

/** One absence: how long each user was out after the rooms' return, in seconds. */
interface Result {
  readonly seconds: readonly number[];
  readonly wrong: readonly string[];
}

async function measureOnce(stage: Stage, { happen }: Absence): Promise<Result> {
  const room = stage.newRoom("measured");
  const people: Occupant[] = [];
  for (const [index, jid] of SESSIONS.entries()) {
    people.push(await stage.enter(jid, room, `Nick${index}`));
  }
  await people[0]!.makeLasting();
  await delay(3_000);
  for (const one of people) one.disregard();
  await happen(stage, people[0]!.client, room);
  const back = Date.now() / 1000;
  await Promise.all(people.map((one) => one.helped(PATIENCE_MS)));
  await stage.decided();
  const seconds: number[] = [];
  const wrong: string[] = [];
  for (const one of people) {
    const where = await one.whereabouts(PATIENCE_MS);
    if (where !== "in") wrong.push(`${one.client.jid} is ${where}`);
    if (one.notices.length > 0) wrong.push(`${one.client.jid} was told`);
    if (one.dismissals.length > 0) wrong.push(`${one.client.jid} was told by the room itself`);
    if (one.returns.length > 1) wrong.push(`${one.client.jid} joined ${one.returns.length} times`);
    if (one.returns.length > 0) seconds.push(one.returns[0]!.at - back);
    if (where === "in") await one.leave();
  }
  await stage.recover();
  return { seconds, wrong };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const [onlyHome, onlyRooms] = Deno.args;
const cells: Cell[] = (["prosody", "ejabberd"] as const).flatMap((home) =>
  (["prosody", "ejabberd"] as const).map((rooms): Cell => ({ home, feed: "plugin", rooms }))
).filter(({ home, rooms }) => home === (onlyHome ?? home) && rooms === (onlyRooms ?? rooms));

console.log(
  `From the return of the rooms until each of ${SESSIONS.length} users is in again, seconds:`,
);
console.log("| home | rooms | absence | median | longest | users | remarks |");
console.log("| --- | --- | --- | ---: | ---: | ---: | --- |");
await Promise.all(cells.map(async (cell) => {
  await using stage = await Stage.start(cell, { asShipped: true });
  for (const absence of ABSENCES) {
    const seconds: number[] = [];
    const wrong: string[] = [];
    for (let time = 0; time < absence.times; time++) {
      const result = await measureOnce(stage, absence);
      seconds.push(...result.seconds);
      wrong.push(...result.wrong);
    }
    const figures = [median(seconds), Math.max(...seconds)].map((each) => each.toFixed(1));
    const remarks = [...new Set(wrong)].join("; ") || "–";
    const { home, rooms } = cell;
    console.log(
      `| ${[home, rooms, absence.name, ...figures, seconds.length, remarks].join(" | ")} |`,
    );
  }
}));
