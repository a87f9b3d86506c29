/**
 * What a million joins cost, in the tables that the keeper runs on: `deno task bench:joins`.
 * Memory is what the process holds more than before, after a collection of garbage.
 */

import type { NoticeEffect } from "../actors/messages/effects.ts";
import type { DomainKey } from "../actors/messages/domains.ts";
import { delay } from "@std/async/delay";
import type { JoinRecord } from "../actors/messages/events.ts";
import { Router, type RouterPorts } from "../actors/remote_domain/router.ts";
import { ActorSystem } from "../actors/runtime/mod.ts";
import { openStore } from "../store/mod.ts";
import { bareJid, resourceOf } from "../xmpp/jid.ts";
import { count, machine, residentMemory, row } from "./report.ts";
import { StallMeter } from "./stall_meter.ts";

const HOST = "home.example";
const JOINS = 1_000_000;
const USERS = 200_000;
const ROOMS = 40_000;
const DOMAINS = 3_000;
/** The first domain has a tenth of everything. */
const BIG = 0.1;
const SAMPLE = 100_000;

const ANSWER = { type: "answered", answer: { type: "result" } } as const;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

if (Deno.args[0] === "load") await measureLoad(Deno.args[1]!);
else await measureAll();

async function measureAll(): Promise<void> {
  console.log(
    `${machine()}\n` +
      `${count(JOINS)} joins: ${count(USERS)} users, ${count(ROOMS)} rooms, ${count(DOMAINS)} ` +
      "domains\n",
  );
  const folder = Deno.makeTempDirSync();
  try {
    await measureTables();
    await measureStore(`${folder}/joins.sqlite`);
    // Loading is measured in a process of its own, which has no memory to reuse.
    const args = [
      ...["run", "--allow-all", "--v8-flags=--expose-gc"],
      ...[import.meta.filename!, "load", `${folder}/joins.sqlite`],
    ];
    await new Deno.Command(Deno.execPath(), { args, stdout: "inherit" }).spawn().status;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

async function measureTables(): Promise<void> {
  await using system = new ActorSystem();
  const asked = Promise.withResolvers<number>();
  const router: Router = makeRouter(system, {
    ask(_link, question) {
      // The first question finds out whether the domain can be reached: it can.
      if (question.type === "ping") router.route({ ...question, ...ANSWER });
      return true;
    },
    report: (_link, { type }) => type === "reachable" && asked.resolve(performance.now()),
  });
  const before = await residentMemory();
  const start = performance.now();
  for (let n = 0; n < JOINS; n++) await router.route({ type: "joined", ...addresses(n) });
  await idle(router);
  const joining = performance.now() - start;
  const held = await residentMemory() - before;
  row("memory", held / JOINS, "bytes a join");
  row("join, with its mailbox", joining / JOINS * 1000, "µs");

  const some = Array.from({ length: SAMPLE }, (_, i) => addresses(i * (JOINS / SAMPLE)));
  let found = 0;
  await time("look up", SAMPLE, () => {
    for (const { user, room } of some) if (router.isJoined(user, room)) found++;
  });
  if (found !== SAMPLE) throw new Error(`Only ${found} joins were found`);
  await time("leave, with its mailbox", SAMPLE, async () => {
    for (const { user, room } of some) await router.route({ type: "left", user, room });
    await idle(router);
  });
  await time("join again", SAMPLE, async () => {
    for (const join of some) await router.route({ type: "joined", ...join });
    await idle(router);
  });

  const name = domainName(0);
  const joins = router.domains.find(({ domain }) => domain === name)!.joins.size;
  const meter = new StallMeter();
  meter.begin();
  const from = performance.now();
  router.verify(name);
  row(`start to verify ${count(joins)} joins of one domain`, await asked.promise - from, "ms");
  await delay(1000);
  row("  longest stall meanwhile and in the second after", meter.end().longest, "ms");
}

async function measureStore(path: string): Promise<void> {
  const store = await openStore(path);
  let start = performance.now();
  // A snapshot of the server's plugin comes domain by domain.
  const order = Int32Array.from({ length: JOINS }, (_, n) => n)
    .sort((a, b) => domainOf(a) - domainOf(b) || a - b);
  for (const n of order) {
    store.record(linkOf(n), { type: "put", join: recordOf(n, 0) });
    if (store.health.pending > 10_000) await store.idle();
  }
  await store.close();
  row("store: first fill", JOINS / (performance.now() - start), "thousand joins/s");
  row("store: file", Deno.statSync(path).size / JOINS, "bytes a join");

  const steady = await openStore(path);
  start = performance.now();
  const meter = new StallMeter();
  meter.begin();
  for (let n = 0; performance.now() - start < 5000; n++) {
    const any = (n * 7919) % JOINS;
    steady.record(linkOf(any), { type: "put", join: recordOf(any, n) });
    // A thousand a second.
    if (n % 10 === 9) await delay(10);
  }
  row("store: longest stall at 1,000 changes a second", meter.end().longest, "ms");
  row("store: longest write", steady.health.slowestMs, "ms");
  await steady.close();
}

async function measureLoad(path: string): Promise<void> {
  await using system = new ActorSystem();
  const router = makeRouter(system, {});
  const before = await residentMemory();
  const start = performance.now();
  const store = await openStore(path);
  for await (const link of store.load()) router.restore([link]);
  await router.away();
  await idle(router);
  row("store: load into the tables", performance.now() - start, "ms");
  const joins = router.domains.reduce((sum, { joins }) => sum + joins.size, 0);
  if (joins !== JOINS) throw new Error(`${joins} joins were loaded`);
  row("memory after loading", (await residentMemory() - before) / JOINS, "bytes a join");
  await store.close();
}

function makeRouter(system: ActorSystem, ports: Partial<RouterPorts>): Router {
  let ids = 0;
  const ignore = (_link: unknown, _notice: NoticeEffect) => {};
  return new Router(system, { pingDelay: 3_600_000, probe: "user" }, {
    now: () => performance.timeOrigin + performance.now(),
    random: Math.random,
    id: () => `id${ids++}`,
    blind: () => false,
    hostProbes: () => false,
    triesAnew: () => true,
    ask: () => true,
    notify: ignore,
    persist: () => {},
    report: () => {},
    ...ports,
  });
}

/** The addresses of a join as the tap has them: decoded from bytes, cut in pieces. */
function addresses(n: number): { user: string; room: string; nick: string } {
  const room = roomOf(n);
  const u = n % USERS;
  const from = `room-${room}@${domainName(domainOf(n))}/user${u}`;
  const occupant = decoder.decode(encoder.encode(from));
  const user = decoder.decode(encoder.encode(`user${u}@${HOST}/phone.${(u * 7919) % 99_991}`));
  return { user, room: bareJid(occupant), nick: resourceOf(occupant)! };
}

/** Each user's joins are in rooms far apart; the first rooms are those of the big domain. */
function roomOf(n: number): number {
  const time = Math.floor(n / USERS);
  return ((n % USERS) * 31 + time * 8_111) % ROOMS;
}

function domainOf(n: number): number {
  const room = roomOf(n);
  return room < ROOMS * BIG ? 0 : 1 + room % (DOMAINS - 1);
}

function linkOf(n: number): DomainKey {
  return { host: HOST, domain: domainName(domainOf(n)) };
}

function recordOf(n: number, confirmed: number): JoinRecord {
  return { ...addresses(n), since: 1_700_000_000_000 + n, confirmed };
}

function domainName(n: number): string {
  return `rooms${n}.example`;
}

/** Waits until no event waits. */
async function idle(router: Router): Promise<void> {
  do await delay(0); while (router.depth > 0);
}

async function time(name: string, items: number, work: () => unknown): Promise<void> {
  const start = performance.now();
  await work();
  row(name, (performance.now() - start) / items * 1000, "µs");
}
