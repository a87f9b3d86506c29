/**
 * Storms: everything that a keeper watches is lost at once, and comes back a little later:
 * `deno task bench:storm`. In the first two, one user in ten has fallen out and is told; in the others
 * everybody has, and is brought back. The keeper is the real one with its store, over TCP, in a process of its
 * own for each storm, with the options of V8 that users run it with; a second process plays the home
 * server, the rooms and the clients.
 *
 * A stall is the time by which a timer of 1 ms is late, so it counts whatever the reason is:
 * our work, the garbage collector, or another process on a busy machine.
 */

import { delay } from "@std/async/delay";
import { Metrics } from "../admin/metrics.ts";
import { tcpTransport } from "../component/mod.ts";
import { Keeper } from "../keeper/keeper.ts";
import { logObserver } from "../keeper/log_observer.ts";
import { openStore } from "../store/mod.ts";
import { COMPONENT } from "../tests/support/component_port.ts";
import { HOME } from "../tests/support/world.ts";
import { V8_FLAGS } from "../tools/v8_flags.ts";
import { collectGarbage, count, machine, residentMemory, row } from "./report.ts";
import { StallMeter } from "./stall_meter.ts";
import type { StormReport, StormShape } from "./storm_home.ts";
import { StormHomeProcess } from "./storm_home_process.ts";

/** How long nothing can be reached, in milliseconds. */
const AWAY_MS = 10_000;
/** Far above the default of 50 for one domain and 500 for all, for which nobody would wait here. */
const PACE = 2_500;

const STORMS: Readonly<Record<string, StormShape>> = {
  one: { joins: 100_000, rooms: 2_000, domains: 1, lost: 10, version: 1 },
  many: { joins: 100_000, rooms: 20_000, domains: 5_000, lost: 10, version: 1 },
  "one, all out": { joins: 100_000, rooms: 2_000, domains: 1, lost: 1, version: 2 },
  "many, all out": { joins: 100_000, rooms: 20_000, domains: 5_000, lost: 1, version: 2 },
};

const [name, pace] = Deno.args;
if (name !== undefined) await storm(STORMS[name]!, Number(pace ?? PACE));
else {
  console.log(machine());
  for (const name of Object.keys(STORMS)) {
    const args = ["run", "--allow-all", `${V8_FLAGS},--expose-gc`, import.meta.filename!, name];
    await new Deno.Command(Deno.execPath(), { args, stdout: "inherit" }).spawn().status;
  }
}

async function storm(shape: StormShape, pace: number): Promise<void> {
  console.log(
    `\n${count(shape.joins)} joins in ${count(shape.rooms)} rooms of ${count(shape.domains)} ` +
      `domain(s), one in ${shape.lost} is out, at most ${count(pace)} questions a second\n`,
  );
  const folder = Deno.makeTempDirSync();
  const home = new StormHomeProcess(shape);
  const meter = new StallMeter();
  try {
    const doubtful = new Set<string>();
    let synced = Promise.withResolvers<void>();
    const store = await openStore(`${folder}/joins.sqlite`);
    const { port } = await home.next<{ port: number }>();
    await using keeper = new Keeper({
      ...COMPONENT,
      transport: tcpTransport({ port }),
      watch: [HOME],
      store,
      recover: shape.version === 1 ? "notify" : "rejoin",
      rejoinsPerSecond: 1_000,
      maxRejoinsPerSecond: 1_000,
      pingDelay: 1_000,
      backoffMin: 1_000,
      backoffMax: 5_000,
      pingsPerSecond: pace,
      maxPingsPerSecond: pace,
      observers: [logObserver(), new Metrics(), {
        synced: () => synced.resolve(),
        reported: ({ domain }, { type }) => {
          if (type === "loss") doubtful.add(domain);
          else if (type === "settled") doubtful.delete(domain);
        },
      }],
    });
    const joins = () => keeper.router.domains.reduce((sum, { joins }) => sum + joins.size, 0);
    const stall = (what: string) => {
      const { longest, work, long } = meter.end();
      row(
        `stall: ${what}`,
        work,
        `ms of work, ${long} over 20 ms; ${Math.round(longest)} ms in all`,
      );
    };
    const until = async (done: () => boolean) => {
      while (!done()) await delay(50);
    };

    await keeper.start();
    await synced.promise;
    const begin = await residentMemory("regular");
    meter.begin();
    home.tell("join");
    await until(() => joins() === shape.joins && keeper.router.depth === 0);
    stall("everybody joins");
    await until(() => store.health.pending === 0);
    const before = await residentMemory("regular");
    const live = Deno.memoryUsage().heapUsed;
    row("memory of the joins", (before - begin) / 2 ** 20, "MiB");

    let most = before;
    const watch = setInterval(() => most = Math.max(most, Deno.memoryUsage().rss), 100);
    meter.begin();
    const start = performance.now();
    home.tell("lose");
    await until(() => doubtful.size === shape.domains);
    await delay(AWAY_MS);
    stall("everything lost, nothing reached");
    meter.begin();
    home.tell("back");
    await until(() => doubtful.size === 0);
    const end = performance.now();
    await until(() => store.health.pending === 0);
    stall("back again, until everything is decided");
    clearInterval(watch);
    home.tell("report");
    const { told, returned, mistaken, questions, busiest } = await home.next<StormReport>();
    row("time until everything is decided", (end - start) / 1000, "s");
    row("questions and probes", questions, "");
    row("the most of them within a second", busiest, "");
    const undecided = keeper.router.domains.filter(({ status }) => status.losses.length > 0);
    row("undecided domains", undecided.length, "");
    const out = `of ${count(shape.joins / shape.lost)}`;
    if (shape.version === 1) row("users told, of those that were dropped", told, out);
    else row("users brought back, of those that were dropped", returned, out);
    row("false notices and rejoins", mistaken + (shape.version === 1 ? 0 : told), "");
    row("memory, at the most, above that before", (most - before) / 2 ** 20, "MiB");
    collectGarbage();
    const left = Deno.memoryUsage().heapUsed - live;
    row("live heap afterwards, above that before", left / 2 ** 20, "MiB");

    for (const [what, reload] of [["all", "reload"], ["nobody", "reload empty"]] as const) {
      synced = Promise.withResolvers();
      meter.begin();
      home.tell(reload);
      await synced.promise;
      await until(() => keeper.router.depth === 0 && (what === "all" || joins() === 0));
      stall(`a snapshot that names ${what}`);
    }
    row("joins that are left", joins(), "");
  } finally {
    home.close();
    Deno.removeSync(folder, { recursive: true });
  }
  Deno.exit(0);
}
