/** What is remembered, and that it stays within bounds. */

import { assert, assertEquals } from "@std/assert";
import { History, MAX_EVENTS, MAX_NAMED } from "../../admin/history.ts";
import { SLOT_MS, SLOTS, Timeline } from "../../admin/timeline.ts";
import { hashedNames } from "../../admin/privacy.ts";
import { HOST, RECOVERING, Scene } from "./scene.ts";

const link = (domain: string) => ({ host: HOST, domain });

Deno.test("the timeline forgets what is older than 24 hours, and never mixes days", () => {
  const timeline = new Timeline();
  const start = 1_000 * SLOT_MS;
  timeline.count("losses", start);
  assertEquals(timeline.slots(start + (SLOTS - 1) * SLOT_MS), [{ ago: SLOTS - 1, losses: 1 }]);
  assertEquals(timeline.slots(start + SLOTS * SLOT_MS), []);
  timeline.count("notified", start + 5 * SLOTS * SLOT_MS);
  timeline.count("losses", start, 7);
  assertEquals(timeline.slots(start + 5 * SLOTS * SLOT_MS), [{ ago: 0, notified: 1 }]);
  timeline.count("notified", start + 5 * SLOTS * SLOT_MS, 1_000_000);
  assertEquals(timeline.slots(start + 5 * SLOTS * SLOT_MS), [{ ago: 0, notified: 65_535 }]);
});

Deno.test("a verification leaves a story of four lines, however many users it is about", () => {
  const scene = new Scene();
  scene.join("rooms.example", 200, 3);
  scene.lose("rooms.example");
  scene.verify("rooms.example", { gone: 10 });
  const { events } = scene.history.of(link("rooms.example"))!;
  assertEquals(events.map(({ type }) => type), ["loss", "reachable", "notices", "settled"]);
  for (const event of events) {
    if (event.type === "notices") {
      assertEquals([event.count, event.first.length], [200, MAX_NAMED]);
    } else if (event.type === "settled") {
      assertEquals(event.verdicts, { joined: 0, gone: 200, unconfirmed: 0 });
    }
  }
});

Deno.test("each verification tells its own verdicts", () => {
  const scene = new Scene();
  scene.join("rooms.example", 10);
  for (const gone of [1, 0]) {
    scene.lose("rooms.example");
    scene.verify("rooms.example", { gone });
  }
  const { events, figures: { verdicts } } = scene.history.of(link("rooms.example"))!;
  const told = events.flatMap((event) => event.type === "settled" ? [event.verdicts] : []);
  assertEquals(told, [
    { joined: 9, gone: 1, unconfirmed: 0 },
    { joined: 9, gone: 0, unconfirmed: 0 },
  ]);
  assertEquals(verdicts, { joined: 18, gone: 1, unconfirmed: 0 });
});

Deno.test("who is brought back, who is not and why: a line each, whatever order they come in", () => {
  const scene = new Scene();
  scene.domain("rooms.example", RECOVERING);
  scene.join("rooms.example", 200, 3);
  scene.lose("rooms.example");
  scene.verify("rooms.example", { gone: 5 });
  for (let n = 0; n < 20; n++) {
    scene.bringBack("rooms.example", { refused: n % 2, most: 1, seconds: 5 + n });
  }
  scene.bringBack("rooms.example", { seconds: 30 });
  const { events, figures } = scene.history.of(link("rooms.example"))!;
  assertEquals(events.slice(0, 2).map(({ type }) => type), ["loss", "reachable"]);
  assertEquals(events.at(-1)!.type, "settled");
  const many = events.flatMap((event) => "first" in event ? [event] : []);
  assertEquals(many.map(({ type, count }) => [type, count]).toSorted(), [
    ["notices", 10],
    ["rejoin-failed", 10],
    ["rejoined", 90],
  ]);
  for (const { first } of many) assertEquals(first.length, MAX_NAMED);
  const failed = many.find(({ type }) => type === "rejoin-failed");
  assertEquals(
    failed?.type === "rejoin-failed" && failed.why,
    "the user is banned; the client is notified",
  );
  assertEquals([figures.rejoins.back, figures.rejoins.failed, figures.notified], [90, 10, 10]);
  const rejoined = many.find(({ type }) => type === "rejoined");
  assert(rejoined?.type === "rejoined" && rejoined.longest >= 30_000);
  assert((figures.rejoins.medianMs ?? 0) >= 30_000, "most were out for half a minute");
});

Deno.test("a rejoin that is tried again is no failure yet; the last failure is remembered", () => {
  const history = new History({ now: () => 7 });
  const report = { type: "rejoin-failed", user: "a", room: "b@rooms.example" } as const;
  history.reported(link("d1"), { ...report, because: "conflict", next: "again" });
  assertEquals([history.all.rejoins.failed, history.lastFailure], [0, undefined]);
  const failure = { ...report, because: "conflict", next: "notify" } as const;
  history.reported(link("d1"), failure);
  history.reported(link("d2"), { ...report, because: "ended", next: "forget" });
  assertEquals(history.all.rejoins.failed, 1);
  assertEquals(history.lastFailure, { at: 7, domain: "d1", failure });
});

Deno.test("a long outage is one line; joins that nobody could confirm are counted", () => {
  const scene = new Scene();
  scene.join("rooms.example", 3);
  scene.lose("rooms.example");
  for (let n = 0; n < 200 && scene.domain("rooms.example").joins.size > 0; n++) {
    scene.verify("rooms.example", { reachable: false });
  }
  const { events, figures: { verdicts } } = scene.history.of(link("rooms.example"))!;
  assertEquals(events.map(({ type }) => type), ["loss", "unreached", "notices", "settled"]);
  assertEquals(verdicts, { joined: 0, gone: 0, unconfirmed: 3 });
});

Deno.test("memory is bounded: events of a domain, and domains", () => {
  let now = 0;
  const history = new History({ links: 3, now: () => now++ });
  for (let n = 0; n < 5; n++) {
    for (let times = 0; times < MAX_EVENTS + 10; times++) {
      now += 2_000;
      history.reported(link(`d${n}`), { type: "loss", cause: "operator", joins: 1 });
    }
    history.reported(link("d0"), { type: "reachable", unverified: 1 });
  }
  assertEquals(history.links.map(({ domain }) => domain).toSorted(), ["d0", "d3", "d4"]);
  assertEquals(history.of(link("d4"))!.events.length, MAX_EVENTS);
});

Deno.test("hashes tell users apart, and can't be compared with those of another process", () => {
  const names = hashedNames();
  const users = ["ann@home.example/a", "ann@home.example/b", "bob@home.example/a"];
  assertEquals(new Set(users.map((user) => names.user(user))).size, 3);
  const bare = (user: string) => names.user(user).split("/")[0];
  assertEquals(bare(users[0]!), bare(users[1]!));
  assert(names.user(users[0]!) !== hashedNames().user(users[0]!));
});
