import { assert, assertEquals } from "@std/assert";
import {
  ANSWERS,
  DOMAIN,
  DomainRig,
  HOST,
  MINUTE,
  room,
  SECOND,
  user,
} from "./support/domain_rig.ts";

// --- when a verification begins -----------------------------------------------------------------

Deno.test("a lost link is verified after ping_delay and some jitter", () => {
  for (const [random, seconds] of [[0, 60], [0.5, 66], [0.99, 71.88]] as const) {
    const rig = new DomainRig().join("garden", "ann");
    rig.random = random;
    rig.down();
    rig.advance(seconds * SECOND - 10);
    assertEquals(rig.probes.length, 0);
    rig.advance(20);
    assertEquals(rig.probes.length, 1);
  }
});

Deno.test("two streams lost at the same moment are one verification", () => {
  const rig = new DomainRig().join("garden", "ann");
  rig.reply = () => ANSWERS.notIn;
  rig.down(false, "out");
  rig.advance(5);
  rig.down(false, "in");
  rig.advance(2 * MINUTE);
  assertEquals(rig.told, ["ann garden gone"]);
  assertEquals(rig.phase, undefined);
});

Deno.test("a link closed in good order is verified when it is up again, never reopened by us", () => {
  const rig = new DomainRig().join("garden", "ann");
  rig.reply = () => ANSWERS.joined;
  rig.down(true, "out");
  rig.down(true, "in");
  rig.advance(60 * MINUTE);
  assertEquals(rig.phase, undefined);
  rig.up();
  rig.join("pond", "bob");
  rig.advance(2 * MINUTE);
  assertEquals(rig.asked, ["ann garden"], "bob came with the new link");
  assertEquals(rig.probes.length, 0, "the link is there");
});

Deno.test("a stream that is up twice was lost in between", () => {
  const rig = new DomainRig().join("garden", "ann");
  rig.up();
  rig.advance(80 * SECOND);
  assertEquals(rig.asked, ["ann garden"]);
});

Deno.test("a room that does not know a user is asked about that user; if it errs, nobody else is", () => {
  const rig = new DomainRig().join("garden", "ann", "bob").join("pond", "cid");
  rig.reply = () => ANSWERS.joined;
  rig.tell("rejected", "bob", "garden");
  rig.advance(2 * MINUTE);
  assertEquals([rig.asked, rig.told, rig.phase], [["bob garden"], [], undefined]);
});

Deno.test("if a room rightly does not know a user, it is asked about all others", () => {
  const rig = new DomainRig().join("garden", "ann", "bob").join("pond", "cid");
  rig.reply = ({ user }) => user.startsWith("bob") ? ANSWERS.notIn : ANSWERS.joined;
  rig.tell("rejected", "bob", "garden");
  rig.advance(2 * MINUTE);
  assertEquals(rig.asked, ["bob garden", "ann garden", "cid pond"]);
  assertEquals([rig.told, rig.phase], [["bob garden gone"], undefined]);
});

Deno.test("a user who was rejected and leaves, or joins again, leaves no doubts behind", () => {
  for (const rejoins of [false, true]) {
    const rig = new DomainRig().join("garden", "ann", "bob");
    rig.tell("rejected", "bob", "garden");
    rig.tell("left", "bob", "garden");
    if (rejoins) rig.join("garden", "bob");
    rig.advance(2 * MINUTE);
    assertEquals([rig.asked, rig.told, rig.phase], [[], [], undefined]);
  }
});

Deno.test("a link that is lost after a user was rejected puts everybody in doubt", () => {
  const rig = new DomainRig().join("garden", "ann", "bob");
  rig.reply = () => ANSWERS.joined;
  rig.tell("rejected", "bob", "garden");
  rig.advance(30 * SECOND);
  rig.down();
  rig.advance(2 * MINUTE);
  assertEquals(rig.asked.sort(), ["ann garden", "bob garden"]);
});

Deno.test("a domain that could not be reached for a user is verified", () => {
  const rig = new DomainRig().join("garden", "ann");
  rig.receive({ type: "unreachable" });
  rig.receive({ type: "unreachable" });
  rig.advance(80 * SECOND);
  assertEquals(rig.reports.filter(({ type }) => type === "loss").length, 1);
  assertEquals(rig.asked, ["ann garden"]);
});

Deno.test("silence is a reason only where no plugin reports the link", () => {
  const silent = new DomainRig({ silence: 5 * MINUTE }).join("garden", "ann");
  silent.reply = () => ANSWERS.joined;
  for (let minute = 0; minute < 20; minute++) {
    silent.advance(MINUTE);
    silent.tell("seen", "ann", "garden");
  }
  assertEquals(silent.asked, []);
  silent.advance(6 * MINUTE);
  assertEquals(silent.asked, ["ann garden"]);

  const plugin = new DomainRig().join("garden", "ann");
  plugin.advance(600 * MINUTE);
  assertEquals(plugin.probes.length, 0);
});

Deno.test("an operator's command asks at once", () => {
  const rig = new DomainRig().join("garden", "ann");
  rig.receive({ type: "verify" });
  rig.advance(100);
  assertEquals(rig.asked, ["ann garden"]);
});

Deno.test("after a restart all is verified, with deadlines that still hold", () => {
  const rig = new DomainRig({ probe: "component" });
  rig.reachable = false;
  const lost = { seq: 7, at: rig.time.now - 9 * MINUTE, cause: "link-down" } as const;
  const ann = { user: user("ann"), room: room("garden"), nick: "ann", since: 0, confirmed: 6 };
  const bob = { ...ann, user: user("bob"), confirmed: 7 };
  rig.domain.restore([ann, bob], [lost], 7);
  rig.receive({ type: "away" });
  rig.advance(3 * MINUTE);
  assertEquals(rig.told, ["ann garden unconfirmed"]);
  rig.advance(8 * MINUTE);
  assertEquals(rig.told, ["ann garden unconfirmed", "bob garden unconfirmed"]);
});

Deno.test("a snapshot adds what is new, keeps what is known and forgets the rest in silence", () => {
  const rig = new DomainRig().join("garden", "ann", "bob");
  const item = (name: string, nick = name) => ({ user: user(name), room: room("garden"), nick });
  rig.receive({ type: "away" });
  rig.snapshot([item("bob", "bobby"), item("cid")]);
  assertEquals([...rig.domain.joins].map(({ nick }) => nick).sort(), ["bobby", "cid"]);
  rig.reply = () => ANSWERS.joined;
  rig.advance(3 * MINUTE);
  assertEquals(rig.asked.sort(), ["bob garden", "cid garden"]);
  assertEquals(rig.told, []);
});

Deno.test("what happens while a snapshot comes in is newer than what it names", () => {
  const rig = new DomainRig().join("garden", "ann", "bob", "cid");
  const item = (name: string) => ({ user: user(name), room: room("garden"), nick: name });
  rig.receive({ type: "snapshot-begin" });
  rig.receive({ type: "snapshot", joins: [item("ann"), item("bob")] });
  rig.tell("left", "ann", "garden");
  rig.join("garden", "cid", "dan");
  rig.receive({ type: "snapshot-end", up: ["in", "out"] });
  assertEquals([...rig.domain.joins].map(({ nick }) => nick).sort(), ["bob", "cid", "dan"]);
});

Deno.test("a snapshot that was cut short is forgotten when the next one begins", () => {
  const rig = new DomainRig().join("garden", "ann", "bob");
  const item = (name: string) => ({ user: user(name), room: room("garden"), nick: name });
  rig.receive({ type: "snapshot-begin" });
  rig.receive({ type: "snapshot", joins: [item("ann")] });
  rig.snapshot([item("bob")]);
  assertEquals([...rig.domain.joins].map(({ nick }) => nick), ["bob"]);
});

Deno.test("100,000 joins that a snapshot does not name go a few at a time; who rejoins stays", () => {
  const rig = new DomainRig();
  for (let index = 0; index < 100_000; index++) rig.join(`room${index % 2000}`, `user${index}`);
  rig.snapshot([]);
  let { size } = rig.domain.joins;
  assert(size > 99_000, "all at once");
  rig.join("room1999", "user99999");
  rig.tell("left", "user1", "room1");
  while (rig.domain.joins.size > 1) {
    rig.time.step();
    assert(size - rig.domain.joins.size <= 1_000);
    size = rig.domain.joins.size;
  }
  assertEquals([...rig.domain.joins].map(({ nick }) => nick), ["user99999"]);
  assertEquals(rig.told, []);
});

Deno.test("after a resynchronisation a missed loss still counts, whatever was closed before it", () => {
  const rig = new DomainRig().join("garden", "ann");
  rig.reply = () => ANSWERS.joined;
  rig.down(true, "out");
  rig.receive({ type: "away" });
  const ann = { user: user("ann"), room: room("garden"), nick: "ann" };
  rig.snapshot([ann]);
  rig.advance(3 * MINUTE);
  assertEquals(rig.asked.length, 1);
  rig.up();
  rig.advance(2 * MINUTE);
  assertEquals(rig.asked.length, 2);
});

// --- probing --------------------------------------------------------------------------------------

Deno.test("nobody is asked before the domain answers a probe; the waits between probes grow", () => {
  const rig = new DomainRig().join("garden", "ann");
  rig.reachable = false;
  rig.random = 0.999;
  rig.down();
  rig.advance(8 * MINUTE);
  assertEquals(rig.asked.length, 2, "every third time a user asks");
  const waits = rig.reports.flatMap((report) => report.type === "unreached" ? [report.until] : [])
    .map((until, index, all) => index === 0 ? 0 : until - all[index - 1]!).slice(1);
  assert(
    waits.every((wait, index) => index === 0 || wait >= waits[index - 1]! - SECOND),
    `${waits}`,
  );
  assert(Math.max(...waits) <= 120 * SECOND + 31 * SECOND);
});

Deno.test("back-off has full jitter: it may be nearly nothing, but not nothing", () => {
  const rig = new DomainRig({ probe: "component", unconfirmed: "keep" }).join("garden", "ann");
  rig.reachable = false;
  rig.down();
  rig.advance(61 * SECOND + 500);
  const seen = rig.probes.length;
  rig.advance(SECOND + 10);
  assertEquals(rig.probes.length, seen + 1);
});

Deno.test("where the component can't be reached, one user is the canary", () => {
  const rig = new DomainRig().join("garden", "ann", "bob", "cid");
  rig.componentReachable = false;
  rig.down();
  rig.advance(61 * SECOND);
  assertEquals([rig.probes.length, rig.asked.length], [0, 1]);
  rig.answer(ANSWERS.joined);
  rig.advance(SECOND);
  assertEquals(rig.asked.length, 3);
});

Deno.test("while the home server may bounce no user is the canary, until the time to confirm is over", () => {
  const rig = new DomainRig({ confirmWithin: 400 * SECOND }).join("garden", "ann");
  rig.triesAnew = false;
  rig.componentReachable = undefined;
  rig.reachable = false;
  rig.reply = () => ANSWERS.unreachable;
  rig.down();
  rig.advance(299 * SECOND);
  assert(rig.probes.length > 0);
  assertEquals(rig.asked, []);
  // Later one ping is risked; it fails, so the next one waits for the end.
  rig.advance(100 * SECOND);
  assert(rig.asked.length <= 1);
  assertEquals(rig.notices, []);
  rig.advance(400 * SECOND);
  assertEquals(rig.notices.length, 1);
  assertEquals(rig.asked.length, 2);
});

Deno.test("another canary is tried each time: one stuck room does not make a domain unreachable", () => {
  const rig = new DomainRig({ probe: "user" }).join("stuck", "ann").join("garden", "bob");
  rig.reply = ({ room }) => room.startsWith("stuck") ? undefined : ANSWERS.joined;
  rig.down();
  for (let step = 0; step < 40; step++) {
    rig.random = (step % 10) / 10;
    rig.advance(10 * SECOND);
  }
  assert(rig.asked.includes("bob garden"));
  rig.random = 0;
  rig.advance(20 * MINUTE);
  assertEquals(rig.told, ["ann stuck unconfirmed"]);
});

Deno.test("a link that comes back ends the waiting", () => {
  const rig = new DomainRig({ backoffMin: 120 * SECOND }).join("garden", "ann");
  rig.reachable = false;
  rig.random = 0.9;
  rig.down();
  rig.advance(75 * SECOND);
  assertEquals(rig.phase, "backoff");
  rig.up();
  rig.advance(5 * SECOND);
  assertEquals(rig.asked, ["ann garden"]);
});

// --- asking ---------------------------------------------------------------------------------------

Deno.test("one user of each room is asked first, then the others", () => {
  const rig = new DomainRig().join("garden", "ann", "bob").join("pond", "cid", "dan");
  rig.down();
  rig.advance(80 * SECOND);
  const rooms = rig.sent.map(({ room }) => room);
  assertEquals(new Set(rooms.slice(0, 2)).size, 2);
  assertEquals(rooms.length, 4);
});

Deno.test("the pace holds in every second, from canary to rounds that are started anew", () => {
  const rig = new DomainRig({ pingsPerSecond: 20, probe: "user" });
  for (let index = 0; index < 100; index++) rig.join(`room${index % 7}`, `user${index}`);
  rig.reply = () => ANSWERS.joined;
  for (let round = 0; round < 5; round++) {
    rig.receive({ type: "verify" });
    rig.advance(1_111);
  }
  const times = rig.sent.map(({ at }) => at);
  assert(times.length > 60);
  for (const at of times) {
    assert(times.filter((other) => other >= at && other < at + SECOND).length <= 20);
  }
});

Deno.test("evidence from the room settles a join without a ping", () => {
  const rig = new DomainRig().join("garden", "ann", "bob", "cid");
  rig.reply = () => ANSWERS.notIn;
  rig.down();
  rig.advance(SECOND);
  rig.tell("seen", "ann", "garden");
  rig.tell("joined", "bob", "garden");
  rig.advance(2 * MINUTE);
  assertEquals(rig.asked, ["cid garden"]);
  assertEquals(rig.told, ["cid garden gone"]);
});

Deno.test("evidence from before the loss settles nothing", () => {
  const rig = new DomainRig().join("garden", "ann");
  rig.tell("seen", "ann", "garden");
  rig.down();
  rig.advance(80 * SECOND);
  assertEquals(rig.asked, ["ann garden"]);
});

Deno.test("a user with a pending nick change is asked when the room has decided", () => {
  const rig = new DomainRig().join("garden", "ann");
  rig.down();
  rig.advance(55 * SECOND);
  rig.tell("renaming", "ann", "garden", "anna");
  rig.advance(20 * SECOND);
  assertEquals(rig.asked, []);
  rig.advance(15 * SECOND);
  assertEquals(rig.asked, ["ann garden"], "the room never decided");

  const other = new DomainRig().join("garden", "ann");
  other.down();
  other.advance(55 * SECOND);
  other.tell("renaming", "ann", "garden", "anna");
  other.tell("renamed", "ann", "garden", "anna");
  other.advance(2 * MINUTE);
  assertEquals(other.asked, [], "the room's word is evidence");
  other.receive({ type: "verify" });
  other.advance(SECOND);
  assertEquals(other.sent.map((sent) => sent.type === "ping" && sent.nick), ["anna"]);
});

Deno.test("two sessions of a user in a room are asked one after the other", () => {
  const rig = new DomainRig();
  for (const resource of ["phone", "tablet"]) {
    rig.receive({ type: "joined", user: user("ann", resource), room: room("garden"), nick: "ann" });
  }
  rig.down();
  rig.advance(70 * SECOND);
  assertEquals(rig.sent.length, 1);
  rig.answer(ANSWERS.joined);
  rig.advance(2 * SECOND);
  assertEquals(rig.sent.map(({ user }) => user).sort(), [
    user("ann", "phone"),
    user("ann", "tablet"),
  ]);
});

Deno.test("what our server does not take now is asked later", () => {
  const rig = new DomainRig().join("garden", "ann");
  rig.down();
  rig.advance(61 * SECOND);
  const late = rig.sent.at(-1)!;
  rig.receive({ type: "deferred", id: late.id });
  rig.advance(20 * MINUTE);
  const times = rig.sent.map(({ at }) => at);
  assert(times[1]! - times[0]! >= SECOND);
});

Deno.test("nobody is given up while our server is slow", () => {
  const rig = new DomainRig().join("garden", "ann", "bob");
  rig.reply = () => undefined;
  rig.down();
  for (let second = 0; second < 1200; second++) {
    rig.advance(SECOND);
    for (const { id } of rig.sent.splice(0)) rig.receive({ type: "deferred", id });
  }
  assertEquals(rig.told, []);
  rig.reply = () => ANSWERS.joined;
  rig.advance(5 * SECOND);
  assertEquals([rig.phase, rig.told], [undefined, []]);
});

// --- verdicts -------------------------------------------------------------------------------------

Deno.test("who is not in the room is told once, and forgotten", () => {
  const rig = new DomainRig().join("garden", "ann", "bob");
  rig.reply = ({ user }) => user.startsWith("ann") ? ANSWERS.notIn : ANSWERS.joined;
  rig.down();
  rig.advance(61 * SECOND);
  rig.answer(ANSWERS.notIn, rig.sent[0]);
  rig.advance(60 * MINUTE);
  assertEquals(rig.told, ["ann garden gone"]);
  assertEquals(rig.domain.status, {
    link: "down",
    joins: 1,
    rooms: 1,
    users: 1,
    losses: [],
    left: 0,
    open: 0,
  });
});

Deno.test("a room that has ended for good is told as such", () => {
  const rig = new DomainRig().join("garden", "ann");
  rig.reply = () => ANSWERS.ended;
  rig.down();
  rig.advance(2 * MINUTE);
  assertEquals(rig.told, ["ann garden destroyed"]);
});

Deno.test("who rejoins before the answer comes is left in peace", () => {
  const rig = new DomainRig().join("garden", "ann");
  rig.down();
  rig.advance(61 * SECOND);
  rig.tell("left", "ann", "garden");
  rig.join("garden", "ann");
  rig.answer(ANSWERS.notIn);
  rig.advance(60 * MINUTE);
  assertEquals([rig.told, rig.phase], [[], undefined]);
});

Deno.test("who is seen to join again after the question is left in peace, too", () => {
  const rig = new DomainRig().join("garden", "ann", "bob");
  rig.down();
  rig.advance(61 * SECOND);
  rig.tell("joined", "ann", "garden");
  for (const sent of rig.sent.slice()) rig.answer(ANSWERS.notIn, sent);
  assertEquals([rig.told, rig.phase], [["bob garden gone"], undefined]);
});

Deno.test("an old answer does not outweigh newer evidence", () => {
  const rig = new DomainRig().join("garden", "ann", "bob");
  rig.down();
  rig.advance(61 * SECOND);
  rig.down(false, "in");
  rig.tell("seen", "ann", "garden");
  for (const sent of rig.sent.splice(0)) rig.answer(ANSWERS.joined, sent);
  rig.reply = () => ANSWERS.joined;
  rig.advance(2 * MINUTE);
  assertEquals(rig.asked, ["bob garden"]);
});

Deno.test("a ping that the room passes on to a client is proof, and enough", () => {
  const rig = new DomainRig().join("garden", "ann");
  rig.down();
  rig.advance(61 * SECOND);
  rig.tell("reflected", "ann", "garden");
  assertEquals(rig.phase, undefined);
  rig.answer(ANSWERS.notIn);
  assertEquals(rig.told, []);
});

Deno.test("an answer with a foreign id, or from another room, is none", () => {
  const rig = new DomainRig().join("garden", "ann");
  rig.down();
  rig.advance(61 * SECOND);
  const { id } = rig.sent[0]!;
  rig.receive({ type: "answered", id: "rk-99", room: room("garden"), answer: ANSWERS.notIn });
  rig.receive({ type: "answered", id, room: room("pond"), answer: ANSWERS.notIn });
  assertEquals(rig.told, []);
  assertEquals(rig.domain.status.open, 1);
});

Deno.test("a room that is not found is looked for; who waits for it is told when it is gone", () => {
  const rig = new DomainRig().join("garden", "ann", "bob");
  rig.reply = () => ANSWERS.notFound;
  rig.down();
  rig.advance(2 * MINUTE);
  assertEquals(rig.sent.map(({ type }) => type).sort(), ["ask-room", "ping", "ping"]);
  assertEquals(rig.told.sort(), ["ann garden gone", "bob garden gone"]);
});

Deno.test("a room that is found: the users are asked again, as it may have been made anew", () => {
  for (
    const [answer, told] of [
      [ANSWERS.notFound, []],
      [ANSWERS.notIn, ["ann garden gone"]],
      [ANSWERS.joined, []],
    ] as const
  ) {
    const rig = new DomainRig().join("garden", "ann");
    rig.reply = ({ type }) =>
      type === "ask-room" ? ANSWERS.joined : rig.sent.length === 1 ? ANSWERS.notFound : answer;
    rig.down();
    rig.advance(2 * MINUTE);
    assertEquals(rig.sent.map(({ type }) => type), ["ping", "ask-room", "ping"]);
    assertEquals([rig.told, rig.phase], [told, undefined]);
  }
});

Deno.test("a room is looked for at once, and by somebody who still waits for it", () => {
  const rig = new DomainRig({ pingsPerSecond: 10 }).join("garden", "ann", "bob");
  for (let index = 0; index < 50; index++) rig.join("pond", `user${index}`);
  rig.reply = ({ type, room }) => {
    if (!room.startsWith("garden")) return ANSWERS.joined;
    return type === "ping" ? ANSWERS.notFound : undefined;
  };
  rig.down();
  rig.advance(60 * SECOND + 90);
  assertEquals(rig.sent.at(-1)?.type, "ping");
  rig.advance(100);
  const question = rig.sent.find(({ type }) => type === "ask-room")!;
  assertEquals(question.room, room("garden"));
});

Deno.test("undecided: asked again, and what our server could not deliver ends the round", () => {
  const rig = new DomainRig().join("garden", "ann", "bob", "cid");
  rig.reply = () => ANSWERS.unreachable;
  rig.down();
  rig.advance(61 * SECOND);
  assertEquals(rig.phase, "backoff");
  rig.reply = () => ANSWERS.busy;
  rig.advance(60 * SECOND);
  rig.reply = () => ANSWERS.joined;
  rig.advance(4 * MINUTE);
  assertEquals([rig.told, rig.phase], [[], undefined]);
});

Deno.test("no answer in ping_timeout is undecided", () => {
  const rig = new DomainRig().join("garden", "ann");
  rig.down();
  rig.advance(60 * SECOND + 1 + 30 * SECOND - 10);
  assertEquals(rig.domain.status.open, 1);
  rig.advance(20);
  assertEquals([rig.domain.status.open, rig.phase], [0, "backoff"]);
});

Deno.test("a late bounce of an older question does not end a round that is being answered", () => {
  const rig = new DomainRig({ pingsPerSecond: 1 }).join("garden", "ann", "bob", "cid");
  rig.down();
  rig.advance(60 * SECOND + 2_500);
  assertEquals(rig.sent.length, 3);
  rig.answer(ANSWERS.joined, rig.sent[1]);
  rig.answer(ANSWERS.unreachable, rig.sent[0]);
  assertEquals(rig.phase, "asking");
});

// --- giving up ------------------------------------------------------------------------------------

Deno.test("a domain that stays away is given up when confirm_within has passed, not before", () => {
  const rig = new DomainRig().join("garden", "ann").join("pond", "bob");
  rig.reachable = false;
  rig.reply = () => ANSWERS.unreachable;
  rig.down();
  rig.advance(10 * MINUTE - 1);
  assertEquals(rig.told, []);
  rig.advance(1);
  assertEquals(rig.told.sort(), ["ann garden unconfirmed", "bob pond unconfirmed"]);
  assertEquals(rig.phase, undefined);
  rig.advance(60 * MINUTE);
  assertEquals(rig.told.length, 2);
});

Deno.test("after a downtime longer than confirm_within one unanswered question decides nothing", () => {
  const rig = new DomainRig();
  const lost = { seq: 5, at: rig.start - 60 * MINUTE, cause: "link-down" } as const;
  const join = (name: string) => (
    { user: user(name), room: room("garden"), nick: name, since: 0, confirmed: 3 }
  );
  rig.domain.restore([join("ann"), join("bob")], [lost], 5);
  rig.receive({ type: "away" });
  rig.reply = ({ user }) => user.startsWith("bob") ? ANSWERS.joined : undefined;
  rig.advance(90 * SECOND + 500);
  assertEquals([rig.asked, rig.told], [["ann garden", "bob garden"], []]);
  rig.advance(5 * MINUTE);
  assertEquals([rig.asked.length, rig.told], [3, ["ann garden unconfirmed"]]);
});

Deno.test("what was tried in vain while we could reach nobody does not count afterwards", () => {
  const rig = new DomainRig().join("garden", "ann", "bob");
  rig.reachable = false;
  rig.reply = () => ANSWERS.unreachable;
  rig.outage = true;
  rig.down();
  rig.advance(10 * MINUTE - 1);
  rig.outage = false;
  rig.reachable = true;
  rig.reply = () => ANSWERS.joined;
  rig.advance(5 * MINUTE);
  assertEquals([rig.told, rig.phase], [[], undefined]);
});

Deno.test("unconfirmed = keep: nobody is told, and all is verified when the link is back", () => {
  const rig = new DomainRig({ unconfirmed: "keep" }).join("garden", "ann");
  rig.reachable = false;
  rig.reply = () => ANSWERS.unreachable;
  rig.down();
  rig.advance(60 * MINUTE);
  assertEquals([rig.told, rig.phase, rig.domain.joins.size], [[], undefined, 1]);
  rig.reply = () => ANSWERS.notIn;
  rig.up();
  rig.advance(2 * MINUTE);
  assertEquals(rig.told, ["ann garden gone"]);
});

Deno.test("confirm_within = 0: the first answer that does not confirm decides", () => {
  const rig = new DomainRig({ confirmWithin: 0 }).join("garden", "ann").join("pond", "bob");
  rig.reply = ({ room }) => room.startsWith("garden") ? ANSWERS.busy : ANSWERS.joined;
  rig.down();
  rig.advance(61 * SECOND);
  assertEquals(rig.told, ["ann garden unconfirmed"]);
});

Deno.test("while we can reach nobody, nobody is judged; afterwards all are asked anew", () => {
  const rig = new DomainRig().join("garden", "ann", "bob");
  rig.reachable = false;
  rig.reply = () => ANSWERS.unreachable;
  rig.outage = true;
  rig.down();
  rig.advance(60 * MINUTE);
  assertEquals(rig.told, []);
  rig.outage = false;
  rig.reachable = true;
  rig.reply = ({ user }) => user.startsWith("ann") ? ANSWERS.notIn : ANSWERS.joined;
  rig.advance(5 * MINUTE);
  assertEquals(rig.told, ["ann garden gone"]);
});

Deno.test("an answer that we may have missed while we were away is not held against the user", () => {
  const rig = new DomainRig({ confirmWithin: MINUTE, pingTimeout: 90 * SECOND })
    .join("garden", "ann");
  rig.down();
  rig.advance(61 * SECOND);
  assertEquals(rig.asked.length, 1);
  rig.receive({ type: "away" });
  rig.advance(100 * SECOND);
  rig.reply = () => ANSWERS.joined;
  rig.answer(ANSWERS.joined);
  rig.advance(5 * MINUTE);
  assertEquals([rig.told, rig.phase], [[], undefined]);
});

Deno.test("one stuck canary does not condemn the others, even when their time is up", () => {
  const rig = new DomainRig({ probe: "user", confirmWithin: MINUTE });
  rig.join("stuck", "ann").join("garden", "bob");
  rig.reply = ({ room }) => room.startsWith("stuck") ? ANSWERS.busy : ANSWERS.joined;
  rig.down();
  rig.advance(61 * SECOND);
  assertEquals(rig.told, [], "asked once only");
  rig.advance(5 * MINUTE);
  assertEquals([rig.told, rig.phase], [["ann stuck unconfirmed"], undefined]);
});

Deno.test("a loss that is found out about during a round has not been asked about by it", () => {
  const rig = new DomainRig({ confirmWithin: 0 }).join("pond", "bob").join("garden", "ann");
  rig.down(true);
  rig.up();
  rig.tell("seen", "bob", "pond");
  rig.down(true);
  rig.reply = () => ANSWERS.joined;
  rig.advance(60 * SECOND);
  rig.up(); // the ping to ann opened it
  rig.advance(2 * MINUTE);
  assertEquals([rig.asked, rig.told], [["ann garden", "bob pond"], []]);
});

Deno.test("a link that flaps puts off the judgement, but not for ever", () => {
  const rig = new DomainRig().join("garden", "ann");
  rig.reachable = undefined;
  rig.down();
  for (let second = 0; second < 20 * 60; second += 20) {
    rig.advance(20 * SECOND);
    rig.down();
  }
  assertEquals(rig.told, ["ann garden unconfirmed"]);
});

Deno.test("100,000 joins are asked beyond confirm_within; nobody is told unasked", () => {
  const rig = new DomainRig();
  for (let index = 0; index < 100_000; index++) rig.join(`room${index % 2000}`, `user${index}`);
  const asked = new Set<string>();
  rig.reply = ({ user }) => {
    asked.add(user);
    return user.endsWith("7@home.example/phone") ? ANSWERS.notIn : ANSWERS.joined;
  };
  rig.down();
  rig.advance(10 * MINUTE);
  rig.down(false, "in"); // lost again: asked from the beginning, but only those who were not yet
  rig.advance(40 * MINUTE);
  assertEquals(rig.phase, undefined);
  assertEquals(asked.size, 100_000);
  assertEquals(rig.notices.length, 10_000);
  assert(rig.notices.every(({ reason }) => reason === "gone"));
});

// --- limits ---------------------------------------------------------------------------------------

Deno.test("a session is kept in so many rooms only", () => {
  const rig = new DomainRig({ maxJoinsPerUser: 2 });
  for (const name of ["garden", "pond", "lawn", "garden"]) rig.join(name, "ann");
  assertEquals(rig.domain.joins.size, 2);
  assertEquals(rig.reports, [{
    type: "refused",
    user: user("ann"),
    room: room("lawn"),
    limit: 2,
  }]);
  const joins = ["a", "b", "c"].map((name) => ({ user: user("bob"), room: room(name), nick: "b" }));
  rig.snapshot(joins);
  assertEquals(rig.domain.joins.size, 2);
});

Deno.test("sessions that end, and joins that an operator wants forgotten, are forgotten in silence", () => {
  const rig = new DomainRig().join("garden", "ann", "bob").join("pond", "ann");
  rig.receive({ type: "ended", user: user("ann") });
  assertEquals(rig.domain.joins.size, 1);
  rig.receive({ type: "forget", user: user("bob"), room: room("garden") });
  assert(rig.domain.idle);
  assertEquals([rig.domain.host, rig.domain.domain, rig.told], [HOST, DOMAIN, []]);
});
