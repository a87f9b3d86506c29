import { assert, assertEquals } from "@std/assert";
import type { DomainOptions } from "../../../actors/messages/options.ts";
import type { Report } from "../../../actors/messages/effects.ts";
import type { RoomError } from "../../../actors/messages/events.ts";
import { ANSWERS, DomainRig, MINUTE, room, SECOND, user } from "../support/domain_rig.ts";

/** A domain with default settings whose rooms have lost everybody. */
function lost(options: DomainOptions = {}): DomainRig {
  const rig = new DomainRig({
    recover: "rejoin",
    pingDelay: SECOND,
    settle: 3 * SECOND,
    ...options,
  });
  rig.reply = ({ type }) => type === "ping" ? ANSWERS.notIn : ANSWERS.joined;
  return rig;
}

function error(condition: string, errorType = "cancel", more: Partial<RoomError> = {}): RoomError {
  return { type: "error", condition, errorType, ...more };
}

function rejoined(rig: DomainRig): string[] {
  return rig.rejoins.map(({ user }) => user.slice(0, user.indexOf("@")));
}

Deno.test("who has fallen out is joined again in its name, and not told", () => {
  const rig = lost().join("garden", "ann");
  rig.onRejoin = () => "in";
  rig.down();
  rig.advance(MINUTE);
  const [{ id: _, at, ...rejoin }] = rig.rejoins as [typeof rig.rejoins[0]];
  const seconds = Math.ceil((at - rig.start) / 1000) + 5;
  assertEquals(rejoin, {
    type: "rejoin",
    user: user("ann"),
    room: room("garden"),
    nick: "ann",
    seconds,
  });
  assertEquals([rig.rejoins.length, rig.told, rig.phase], [1, [], undefined]);
  const report = rig.reports.find(({ type }) => type === "rejoined");
  assertEquals(report, {
    type: "rejoined",
    user: user("ann"),
    room: room("garden"),
    after: at + 1 - rig.start,
  });
  assert(at - rig.start < 5 * SECOND);
});

Deno.test("with recover = notify nobody is joined again", () => {
  const rig = lost({ recover: "notify" }).join("garden", "ann");
  rig.down();
  rig.advance(MINUTE);
  assertEquals([rig.rejoins, rig.told], [[], ["ann garden gone"]]);
});

Deno.test("how much was missed is said only where it is known", () => {
  const rig = lost().join("garden", "ann");
  rig.receive({ type: "verify" });
  rig.advance(MINUTE);
  assertEquals(rig.rejoins[0]?.seconds, undefined);
});

Deno.test("a room that has vanished is not made again: its users are told", () => {
  const rig = lost().join("garden", "ann", "bob");
  rig.reply = () => ANSWERS.notFound;
  rig.down();
  rig.advance(MINUTE);
  assertEquals([rig.rejoins, rig.told.sort()], [[], ["ann garden gone", "bob garden gone"]]);
});

Deno.test("vanished = recreate: one user makes the room, then the others follow", () => {
  const rig = lost({ vanished: "recreate" }).join("garden", "ann", "bob", "cid");
  rig.reply = () => ANSWERS.notFound;
  rig.onRejoin = () => rig.rejoins.length === 1 ? "created" : "in";
  rig.down();
  rig.advance(MINUTE);
  assertEquals(rejoined(rig).sort(), ["ann", "bob", "cid"]);
  assertEquals(rig.forms.map(({ user, room }) => ({ user, room })), [
    { user: rig.rejoins[0]!.user, room: room("garden") },
  ]);
  assert(rig.rejoins[1]!.at >= rig.rejoins[0]!.at + SECOND, "after the form");
  assertEquals([rig.told, rig.phase], [[], undefined]);
});

Deno.test("a form that could not be sent is sent again", () => {
  const rig = lost({ vanished: "recreate" }).join("garden", "ann");
  rig.reply = () => ANSWERS.notFound;
  rig.onRejoin = () => "created";
  rig.down();
  rig.advance(4 * SECOND);
  while (rig.forms.length === 0) rig.advance(100);
  rig.receive({ type: "deferred", id: rig.forms[0]!.id });
  rig.advance(10 * SECOND);
  assertEquals([rig.forms.length, rig.phase], [2, undefined]);
});

Deno.test("a room that has moved for good: its users are told where to, and not joined again", () => {
  for (const recover of ["rejoin", "notify"] as const) {
    const rig = lost({ recover }).join("garden", "ann");
    rig.reply = () => ({ ...ANSWERS.ended, uri: "xmpp:park@rooms.example?join" });
    rig.down();
    rig.advance(MINUTE);
    assertEquals(rig.rejoins, []);
    const { reason, alternate } = rig.notices[0]!;
    assertEquals([reason, alternate], ["destroyed", "park@rooms.example"]);
  }
});

Deno.test("a room that moves while it is joined again tells where to, too", () => {
  const rig = lost().join("garden", "ann");
  rig.onRejoin = () => error("gone", "cancel", { uri: "xmpp:park@rooms.example?join" });
  rig.down();
  rig.advance(MINUTE);
  const { reason, alternate } = rig.notices[0]!;
  assertEquals([reason, alternate, rig.rejoins.length], ["destroyed", "park@rooms.example", 1]);
});

Deno.test("a room that does not want the user: told at once, and why", () => {
  for (const condition of ["registration-required", "forbidden", "not-authorized"]) {
    const rig = lost().join("garden", "ann");
    rig.onRejoin = () => error(condition, "auth");
    rig.down();
    rig.advance(10 * MINUTE);
    const { reason, because } = rig.notices[0]!;
    assertEquals([reason, because, rig.rejoins.length], ["gone", condition, 1]);
    assertEquals([rig.notices.length, rig.phase], [1, undefined]);
  }
});

Deno.test("a nick that is taken is tried again after 10 and 30 seconds, then the user is told", () => {
  const rig = lost().join("garden", "ann");
  rig.onRejoin = () => error("conflict");
  rig.down();
  rig.advance(10 * MINUTE);
  const waits = rig.rejoins.map(({ at }, i, all) => i === 0 ? 0 : at - all[i - 1]!.at).slice(1);
  assertEquals(waits.map((ms) => Math.floor(ms / 1000)), [10, 30]);
  assertEquals(rig.notices.map(({ because }) => because), ["conflict"]);
});

Deno.test("an own ghost that goes away in time is no reason to tell anybody", () => {
  const rig = lost().join("garden", "ann");
  rig.onRejoin = () => rig.rejoins.length < 3 ? error("conflict") : "in";
  rig.down();
  rig.advance(10 * MINUTE);
  assertEquals([rig.rejoins.length, rig.told, rig.phase], [3, [], undefined]);
});

Deno.test("a room that somebody has just made, and not configured, is tried again", () => {
  const rig = lost().join("garden", "ann");
  rig.onRejoin = () => rig.rejoins.length < 3 ? error("item-not-found") : "in";
  rig.down();
  rig.advance(10 * MINUTE);
  assertEquals([rig.rejoins.length, rig.told, rig.phase], [3, [], undefined]);
});

Deno.test("a room that stays locked: tried three times more, then the user is told", () => {
  const rig = lost().join("garden", "ann");
  rig.onRejoin = () => error("item-not-found");
  rig.down();
  rig.advance(10 * MINUTE);
  assertEquals([rig.rejoins.length, rig.told], [4, ["ann garden gone"]]);
});

Deno.test("a room that is full for now is asked again, and joined when it has room", () => {
  const rig = lost().join("garden", "ann");
  rig.onRejoin = () => rig.rejoins.length < 4 ? error("resource-constraint", "wait") : "in";
  rig.down();
  rig.advance(10 * MINUTE);
  assertEquals([rig.rejoins.length, rig.told, rig.phase], [4, [], undefined]);
});

Deno.test("a room that stays full: the user is told when give_up has passed, and why", () => {
  const rig = lost({ giveUp: 5 * MINUTE }).join("garden", "ann");
  rig.onRejoin = () => error("resource-constraint", "wait");
  rig.down();
  rig.advance(4 * MINUTE);
  assertEquals(rig.told, []);
  rig.advance(5 * MINUTE);
  const { reason, because } = rig.notices[0]!;
  assertEquals([reason, because], ["gone", "resource-constraint"]);
  assertEquals([rig.notices.length, rig.phase], [1, undefined]);
});

Deno.test("a rejoin that our server could not deliver: first the domain is looked for again", () => {
  const rig = lost().join("garden", "ann");
  rig.onRejoin = () => rig.rejoins.length === 1 ? error("remote-server-not-found") : "in";
  rig.down();
  while (rig.rejoins.length === 0) rig.advance(100);
  const probes = rig.probes.length;
  rig.advance(MINUTE);
  assert(rig.probes.length > probes);
  assertEquals([rig.rejoins.length, rig.told, rig.phase], [2, [], undefined]);
});

Deno.test("an error without an id is matched by user and room; one with another id is not ours", () => {
  const rig = lost().join("garden", "ann");
  rig.down();
  rig.advance(10 * SECOND);
  const refused = { type: "refused", user: user("ann"), room: room("garden") } as const;
  rig.receive({ ...refused, id: "other", error: error("forbidden", "auth") });
  rig.receive({ ...refused, room: room("pond"), id: "", error: error("forbidden", "auth") });
  assertEquals(rig.told, []);
  rig.receive({ ...refused, id: "", error: error("forbidden", "auth") });
  assertEquals(rig.told, ["ann garden gone"]);
});

Deno.test("no answer to a rejoin for a minute: the room is asked whether it has worked", () => {
  const rig = lost().join("garden", "ann");
  rig.down();
  rig.advance(10 * SECOND);
  assertEquals([rig.rejoins.length, rig.sent.length], [1, 1]);
  rig.reply = () => ANSWERS.joined;
  rig.advance(50 * SECOND);
  assertEquals(rig.sent.length, 1, "gateways take their time");
  rig.advance(10 * SECOND);
  assertEquals([rig.rejoins.length, rig.told, rig.phase], [1, [], undefined]);
  assert(rig.reports.some(({ type }) => type === "rejoined"));
});

Deno.test("rejoins that are never answered: three, then the user is told", () => {
  const rig = lost().join("garden", "ann");
  rig.down();
  rig.advance(10 * MINUTE);
  assertEquals(rig.rejoins.length, 3);
  assertEquals(rig.notices.map(({ because }) => because), ["timeout"]);
  assertEquals(rig.phase, undefined);
});

Deno.test("a session that is over, has left, or blocks the room is forgotten, not told", () => {
  for (const reason of ["ended", "left", "blocked"] as const) {
    const rig = lost().join("garden", "ann");
    rig.onRejoin = () => reason;
    rig.down();
    rig.advance(10 * MINUTE);
    assertEquals([rig.rejoins.length, rig.told, rig.domain.joins.size], [1, [], 0]);
    assertEquals(rig.domain.idle, true);
  }
});

Deno.test("a session that joins by itself is left alone, and verified", () => {
  const rig = lost().join("garden", "ann");
  rig.onRejoin = () => "joining";
  rig.down();
  while (rig.rejoins.length === 0) rig.advance(100);
  rig.reply = () => ANSWERS.joined;
  rig.advance(MINUTE);
  assertEquals([rig.rejoins.length, rig.told, rig.phase], [1, [], undefined]);
});

Deno.test("who leaves, logs out, or comes back while waiting for its turn is not joined again", () => {
  const events = [
    { type: "left", user: user("bob"), room: room("garden") },
    { type: "ended", user: user("bob") },
    { type: "forget", user: user("bob"), room: room("garden") },
    { type: "joined", user: user("bob"), room: room("garden"), nick: "bob" },
  ] as const;
  for (const event of events) {
    const rig = lost().join("garden", "ann", "bob");
    rig.down();
    while (rig.rejoins.length === 0) rig.advance(100);
    rig.advance(SECOND);
    assertEquals(rejoined(rig), ["ann"]);
    rig.receive(event);
    rig.answerRejoin("in");
    rig.advance(10 * MINUTE);
    assertEquals([rejoined(rig), rig.told, rig.phase], [["ann"], [], undefined], event.type);
  }
});

Deno.test("who asks for another nick is not joined under the old one", () => {
  const rig = lost().join("garden", "ann", "bob");
  rig.onRejoin = ({ user }) => user.startsWith("bob") ? "in" : undefined;
  rig.down();
  while (rig.rejoins.length === 0) rig.advance(100);
  rig.tell("renaming", "bob", "garden", "rob");
  rig.answerRejoin("in");
  rig.advance(20 * SECOND);
  assertEquals(rejoined(rig), ["ann"]);
  rig.advance(MINUTE);
  assertEquals(rejoined(rig), ["ann", "bob"]);
});

Deno.test("a rejoin made a room that nobody wanted: it is left, nobody else goes there, and all are told", () => {
  const rig = lost().join("garden", "ann", "bob", "cid").join("pond", "dan");
  rig.onRejoin = ({ room }) => room.startsWith("garden") ? "created" : "in";
  rig.down();
  rig.advance(10 * MINUTE);
  const inGarden = rig.rejoins.filter((rejoin) => rejoin.room === room("garden"));
  assertEquals(inGarden.length, 1);
  assertEquals(rig.told.length, 2);
  assert(rig.notices.every(({ because }) => because === "unwanted room"));
  assertEquals(rig.forms, []);
  assertEquals(rig.reports.filter(({ type }) => type === "unwanted-room").length, 1);
  const [{ user, nick }] = inGarden as [typeof rig.rejoins[0]];
  assertEquals(rig.leaves.map(({ id: _, ...leave }) => leave), [
    { type: "leave", user, room: room("garden"), nick },
  ]);
  const isReturn = (report: Report) => report.type === "rejoined" && report.user === user;
  assert(!rig.reports.some(isReturn), "nobody is back there");
  rig.receive({ type: "left", user, room: room("garden") });
  assertEquals([rig.domain.joins.size, rig.told.length, rig.phase], [1, 2, undefined]);
});

Deno.test("a room that nobody wanted can't be left now: left as soon as possible", () => {
  const rig = lost().join("garden", "ann");
  rig.onRejoin = () => "created";
  rig.down();
  while (rig.leaves.length === 0) rig.advance(100);
  rig.receive({ type: "deferred", id: rig.leaves[0]!.id });
  rig.advance(10 * SECOND);
  assertEquals(rig.leaves.length, 2);
});

Deno.test("vanished = recreate: a room that vanishes at the last moment is made open, too", () => {
  const rig = lost({ vanished: "recreate" }).join("garden", "ann", "bob");
  rig.onRejoin = () => rig.rejoins.length === 1 ? "created" : "in";
  rig.down();
  rig.advance(MINUTE);
  assertEquals([rig.rejoins.length, rig.forms.length], [2, 1]);
  assertEquals([rig.leaves, rig.told, rig.phase], [[], [], undefined]);
});

Deno.test("one user of a room goes first; no more than two of a domain are under way", () => {
  const rig = lost().join("garden", "ann", "bob", "cid").join("pond", "dan", "eve");
  rig.join("lake", "fay");
  rig.down();
  rig.advance(9 * SECOND);
  const rooms = rig.rejoins.map(({ room }) => room);
  assertEquals([rooms.length, new Set(rooms).size], [2, 2]);
  assertEquals(rig.domain.status.rejoining, 6);
  rig.onRejoin = () => "in";
  for (const sent of rig.rejoins.slice()) rig.answerRejoin("in", sent);
  rig.advance(30 * SECOND);
  assertEquals([rig.rejoins.length, rig.phase, rig.domain.status.rejoining], [6, undefined, 0]);
});

Deno.test("a rejoin without an answer holds up others for ten seconds, not for a minute", () => {
  const rig = lost().join("garden", "ann").join("pond", "bob").join("lake", "cid");
  rig.down();
  rig.advance(9 * SECOND);
  assertEquals(rig.rejoins.length, 2);
  rig.advance(10 * SECOND);
  assertEquals(rig.rejoins.length, 3);
});

Deno.test("rejoins keep to rejoins_per_second, and to fresh verdicts", () => {
  const rig = lost({ rejoinsPerSecond: 0.5 });
  for (let i = 0; i < 10; i++) rig.join("garden", `user${i}`);
  const askedAt = new Map<string, number>();
  rig.reply = ({ user }) => {
    askedAt.set(user, rig.time.now);
    return ANSWERS.notIn;
  };
  rig.onRejoin = ({ user }) => {
    assert(rig.time.now - askedAt.get(user)! <= 6 * SECOND, `${user}: the verdict is old`);
    return "in";
  };
  rig.down();
  rig.advance(2 * MINUTE);
  assertEquals([rig.rejoins.length, rig.told, rig.phase], [10, [], undefined]);
  rig.rejoins.slice(1).forEach(({ at }, i) => assert(at - rig.rejoins[i]!.at >= 2 * SECOND));
});

Deno.test("a room that vanishes while its users wait for their turn is not made again", () => {
  const rig = lost({ rejoinsPerSecond: 0.1 }).join("garden", "ann", "bob");
  rig.onRejoin = () => "in";
  rig.down();
  while (rig.rejoins.length === 0) rig.advance(100);
  rig.reply = () => ANSWERS.notFound;
  rig.advance(MINUTE);
  assertEquals([rig.rejoins.length, rig.told.length, rig.phase], [1, 1, undefined]);
});

Deno.test("the link is lost again before a rejoin is answered: everybody is verified again", () => {
  const rig = lost().join("garden", "ann", "bob");
  rig.down();
  while (rig.rejoins.length === 0) rig.advance(100);
  rig.down(false, "in");
  rig.onRejoin = () => "in";
  rig.advance(MINUTE);
  assertEquals(rejoined(rig).sort(), ["ann", "ann", "bob"]);
  assertEquals([rig.told, rig.phase], [[], undefined]);
});

Deno.test("the domain is lost again while users wait for their turn: none is sent there", () => {
  const rig = lost({ rejoinsPerSecond: 0.5 }).join("garden", "ann", "bob");
  rig.onRejoin = () => "in";
  rig.down();
  while (rig.rejoins.length === 0) rig.advance(100);
  const { reply } = rig;
  rig.reachable = false;
  rig.reply = () => ANSWERS.unreachable;
  rig.receive({ type: "unreachable" });
  rig.advance(30 * SECOND);
  assertEquals(rejoined(rig).length, 1);
  rig.reachable = true;
  rig.reply = reply;
  rig.advance(10 * MINUTE);
  assertEquals([rejoined(rig).length, rig.told, rig.phase], [2, [], undefined]);
});

Deno.test("our server can't take a rejoin now: sent again, as one", () => {
  const rig = lost().join("garden", "ann");
  rig.down();
  while (rig.rejoins.length === 0) rig.advance(100);
  rig.onRejoin = () => "in";
  rig.receive({ type: "deferred", id: rig.rejoins[0]!.id });
  rig.advance(10 * SECOND);
  assertEquals([rig.rejoins.length, rig.told, rig.phase], [2, [], undefined]);
});

Deno.test("a domain that comes back after hours gets its users back", () => {
  const rig = lost().join("garden", "ann");
  rig.onRejoin = () => "in";
  rig.reachable = false;
  const { reply } = rig;
  rig.reply = () => ANSWERS.unreachable;
  rig.down();
  rig.advance(5 * 60 * MINUTE);
  assertEquals([rig.told, rig.rejoins], [[], []]);
  rig.reachable = true;
  rig.reply = reply;
  rig.advance(2 * MINUTE);
  assertEquals([rejoined(rig), rig.told, rig.phase], [["ann"], [], undefined]);
});

Deno.test("a crash between rejoin and answer: verified again, since the join was kept", () => {
  const rig = lost().join("garden", "ann");
  rig.down();
  while (rig.rejoins.length === 0) rig.advance(100);
  const { user, room: { jid }, nick, since, confirmed } = [...rig.domain.joins][0]!;
  const next = lost();
  next.onRejoin = () => "in";
  const { losses } = rig.domain.status;
  next.domain.restore([{ user, room: jid, nick, since, confirmed }], losses, 100);
  next.receive({ type: "away" });
  next.advance(MINUTE);
  assertEquals([next.rejoins.length, next.told, next.phase], [1, [], undefined]);
});

Deno.test("where the home host probes, neither the component nor a user does", () => {
  const rig = lost().join("garden", "ann");
  rig.hostProbes = true;
  rig.componentReachable = false;
  rig.reachable = false;
  rig.down();
  rig.advance(5 * MINUTE);
  assert(rig.probes.length > 3 && rig.probes.every(({ by }) => by === "host"));
  assertEquals(rig.asked, []);
});

Deno.test("a domain that answers stands for a few seconds before its rooms are asked", () => {
  const rig = lost().join("garden", "ann");
  rig.down();
  while (rig.probes.length === 0) rig.advance(10);
  const { seconds } = rig;
  rig.advance(2_900);
  assertEquals(rig.asked, []);
  rig.advance(200);
  assertEquals(rig.asked.length, 1, `${rig.seconds - seconds} s after the probe`);
});

Deno.test("20,000 users who are out are all brought back, and nobody is forgotten", () => {
  const rig = lost({ rejoinsPerSecond: 1000, pingsPerSecond: 1000 });
  for (let i = 0; i < 20_000; i++) rig.join(`room${i % 500}`, `user${i}`);
  rig.onRejoin = () => "in";
  rig.down();
  rig.advance(60 * MINUTE);
  assertEquals(rig.phase, undefined);
  assertEquals([new Set(rejoined(rig)).size, rig.rejoins.length, rig.told], [20_000, 20_000, []]);
});

Deno.test("who is put out by a fault of the room is brought back, and so are others it has lost", () => {
  const rig = lost().join("garden", "ann", "bob").join("pond", "cid");
  const out = new Set(["ann", "bob"].map((name) => user(name)));
  rig.reply = ({ user }) => out.has(user) ? ANSWERS.notIn : ANSWERS.joined;
  rig.onRejoin = ({ user }) => (out.delete(user), "in");
  rig.receive({ type: "dropped", user: user("ann"), room: room("garden") });
  rig.receive({ type: "dropped", user: user("bob"), room: room("garden") });
  rig.advance(MINUTE);
  assertEquals(rejoined(rig).toSorted(), ["ann", "bob"]);
  assertEquals([rig.told, rig.phase], [[], undefined]);
  const losses = rig.reports.filter(({ type }) => type === "loss");
  assertEquals(losses.length, 1, "the second one was in doubt already");
});

Deno.test("who is put out again while being brought back is brought back once more", () => {
  const rig = lost().join("garden", "ann");
  rig.onRejoin = () => "in";
  rig.receive({ type: "dropped", user: user("ann"), room: room("garden") });
  rig.advance(10 * SECOND);
  rig.receive({ type: "dropped", user: user("ann"), room: room("garden") });
  rig.advance(MINUTE);
  assertEquals([rejoined(rig), rig.told, rig.phase], [["ann", "ann"], [], undefined]);
});

Deno.test("a room that puts out whom nobody knows to be there changes nothing", () => {
  const rig = lost().join("garden", "ann");
  rig.receive({ type: "dropped", user: user("bob"), room: room("garden") });
  rig.advance(MINUTE);
  assertEquals([rig.asked, rig.phase], [[], undefined]);
});
