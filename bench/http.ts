/**
 * HTTP under fire: how fast the keeper answers XMPP meanwhile, and when HTTP itself is well again.
 *
 * The keeper is a process of its own that may have 512 files open. All times are of one run, so that
 * the ratio counts: XMPP under fire to XMPP left alone.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import { chunk } from "@std/collections/chunk";
import { Process } from "../tests/e2e/support/process.ts";
import { COMPONENT, ComponentPort } from "../tests/support/component_port.ts";
import { KeeperProgram } from "../tests/support/keeper_program.ts";
import { HOME } from "../tests/support/world.ts";
import type { Element } from "../xml/element.ts";
import { forward } from "../xmpp/forward.ts";
import { iqResult } from "../xmpp/iq.ts";
import { ping } from "../xmpp/ping.ts";
import { parsePluginEvents, pluginMessage } from "../xmpp/plugin_message.ts";
import type { PluginEvent } from "../xmpp/plugin_events.ts";
import { count, machine } from "./report.ts";

/** How long each is measured, in milliseconds. */
const MEASURE_MS = 8_000;
/** So many files may the keeper have open. */
const FILES = 512;

const STAGES: readonly (readonly [kind: string, many: number])[] = [
  ["silent", 5_000],
  ["unfinished", 5_000],
  ["slow", 1_000],
  ["bad-host", 20],
  ["wrong-token", 20],
  ["viewers", 1_000],
  ["domains", 50],
];

/** A server whose plugin tells one join in each of so many domains. */
class Server implements Disposable {
  readonly component: ComponentPort;
  readonly #domains: number;
  #answered: ((id: string) => void) | undefined;

  constructor(domains: number) {
    this.#domains = domains;
    this.component = new ComponentPort((stanza) => {
      const [event] = parsePluginEvents(stanza).events;
      const isQuestion = stanza.name === "iq" && stanza.attr("type") === "get";
      if (event?.type === "keeper-hello") this.#greet();
      else if (isQuestion) this.#answer(stanza);
      else this.#answered?.(stanza.attr("id") ?? "");
    });
  }

  /** How long a ping takes, in milliseconds. */
  async ping(): Promise<number> {
    const id = crypto.randomUUID();
    const start = performance.now();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#answered = (answered) => answered === id && resolve();
    this.component.send(ping({ from: HOME, to: COMPONENT.domain, id }));
    await promise;
    return performance.now() - start;
  }

  /** All that the keeper wants to know is as it should be. */
  #answer(question: Element): void {
    const answer = iqResult(question);
    const isOwn = question.attr("from") === COMPONENT.domain;
    this.component.send(isOwn ? answer : forward(answer, { from: HOME, to: COMPONENT.domain }));
  }

  #greet(): void {
    this.#tell({ type: "plugin-hello", version: 1, software: "bench", boot: "1" });
    const all = Array.from({ length: this.#domains }, (_, n): PluginEvent => {
      const [user, room] = [`user${n % 999}@${HOME}/phone`, `garden@rooms${n}.example`];
      return { type: "joined", user, room, nick: `User ${n}` };
    });
    for (const some of chunk(all, 100)) this.#tell(...some as PluginEvent[]);
    this.#tell({ type: "synced" });
  }

  #tell(...events: PluginEvent[]): void {
    this.component.send(pluginMessage({ from: HOME, to: COMPONENT.domain }, events));
  }

  [Symbol.dispose](): void {
    this.component[Symbol.dispose]();
  }
}

/** Answers to pings, one every 10 ms: the median and the slowest of a hundred, in milliseconds. */
async function measure(server: Server): Promise<readonly [median: number, p99: number]> {
  const times: number[] = [];
  const end = performance.now() + MEASURE_MS;
  while (performance.now() < end) {
    times.push(await server.ping());
    await delay(10);
  }
  times.sort((a, b) => a - b);
  return [times[times.length >> 1]!, times[Math.floor(times.length * 0.99)]!];
}

/** How long until HTTP answers, in seconds. */
async function recovery(url: string): Promise<number> {
  const start = performance.now();
  for (;;) {
    const signal = AbortSignal.timeout(1_000);
    const ok = await fetch(`${url}/healthz`, { signal }).then((r) => r.text()).catch(() => "");
    if (ok === "ok\n") return (performance.now() - start) / 1000;
    await delay(100);
  }
}

/** How many domains are being verified. */
async function verifying(url: string): Promise<number> {
  const response = await fetch(`${url}/api/domains?size=1`);
  const { overview } = await response.json() as { overview: { verifying: number } };
  return overview.verifying;
}

async function fire(domains: number): Promise<void> {
  using server = new Server(domains);
  const keeper = { max_pings_per_second: 5_000 };
  await using program = new KeeperProgram({
    port: server.component.port,
    keeper,
    open: true,
    level: "info",
  });
  program.start();
  await program.synced();
  const limit = ["--pid", String(program.pid), `--nofile=${FILES}:${FILES}`];
  await new Deno.Command("prlimit", { args: limit }).output();
  while (await verifying(program.url) > 0) await delay(1_000);
  console.log(`\n${count(domains)} domains`);
  const show = (name: string, ...cells: string[]) =>
    console.log(name.padEnd(24) + cells.map((cell) => cell.padStart(14)).join(""));
  show("", "median ms", "ratio", "p99 ms", "HTTP back s", "log lines");
  const [alone, p99] = await measure(server);
  show("left alone", alone.toFixed(2), "", p99.toFixed(1));
  for (const [kind, many] of STAGES) {
    const before = program.lines;
    let back: number;
    let measured: readonly [number, number];
    {
      const { port } = new URL(program.url);
      await using load = new Process({
        name: kind,
        command: "prlimit",
        args: [
          "--nofile=20000",
          ...[Deno.execPath(), "run", "--allow-net", "bench/http/load.ts", kind, port],
          String(many),
        ],
      });
      await load.lines.until("that all began", (line) => line === "begun", { within: 60_000 });
      measured = await measure(server);
      await load.end("SIGTERM");
      back = await recovery(program.url);
    }
    const [median, slowest] = measured;
    show(
      `${kind} ${count(many)}`,
      median.toFixed(2),
      (median / alone).toFixed(2),
      slowest.toFixed(1),
      back.toFixed(1),
      String(program.lines - before),
    );
  }
}

console.log(machine());
for (const domains of Deno.args.length > 0 ? Deno.args.map(Number) : [5_000, 100_000]) {
  await fire(domains);
}
