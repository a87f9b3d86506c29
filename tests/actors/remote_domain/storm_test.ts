/**
 * Storms, in virtual time: everything that is watched is lost at once. Questions keep their pace,
 * nothing piles up, everything is decided in the end, and truthfully.
 */
import { assert, assertEquals } from "@std/assert";
import { ANSWERS, MINUTE, SECOND, user } from "../support/domain_rig.ts";
import { RouterRig } from "../support/router_rig.ts";

/** The most that happened within a second. */
function busiest(times: readonly number[]): number {
  let most = 0;
  for (let from = 0, to = 0; to < times.length; to++) {
    while (times[from]! <= times[to]! - SECOND) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

/** Everybody whose number ends in 7 was dropped. */
function isDropped(name: string): boolean {
  return name.endsWith("7");
}

/** A router whose rooms answer truthfully, with so many joins. */
async function crowd(joins: number, place: (index: number) => [domain: string, room: string]) {
  const rig = new RouterRig();
  for (let index = 0; index < joins; index++) {
    await rig.join(`user${index}`, ...place(index));
    if (index % 5_000 === 0) await rig.settle();
  }
  await rig.settle();
  return rig;
}

/** Lets time pass, and looks how much waits meanwhile. */
async function pass(rig: RouterRig, ms: number): Promise<{ depth: number; open: number }> {
  let [depth, open] = [0, 0];
  for (const end = rig.kit.time.now() + ms; rig.kit.time.now() < end;) {
    await rig.advance(10 * SECOND + 7);
    depth = Math.max(depth, rig.router.depth);
    open = Math.max(open, rig.router.domains.reduce((sum, { status }) => sum + status.open, 0));
  }
  return { depth, open };
}

function checkTruth(rig: RouterRig, joins: number): void {
  const told = rig.notices.map(({ user }) => user.split("@")[0]!);
  assert(told.every(isDropped), "told although in the room");
  assertEquals(new Set(told).size, told.length, "told twice");
  assertEquals(told.length, joins / 10);
  assert(rig.notices.every(({ reason }) => reason === "gone"));
  assertEquals(rig.router.domains.filter(({ status }) => status.losses.length > 0), []);
}

Deno.test("100,000 joins in 2,000 rooms of one domain are lost at once", async () => {
  const JOINS = 100_000;
  const rig = await crowd(JOINS, (index) => ["a.example", `room${index % 2_000}`]);
  rig.reply = (question) => {
    const name = question.type === "probe" ? "" : question.user.split("@")[0]!;
    return isDropped(name) ? ANSWERS.notIn : ANSWERS.joined;
  };
  rig.link("a.example", "down");
  // At 50 questions a second it takes as long as it takes: 33 minutes.
  const { depth, open } = await pass(rig, 40 * MINUTE);
  checkTruth(rig, JOINS);
  assertEquals(rig.sent.length, JOINS + 1, "each is asked about once, after one probe");
  assert(busiest(rig.sent.map(({ at }) => at)) <= 55);
  assert(depth <= 5 && open <= 10, `${depth} events waited, ${open} questions were open`);
});

Deno.test("5,000 domains are lost at once: nobody is judged before one of them answers", async () => {
  const [JOINS, DOMAINS] = [20_000, 5_000];
  const rig = await crowd(JOINS, (index) => [`d${index % DOMAINS}.example`, "garden"]);
  const domains = rig.router.domains.map(({ domain }) => domain);
  assertEquals(domains.length, DOMAINS);
  for (const domain of domains) rig.link(domain, "down");
  rig.reply = () => ANSWERS.unreachable;
  // Long enough for everybody's time to run out, and to any moment after that.
  const away = await pass(rig, 14 * MINUTE + 30 * SECOND);
  assertEquals(rig.notices, []);

  rig.reply = (question) => {
    const name = question.type === "probe" ? "" : question.user.split("@")[0]!;
    return isDropped(name) ? ANSWERS.notIn : ANSWERS.joined;
  };
  const before = rig.sent.length;
  const back = await pass(rig, 10 * MINUTE);
  checkTruth(rig, JOINS);
  assert(busiest(rig.sent.map(({ at }) => at)) <= 600, "500 a second, and a burst");
  const asked = rig.sent.slice(before).filter(({ type }) => type !== "probe");
  assert(asked.length < JOINS + 2 * DOMAINS, `${asked.length} questions`);
  assert(Math.max(away.depth, back.depth) <= 10, "events waited");
  assert(Math.max(away.open, back.open) <= 600, "questions were open");
});

Deno.test("all domains are lost until just before the time of all is up: all are asked anew", async () => {
  const DOMAINS = 300;
  const rig = await crowd(DOMAINS, (index) => [`d${index}.example`, "garden"]);
  for (const { domain } of rig.router.domains) rig.link(domain, "down");
  rig.reply = () => ANSWERS.unreachable;
  await rig.advance(10 * MINUTE - 200);
  rig.reply = () => ANSWERS.joined;
  rig.tell("seen", "user0", "d0.example");
  await rig.advance(10 * MINUTE);
  assertEquals(rig.notices, []);
  assertEquals(rig.router.isJoined(user("user299"), "garden@d299.example"), true);
});
