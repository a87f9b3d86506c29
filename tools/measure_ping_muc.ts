/**
 * Puts Roomkeeper and Prosody's mod_track_muc_joins + mod_ping_muc, each as it is shipped, through the
 * same outages, with the servers of Debian 13, and writes docs/mod_ping_muc.md. It takes 15 minutes.
 *
 *     deno task measure:ping-muc
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { STRANGER } from "../tests/e2e/support/rooms_server.ts";
import type { Occupant } from "../tests/e2e/support/occupant.ts";
import { Stage, type StageOptions } from "../tests/e2e/support/stage.ts";

const FILE = new URL("../docs/mod_ping_muc.md", import.meta.url);

/** What is compared. */
interface Contestant {
  readonly name: string;
  readonly feed: "plugin" | "ping-muc";
  readonly options: StageOptions;
  /** How long after the end of an outage it has done all that it will do, in milliseconds. */
  readonly patience: number;
}

const CONTESTANTS: readonly Contestant[] = [
  { name: "Roomkeeper", feed: "plugin", options: { asShipped: true }, patience: 90_000 },
  {
    name: "mod_ping_muc, delay 60 s (default)",
    feed: "ping-muc",
    options: { asShipped: true },
    patience: 120_000,
  },
  {
    name: "mod_ping_muc, delay 1 s",
    feed: "ping-muc",
    options: { asShipped: true, pingMucDelay: 1 },
    patience: 90_000,
  },
];

/** An outage: how it begins, and how it ends. */
interface Outage {
  readonly name: string;
  readonly begin: (stage: Stage) => unknown;
  readonly end: (stage: Stage) => unknown;
}

const OUTAGES: readonly Outage[] = [
  { name: "rooms killed with -9", begin: (s) => s.killRooms(), end: (s) => s.startRooms() },
  { name: "rooms stopped with SIGTERM", begin: (s) => s.stopRooms(), end: (s) => s.startRooms() },
  { name: "link cut", begin: (s) => s.cut(), end: (s) => s.mend() },
];
/** One shorter than the default delay of mod_ping_muc, and one longer. */
const SECONDS = [5, 75];
const SESSIONS = ["alice", "bob", "mallory"].map((name) => `${name}@home.example/desk`);

/** What became of the users. */
interface Result {
  /** Users in the room at the end, by what the room says. */
  in: number;
  /** Users told that they are out while they were in. */
  false: number;
  /** Users out and not told. */
  missed: number;
  /** Users told more than once. */
  doubled: number;
}

async function run(stage: Stage, patience: number, outage: Outage, seconds: number) {
  const room = stage.newRoom("compared");
  const people: Occupant[] = [];
  for (const [n, jid] of SESSIONS.entries()) people.push(await stage.enter(jid, room, `Nick${n}`));
  await people[0]!.makeLasting();
  await delay(2_000);
  for (const one of people) one.disregard();
  await outage.begin(stage);
  await delay(seconds * 1000);
  await outage.end(stage);
  await delay(patience);
  const result: Result = { in: 0, false: 0, missed: 0, doubled: 0 };
  for (const one of people) {
    const told = one.notices.length + one.dismissals.length;
    const where = await one.whereabouts(45_000);
    if (where === "in") {
      result.in++;
      if (one.notices.length > 0) result.false++;
      await one.leave();
    } else if (told === 0) result.missed++;
    if (told > 1) result.doubled++;
  }
  await stage.recover();
  return result;
}

/** The cells of one contestant, one for each outage and length. */
async function column({ feed, options, patience }: Contestant): Promise<string[]> {
  const cell = { home: "prosody", feed, rooms: "prosody" } as const;
  await using stage = await Stage.start(cell, { ...options, generation: "trixie" });
  // Somebody on the rooms' side, so that their server has reason to talk.
  await stage.client(`${STRANGER}/den`);
  const cells: string[] = [];
  for (const outage of OUTAGES) {
    for (const seconds of SECONDS) {
      const { in: inside, ...wrong } = await run(stage, patience, outage, seconds);
      const words = Object.entries(wrong).filter(([, count]) => count > 0);
      const cell = [`${inside} in`, ...words.map(([what, count]) => `**${count} ${what}**`)];
      cells.push(cell.join(", "));
      console.log(`${feed} ${options.pingMucDelay ?? ""}: ${outage.name}, ${seconds} s: ${cell}`);
    }
  }
  return cells;
}

const columns = await Promise.all(CONTESTANTS.map(column));
const rows = OUTAGES.flatMap(({ name }) => SECONDS.map((seconds) => `${name}, ${seconds} s`));
const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
Deno.writeTextFileSync(
  FILE,
  `# Beside mod_ping_muc

Written by \`deno task measure:ping-muc\`: do not edit.

${SESSIONS.length} users of one Prosody are in a persistent room of another one, which goes away for a time
that is shorter or longer than the default delay of mod_ping_muc, and comes back. Both are of Debian
13, with its prosody-modules; everything is as it is shipped, but for the delay of 1 s. *In* are the users
who are in the room at the end, as the room itself says. *False*: told to be out while they were in;
*missed*: out and not told; *doubled*: told more than once. mod_ping_muc brings nobody back, but leaves
that to the clients, and the clients of this run do nothing: what real ones do is in
[clients.md](clients.md).

Measured on ${new Date().toISOString().slice(0, 10)}.

${row(["", ...CONTESTANTS.map(({ name }) => name)])}
${row(["---", ...CONTESTANTS.map(() => "---")])}
${rows.map((name, at) => row([name, ...columns.map((cells) => cells[at]!)])).join("\n")}
`,
);
await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", FILE.pathname] }).output();
console.log("wrote docs/mod_ping_muc.md");
