/**
 * Lets real clients get lost by their room, with and without somebody who looks after them, and
 * writes what became of them to docs/clients.md.
 *
 * Figures are those of this run, on this machine; a run that fails leaves the file as it was.
 *
 * @module
 */
import type { KeptObservation, LeaverObservation } from "../tests/e2e/clients/leavers.ts";
import { CLIENTS } from "../tests/e2e/clients/mod.ts";
import type { Observation } from "../tests/e2e/clients/observe.ts";
import { type Plan, play, type Played } from "../tests/e2e/clients/play.ts";
import type { Cell, Loss } from "../tests/e2e/clients/setting.ts";
import { machine, packageVersions } from "./machine.ts";

const FILE = new URL("../docs/clients.md", import.meta.url);
const PICTURE = new URL("../docs/clients.png", import.meta.url);
/** The client that the picture is of. */
const PICTURED = "converse";

/** Longer than all delays by default together. */
const PATIENCE_SECONDS = 90;
/** The same for those who left: the plugins wait for 90 s. */
const LEAVERS_SECONDS = 120;
const LOSSES: readonly Loss[] = ["silently", "kill -9"];
/** So many clients at a time tell who is in: a long list does not fit on every screen. */
const LISTING = 4;

const SECTIONS: readonly { readonly title: string; readonly cell: Cell }[] = [
  { title: "Nothing", cell: { home: "prosody", remedy: "nothing" } },
  { title: "mod_track_muc_joins and mod_ping_muc", cell: { home: "prosody", remedy: "ping-muc" } },
  { title: "Roomkeeper on Prosody", cell: { home: "prosody", remedy: "roomkeeper" } },
  { title: "Roomkeeper on ejabberd", cell: { home: "ejabberd", remedy: "roomkeeper" } },
];

/** So many attempts, as a busy machine may keep a client from starting in time. */
const ATTEMPTS = 3;

async function playOnceStarted(plan: Plan): Promise<Played> {
  for (let attempt = 1;; attempt++) {
    try {
      return await play(plan);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      console.log("Once more, as it did not start");
    }
  }
}

/** What came of those who left: with presences made by the test, and by who made them really. */
interface Leavers {
  readonly made: readonly LeaverObservation[];
  readonly kept: ReadonlyMap<string, readonly KeptObservation[]>;
}

type Results = ReadonlyMap<Cell, ReadonlyMap<Loss, readonly Observation[]>>;

async function measure(): Promise<{ results: Results; picture: Uint8Array }> {
  const results = new Map<Cell, Map<Loss, readonly Observation[]>>();
  let picture: Uint8Array | undefined;
  for (const { title, cell } of SECTIONS) {
    results.set(cell, new Map());
    for (const loss of LOSSES) {
      const played = await playOnceStarted({
        clients: CLIENTS.map(({ name }) => name),
        cell,
        loss,
        patience: PATIENCE_SECONDS * 1_000,
        ...cell.remedy === "roomkeeper" && { picture: PICTURED },
      });
      results.get(cell)!.set(loss, played.observations);
      if (played.picture !== undefined) picture ??= Uint8Array.fromBase64(played.picture);
      const back = played.observations.filter(({ listed, hears, heard }) =>
        listed && hears && heard
      );
      console.log(`${title}, lost ${loss}: ${back.length} of ${CLIENTS.length} back`);
    }
  }
  return { results, picture: picture! };
}

async function playLeavers(cell: Cell): Promise<Played[]> {
  const played: Played[] = [];
  for (let first = 0; first < CLIENTS.length; first += LISTING) {
    const clients = CLIENTS.slice(first, first + LISTING).map(({ name }) => name);
    const patience = LEAVERS_SECONDS * 1_000;
    played.push(await playOnceStarted({ clients, cell, loss: "leavers", patience }));
    console.log(`leavers, ${cell.remedy} on ${cell.home}: ${clients.join(", ")}`);
  }
  return played;
}

async function measureLeavers(): Promise<Leavers> {
  const made = await playLeavers({ home: "prosody", remedy: "by-hand" });
  const kept = new Map<string, readonly KeptObservation[]>();
  for (const { title, cell } of SECTIONS.filter(({ cell }) => cell.remedy === "roomkeeper")) {
    kept.set(title, (await playLeavers(cell)).flatMap((played) => played.kept));
  }
  return { made: made.flatMap(({ leavers }) => leavers), kept };
}

/** What an observation says, by the head of its column. */
const COLUMNS: Readonly<Record<string, (observation: Observation) => string>> = {
  "in the occupant list": ({ listed }) => yes(listed),
  "hears": ({ hears }) => yes(hears),
  "is heard": ({ heard }) => yes(heard),
  "shows what it missed": ({ missedShown }) => times(missedShown),
  "shows what it had seen": ({ helloShown }) => times(helloShown),
  "seconds out": ({ secondsOut }) => secondsOut?.toFixed(1) ?? "stays out",
};

/** The same for leavers. */
const LEAVERS: Readonly<Record<string, (observation: LeaverObservation) => string>> = {
  "left while it was in": ({ afterLeaving }) => yes(afterLeaving),
  "left while it was out": ({ afterRejoin }) => yes(afterRejoin),
  "the same, after an unavailable": ({ afterUnavailable }) => yes(afterUnavailable),
  "after another one": ({ afterAnother }) => yes(afterAnother),
  "never in, after an unavailable": ({ strangerListed, strangerShown }) =>
    strangerShown && !strangerListed ? "no, but says “has left”" : yes(strangerListed),
  "goes on working": ({ unharmed }) => yes(unharmed),
};

function yes(fact: boolean): string {
  return fact ? "yes" : "no";
}

function times(count: number): string {
  return ["no", "once", "twice"][count] ?? `${count} times`;
}

/** One value if it is the same for all losses. */
function together(values: readonly string[]): string {
  return new Set(values).size === 1 ? values[0]! : values.join(" / ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function clientsTable(losses: ReadonlyMap<Loss, readonly Observation[]>): string {
  const rows = CLIENTS.map(({ name }) => {
    const observations = LOSSES.map((loss) =>
      losses.get(loss)!.find(({ client }) => client === name)!
    );
    return [name, ...Object.values(COLUMNS).map((tell) => together(observations.map(tell)))];
  });
  return table(["", ...Object.keys(COLUMNS)], rows);
}

function leaversTable(observations: readonly LeaverObservation[]): string {
  const rows = observations.map((observation) => [
    observation.client,
    ...Object.values(LEAVERS).map((tell) => tell(observation)),
  ]);
  return table(["", ...Object.keys(LEAVERS)], rows);
}

function keptTable(kept: Leavers["kept"]): string {
  const rows = CLIENTS.map(({ name }) => [
    name,
    ...[...kept.values()].map((observations) => {
      const { listsLeaver, unharmed } = observations.find(({ client }) => client === name)!;
      return yes(listsLeaver) + (unharmed ? "" : ", and does not go on working");
    }),
  ]);
  return table(["", ...kept.keys()], rows);
}

async function report(results: Results, leavers: Leavers): Promise<string> {
  const versions = await Promise.all(
    CLIENTS.map(async ({ name, version }) => `${name} ${await version()}`),
  );
  const servers = ["prosody", "prosody-modules", "ejabberd", "chromium"];
  const sections = SECTIONS.map(({ title, cell }) =>
    `## ${title}\n\n${clientsTable(results.get(cell)!)}`
  );
  return `# Real clients

Written by \`deno task measure:clients\`, which drives real clients on real servers: do not edit.

All clients are in one room of a Prosody, \`rooms.example\`, with accounts at \`home.example\`. The
link between the servers breaks, the room loses them, somebody says something that they miss, and
the link is whole again. They get lost

- _silently_: the room drops them without a word, and is as it was for everybody else;
- _kill -9_: the server of the rooms is killed and started again; the room is persistent.

Nobody touches a client in between. Two values in one cell are for the two losses, in this order.
Who is in the occupant list is asked of the room; who is heard, of somebody in it; what a client
shows is read from its screen. A client that is still out after ${PATIENCE_SECONDS} s stays out.
Seconds are counted from the loss, with all that the servers take to start and to connect.

- Date: ${new Date().toISOString().slice(0, 10)}
- Machine: ${machine()}
- Clients: ${versions.join(", ")}
- Servers: Deno ${Deno.version.deno}, ${await packageVersions(servers)}
- Roomkeeper's options, and those of the modules: the defaults

![Converse with Roomkeeper, after it was lost](clients.png)

${sections.join("\n\n")}

## Who left meanwhile

A client that is joined again hears who is in the room, but not who left while it was out. Does it
go on listing them, and does an \`unavailable\` presence from such an occupant, made for the client,
change that? Each column but the last says whether the client lists somebody. The rejoin is one of
the test, in the client's name, without any notice before it.

${leaversTable(leavers.made)}

So the plugins make one such presence, 90 s after the rejoin, for each occupant that the session was
told of and that the room has not named since. Does the client still list the one who left, after
that? (One that lists who left while it was in, too, is beyond help.)

${keptTable(leavers.kept)}
`;
}

if (import.meta.main) {
  const leavers = await measureLeavers();
  const { results, picture } = await measure();
  Deno.writeTextFileSync(FILE, await report(results, leavers));
  Deno.writeFileSync(PICTURE, picture);
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", FILE.pathname] }).output();
  console.log("wrote docs/clients.md");
}
