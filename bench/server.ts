/**
 * What Roomkeeper's plugin costs the home server, beside a server without it, mod_ping_muc, and the
 * stock feed: CPU time of the server's process for each message, presence, join and leave.
 *
 * All in one run and in turns, as a machine that others use is faster at one time than at another;
 * and with new processes again and again, as one process is faster than another of the same kind.
 *
 *     deno task bench:server [generations] [prosody | ejabberd]
 *
 * @module
 */
import { NS } from "../xmpp/namespaces.ts";
import { lua, PASSWORD, Prosody } from "../tests/e2e/support/prosody.ts";
import { type Contestant, ejabberdContestants, prosodyContestants } from "./server/contestants.ts";
import { cpuTime } from "./server/cpu.ts";
import { type Act, ACTS, LoadUser, ROOMS, Rooms } from "./server/load.ts";
import { LoadComponent } from "./server/peers.ts";
import { machine } from "./report.ts";

const GENERATIONS = Number(Deno.args[0] ?? 12);
const ROUNDS = 12;
const WARM_UP = 2;
/** How many others a user finds in a room that it joins. */
const OCCUPANTS = 10;
/** What the others of the same software are compared with. */
const BASE = "nothing";

const acts = Object.keys(ACTS) as Act[];
/** For each server and act, what each round cost in microseconds. */
const costs = new Map<string, Record<Act, number[]>>();
for (let i = 0; i < GENERATIONS; i++) {
  if (wants("prosody")) await measure(prosodyContestants());
  if (wants("ejabberd")) await measure(ejabberdContestants());
}

console.log(
  `CPU time of the server, over that of one with ${BASE} in the same round; mean of the middle ` +
    `half of ${ROUNDS} rounds with each of ${GENERATIONS} processes, a join finds ${OCCUPANTS} ` +
    `others\n${machine()}\n`,
);
console.log(`| server | with | ${acts.join(" | ")} |`);
console.log(`| --- | --- |${" ---: |".repeat(acts.length)}`);
for (const [server, own] of costs) {
  const [software, name] = server.split("/") as [string, string];
  const base = costs.get(`${software}/${BASE}`)!;
  const cells = acts.map((act) =>
    name === BASE
      ? `${middle(own[act]).toFixed(0)} µs`
      : middle(own[act].map((cost, i) => cost / base[act][i]!)).toFixed(3)
  );
  console.log(`| ${software} | ${name} | ${cells.join(" | ")} |`);
}

/** Whether a software is to be measured: all are, unless one is named. */
function wants(software: string): boolean {
  return (Deno.args[1] ?? software) === software;
}

/** Starts all servers, and lets each do everything in each round. */
async function measure(contestants: readonly Contestant[]): Promise<void> {
  await using running = new AsyncDisposableStack();
  const away = running.use(
    new Prosody({
      name: "rooms",
      options: `log = { info = "*console" }`,
      hosts: `VirtualHost "away.example"\nComponent "${ROOMS}"\n  component_secret = ${
        lua(PASSWORD)
      }`,
    }),
  );
  for (const { domain, server } of contestants) {
    running.use(server);
    away.resolve(domain, server.ip);
    server.resolve(ROOMS, away.ip);
  }
  await Promise.all([away, ...contestants.map(({ server }) => server)].map((s) => s.start()));
  const rooms = running.use(await Rooms.open(away.ip, OCCUPANTS));
  const users: LoadUser[] = [];
  for (const { server, domain, keeper } of contestants) {
    if (keeper) {
      const component = running.use(await LoadComponent.connect(server.ip, keeper));
      await component.send(
        `<message from='${keeper}' to='${domain}'><hello xmlns='${NS.plugin}' prefix='rk-bench-' ` +
          `version='2'/></message>`,
      );
    }
    users.push(running.use(await LoadUser.enter(server.ip, `ann@${domain}/bench`, rooms)));
  }
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const act of acts) {
      for (let i = 0; i < contestants.length; i++) {
        // Each has each place in the order as often as the others.
        const turn = (i + round + WARM_UP) % contestants.length;
        const { software, name, server } = contestants[turn]!;
        const before = cpuTime(server.pid);
        await users[turn]!.play(act);
        const cost = (cpuTime(server.pid) - before) / ACTS[act];
        if (round >= 0) costsOf(`${software}/${name}`)[act].push(cost);
      }
    }
  }
}

function costsOf(name: string): Record<Act, number[]> {
  const known = costs.get(name);
  if (known) return known;
  const none = { message: [], presence: [], join: [], leave: [] };
  costs.set(name, none);
  return none;
}

/** The mean of the middle half: steadier than the median, and as deaf to what others did. */
function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.slice(sorted.length >> 2, Math.ceil(sorted.length * 0.75));
  return half.reduce((sum, value) => sum + value, 0) / half.length;
}
