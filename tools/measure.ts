/**
 * Plays every case on every kind of stage, writes what came of it to docs/measured.md.
 *
 * Figures are those of this run, on this machine; a case that fails leaves the file as it was.
 *
 * @module
 */
import { join } from "node:path";
import {
  casesOf,
  CELLS,
  inParallel,
  play,
  type Programme,
  STAGES_AT_A_TIME,
  title,
} from "../tests/e2e/support/play.ts";
import { CASES } from "../tests/e2e/cases/mod.ts";
import type { Case, Outcome } from "../tests/e2e/support/outcome.ts";
import { type Generation, trixieRoot } from "../tests/e2e/support/generation.ts";
import { DELAYS, EJABBERD_RETRY, Stage } from "../tests/e2e/support/stage.ts";

const FILE = new URL("../docs/measured.md", import.meta.url);
/** The servers that are measured, and where their system is. */
const SYSTEMS: Readonly<Record<Generation, () => string>> = {
  machine: () => "/",
  trixie: trixieRoot,
};
const GENERATIONS = Object.keys(SYSTEMS) as Generation[];
/** Roomkeeper on every stage. */
const PROGRAMMES: readonly Programme[] = [
  ...GENERATIONS.flatMap((generation) =>
    CELLS.map((cell) => ({ cell, options: { generation }, note: `servers: ${generation}` }))
  ),
];

type Results = ReadonlyMap<Programme, ReadonlyMap<Case, Outcome>>;

async function measure(): Promise<Results> {
  const results = new Map(PROGRAMMES.map((each) => [each, new Map<Case, Outcome>()]));
  await inParallel(PROGRAMMES, STAGES_AT_A_TIME, async (programme) => {
    await using stage = await Stage.start(programme.cell, programme.options);
    for (const each of casesOf(programme)) {
      const outcome = await play(stage, each);
      results.get(programme)!.set(each, outcome);
      console.log(`${title(programme)}: ${each.name}: ${figures(outcome)}`);
    }
  });
  return results;
}

/** Seconds to the notice and of absence, and what went wrong, in one cell of a table. */
function figures(outcome: Outcome): string {
  const { secondsOut: seconds, secondsAway: away } = outcome;
  const time = [seconds, away].filter((each) => each !== undefined).map((each) => each.toFixed(1));
  const wrong = (["false", "missed", "doubled"] as const)
    .filter((kind) => outcome[kind] > 0)
    .map((kind) => `**${outcome[kind]} ${kind}**`);
  return [time.join(" / ") || "–", ...wrong].join(", ");
}

/** The version of a program, or of a Debian package where programs don't say. */
async function version(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(command, { args, stderr: "null" }).output();
  return new TextDecoder().decode(stdout).trim().split("\n")[0]!;
}

/** The versions of packages in a system. */
async function versions(system: string, ...packages: readonly string[]): Promise<string> {
  const query = ["--admindir", join(system, "var/lib/dpkg"), "-W", "-f=${Package} ${Version}"];
  const lines = await Promise.all(packages.map((name) => version("dpkg-query", ...query, name)));
  return lines.join(", ");
}

/** What a system calls itself. */
function systemName(system: string): string {
  const release = Deno.readTextFileSync(join(system, "etc/os-release"));
  return /^PRETTY_NAME="(.*)"$/m.exec(release)?.[1] ?? "unknown";
}

function processor(): string {
  const model = /^model name\s*: (.+)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1];
  const memory = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  return `${navigator.hardwareConcurrency} cores (${model ?? "unknown"}), ${memory} GiB of memory`;
}

function table(results: Results, kind: (programme: Programme) => boolean): string {
  const columns = [...results].filter(([programme]) => kind(programme));
  const remarks: string[] = [];
  const cell = (outcome: Outcome | undefined): string => {
    if (outcome === undefined) return "";
    if (outcome.remark === undefined) return figures(outcome);
    if (!remarks.includes(outcome.remark)) remarks.push(outcome.remark);
    return `${figures(outcome)} [${remarks.indexOf(outcome.remark) + 1}]`;
  };
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rooms = { prosody: "Prosody", ejabberd: "ejabberd", irc: "biboumi" };
  const cases = CASES.filter((each) => columns.some(([, outcomes]) => outcomes.has(each)));
  return [
    row(["", ...columns.map(([{ cell: { feed, rooms: kind } }]) => `${rooms[kind]}, ${feed}`)]),
    row(["---", ...columns.map(() => "---:")]),
    ...cases.map((each) => row([each.name, ...columns.map(([, of]) => cell(of.get(each)))])),
    "",
    ...remarks.map((remark, index) => `[${index + 1}] ${remark}.\n`),
  ].join("\n");
}

function delays(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values).map(([name, value]) => `\`${name}\` ${value}`).join(", ");
}

/** The tables of one generation of servers. */
async function section(results: Results, generation: Generation): Promise<string> {
  const system = SYSTEMS[generation]();
  const packages = ["prosody", "prosody-modules", "ejabberd", "biboumi"];
  const homeIs = (home: string) => ({ cell, options }: Programme) =>
    cell.home === home && options?.generation === generation;
  const name = systemName(system);
  return `## Servers of ${name}

${await versions(system, ...packages)}

### Home server Prosody, ${name}

${table(results, homeIs("prosody"))}
### Home server ejabberd, ${name}

${table(results, homeIs("ejabberd"))}`;
}

async function report(results: Results): Promise<string> {
  const total = { false: 0, missed: 0, doubled: 0, count: 0 };
  for (const outcomes of results.values()) {
    for (const outcome of outcomes.values()) {
      total.count++;
      for (const kind of ["false", "missed", "doubled"] as const) total[kind] += outcome[kind];
    }
  }
  const load = Deno.loadavg()[2]!.toFixed(1);
  return `# Measured

Written by \`deno task measure\`, which plays every case with real servers and clients: do not edit.

${total.count} cases with Roomkeeper: **${total.false} false, ${total.missed} missed, ${total.doubled}
doubled**. What is right is what the room itself answers to each client at the end: whoever can be in is
in, and whose room is gone was told. *False* is a notice to somebody who is in, or a rejoin without
need; *missed* is somebody who is out, or was not told of a room that is gone; *doubled* is a second
notice or rejoin. Nobody is counted by what a server was expected to do.

Two users are in the room, and a third one in a room of another domain. The first figure is the time
in seconds from the loss until the last user was in again, or was told that the room is gone; the second
one how long the rooms' server was away of that. – is a case in which nobody is out, and Roomkeeper did
nothing in anybody's name.

- Date: ${new Date().toISOString().slice(0, 10)}
- Machine: ${processor()}, ${STAGES_AT_A_TIME} stages at a time, load average ${load}
- Deno ${Deno.version.deno}, ${await versions("/", "ngircd", "python3-slixmpp")}
- Roomkeeper's delays, much shorter than the defaults: ${delays(DELAYS)}
- ejabberd: ${delays(EJABBERD_RETRY)}

The plugin tells of the loss at once: what is added to the absence is \`ping_delay\`, or the wait
after a probe that failed. A stock feed can't see a link go down, and the loss is noticed after
\`silence\` at the most. Where the server is not back within \`give_up\`, that is the time.
With the default delays see [recovery.md](recovery.md).

Servers prove their names with certificates (TLS, SASL EXTERNAL) and insist on that, with XEP-0198
and, where they have it, XEP-0288 between them. The component has no DNS record and no certificate.

${(await Promise.all(GENERATIONS.map((each) => section(results, each)))).join("\n")}
`;
}

if (import.meta.main) {
  const results = await measure();
  Deno.writeTextFileSync(FILE, await report(results));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", FILE.pathname] }).output();
  console.log("wrote docs/measured.md");
}
