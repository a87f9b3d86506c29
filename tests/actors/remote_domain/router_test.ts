import { assert, assertEquals, assertThrows } from "@std/assert";
import { ANSWERS, HOST, MINUTE, SECOND, user } from "../support/domain_rig.ts";
import { RouterRig } from "../support/router_rig.ts";

const joinsOf = (rig: RouterRig) =>
  rig.router.domains.flatMap(({ domain, joins }) =>
    [...joins].map((join) => `${join.user.split("@")[0]} ${join.room.jid.split("@")[0]}@${domain}`)
  ).sort();

Deno.test("each link of a watched host to a remote domain has an actor of its own", async () => {
  const rig = new RouterRig();
  rig.join("ann", "a.example");
  rig.join("bob", "b.example");
  const other = "eve@other.example/x";
  rig.router.route({ type: "joined", user: other, room: "garden@a.example", nick: "eve" });
  await rig.settle();
  assertEquals(rig.router.domains.map(({ host, domain }) => `${host} ${domain}`), [
    "home.example a.example",
    "home.example b.example",
    "other.example a.example",
  ]);
  rig.link("a.example", "down");
  await rig.advance(2 * MINUTE);
  assertEquals(
    new Set(rig.sent.map(({ host, domain }) => `${host} ${domain}`)),
    new Set(["home.example a.example"]),
  );
});

Deno.test("what concerns no join makes no actor", async () => {
  const rig = new RouterRig();
  rig.tell("seen", "ann", "a.example");
  rig.tell("left", "ann", "a.example");
  rig.link("a.example", "down");
  rig.router.route({ type: "unreachable", user: user("ann"), domain: "a.example" });
  rig.router.route({ type: "ended", user: user("ann") });
  await rig.settle();
  assertEquals(rig.router.domains, []);
});

Deno.test("a domain that nobody is in any more is retired; a rejoin at that moment is not lost", async () => {
  for (const budget of [1, 2, 64]) {
    const rig = new RouterRig({}, budget);
    rig.join("ann", "a.example");
    await rig.settle();
    rig.tell("left", "ann", "a.example");
    rig.join("bob", "a.example");
    await rig.settle();
    assertEquals(joinsOf(rig), ["bob garden@a.example"]);
    rig.tell("left", "bob", "a.example");
    await rig.settle();
    assertEquals([rig.router.domains, rig.router.sessions], [[], 0]);
    rig.join("ann", "a.example");
    await rig.settle();
    assertEquals(joinsOf(rig), ["ann garden@a.example"]);
    assertEquals(rig.kit.deadLetters, []);
  }
});

Deno.test("the end of a session reaches all domains that it is in, also joins still on their way", async () => {
  const rig = new RouterRig();
  rig.join("ann", "a.example");
  await rig.settle();
  rig.join("ann", "b.example");
  rig.join("bob", "b.example");
  rig.router.route({ type: "ended", user: user("ann") });
  await rig.settle();
  assertEquals(joinsOf(rig), ["bob garden@b.example"]);
  assertEquals(rig.router.sessions, 1);
});

Deno.test("a session that leaves one domain while it joins another ends in both", async () => {
  const rig = new RouterRig();
  rig.join("ann", "a.example");
  await rig.settle();
  rig.join("ann", "b.example");
  rig.tell("left", "ann", "a.example");
  rig.join("ann", "b.example", "pond");
  rig.router.route({ type: "ended", user: user("ann") });
  rig.join("ann", "c.example");
  await rig.settle();
  assertEquals(joinsOf(rig), ["ann garden@c.example"]);
  rig.router.route({ type: "ended", user: user("ann") });
  await rig.settle();
  assertEquals([rig.router.domains, rig.router.sessions], [[], 0]);
});

Deno.test("the limit of joins is one for all domains of a session", async () => {
  // Domains that have less than their half may go beyond it, to twice as many.
  const rig = new RouterRig({ maxJoinsPerUser: 2 });
  const domains = ["a", "b", "c", "d", "e"].map((name) => `${name}.example`);
  for (const domain of domains) rig.join("ann", domain);
  rig.join("bob", "e.example");
  await rig.settle();
  const joined = domains.slice(0, 4).map((domain) => `ann garden@${domain}`);
  assertEquals(joinsOf(rig), [...joined, "bob garden@e.example"]);
  assertEquals(rig.reports.filter(({ type }) => type === "refused").length, 1);
});

Deno.test("a full mailbox holds up the feed; nothing is lost, and the order is kept", async () => {
  for (const [mailbox, budget] of [[1, 1], [1, 64], [4, 2], [8, 64]] as const) {
    const rig = new RouterRig({ mailbox }, budget);
    const held: Promise<void>[] = [];
    let holds = 0;
    const feed = async () => {
      for (let index = 0; index < 100; index++) {
        for (const type of ["joined", "left"] as const) {
          if (type === "left" && index % 10 === 0) continue;
          const full = rig.tell(type, `user${index}`, "a.example");
          if (full !== undefined) holds++;
          await full;
        }
      }
    };
    held.push(feed());
    await rig.settle();
    await Promise.all(held);
    await rig.settle();
    assert(holds > 0);
    assertEquals(rig.router.domains[0]!.joins.size, 10);
    assertEquals(rig.kit.deadLetters, []);
  }
});

Deno.test("whoever does not wait for room still loses nothing", async () => {
  const rig = new RouterRig({ mailbox: 1 });
  for (let index = 0; index < 50; index++) {
    rig.join(`user${index}`, "a.example");
    rig.tell("left", `user${index}`, "a.example");
  }
  rig.join("ann", "a.example");
  await rig.settle();
  assertEquals(joinsOf(rig), ["ann garden@a.example"]);
  assertEquals(rig.kit.deadLetters, []);
});

Deno.test("an actor that throws goes on with its joins, and with its verification", async () => {
  const rig = new RouterRig();
  rig.reply = (question) => question.type === "probe" ? ANSWERS.joined : ANSWERS.notIn;
  rig.join("ann", "a.example");
  rig.join("bob", "a.example");
  await rig.settle();
  let broken = 3;
  rig.onReport = (report) => {
    if (report.type !== "settled" && broken-- > 0) throw new Error("a log that fails");
  };
  rig.link("a.example", "down");
  await rig.advance(5 * MINUTE);
  assert(rig.kit.log.some(({ event }) => event === "actor-failed"));
  assertEquals(rig.notices.map((notice) => notice.user).sort(), [user("ann"), user("bob")]);
  assertEquals(rig.router.domains, []);
});

Deno.test("a notice is sent although the log before it fails", async () => {
  const rig = new RouterRig();
  rig.reply = (question) => question.type === "probe" ? ANSWERS.joined : ANSWERS.notIn;
  rig.join("ann", "a.example");
  rig.onReport = (report) => {
    if (report.type === "verdict") throw new Error("a log that fails");
  };
  rig.link("a.example", "down");
  await rig.advance(5 * MINUTE);
  assertEquals(rig.notices.length, 1);
});

Deno.test("a snapshot over a thousand links reaches each of them", async () => {
  const rig = new RouterRig();
  const domains = Array.from({ length: 1_000 }, (_, n) => `d${n}.example`);
  for (const domain of domains) rig.join("ann", domain);
  await rig.settle();
  const begun = rig.router.beginSnapshot(HOST);
  await rig.settle();
  await begun;
  const last = domains.at(-1)!;
  await rig.router.name(HOST, [{ user: user("ann"), room: `garden@${last}`, nick: "ann" }]);
  const ended = rig.router.endSnapshot(HOST, []);
  await rig.settle();
  await ended;
  await rig.settle();
  assertEquals(rig.router.domains.map(({ domain }) => domain), [last]);
});

Deno.test("a snapshot adds, keeps and removes, in the domains that it names and in those it does not", async () => {
  const rig = new RouterRig();
  rig.join("ann", "a.example");
  rig.join("bob", "a.example");
  rig.join("cid", "b.example");
  rig.router.route({
    type: "joined",
    user: "eve@other.example/x",
    room: "garden@a.example",
    nick: "e",
  });
  await rig.settle();
  const joins = [["bob", "a.example"], ["dan", "c.example"]].map(([name, domain]) => ({
    user: user(name!),
    room: `garden@${domain}`,
    nick: name!,
  }));
  const links = [
    { domain: "a.example", direction: "in" },
    { domain: "a.example", direction: "out" },
    { domain: "empty.example", direction: "out" },
  ] as const;
  await rig.router.beginSnapshot(HOST);
  await rig.router.name(HOST, joins);
  await rig.router.endSnapshot(HOST, links);
  await rig.settle();
  assertEquals(joinsOf(rig), [
    "bob garden@a.example",
    "dan garden@c.example",
    "eve garden@a.example",
  ]);
  assertEquals(rig.notices, []);
  assertEquals(rig.router.sessions, 3);
});

Deno.test("what was stored is restored, and verified", async () => {
  const rig = new RouterRig();
  rig.reply = (question) => question.type === "probe" ? ANSWERS.joined : ANSWERS.notIn;
  const record = { room: "garden@a.example", nick: "n", since: 0, confirmed: 0 };
  rig.router.restore([
    {
      host: HOST,
      domain: "a.example",
      joins: [{ ...record, user: user("ann") }, { ...record, user: user("bob") }],
      losses: [],
      seq: 4,
    },
    { host: HOST, domain: "empty.example", joins: [], losses: [], seq: 1 },
  ]);
  rig.router.away();
  await rig.settle();
  assertEquals(rig.router.domains.length, 1);
  rig.router.route({ type: "ended", user: user("bob") });
  await rig.advance(5 * MINUTE);
  assertEquals(rig.notices.map((notice) => notice.user), [user("ann")]);
});

Deno.test("many lost domains: nobody is judged while none can be reached, then all are asked anew", async () => {
  const rig = new RouterRig();
  const domains = ["a.example", "b.example", "c.example", "d.example"];
  for (const domain of domains) rig.join("ann", domain);
  rig.join("ann", "idle.example"); // nothing to say, which proves nothing
  rig.join("ann", "rooms.home.example"); // needs no network
  await rig.settle();
  for (const domain of domains) rig.link(domain, "down");
  rig.reply = () => ANSWERS.unreachable;
  for (let minute = 0; minute < 30; minute++) {
    rig.tell("seen", "ann", "rooms.home.example");
    await rig.advance(MINUTE);
  }
  assertEquals(rig.notices, []);
  rig.reply = (question, domain) =>
    question.type === "probe" || domain !== "a.example" ? ANSWERS.joined : ANSWERS.notIn;
  await rig.advance(5 * MINUTE);
  assertEquals(rig.notices.map(({ domain, reason }) => [domain, reason]), [["a.example", "gone"]]);
});

Deno.test("a single domain that stays away is given up while others are alive", async () => {
  const rig = new RouterRig();
  for (const domain of ["a.example", "b.example", "c.example", "d.example"]) {
    rig.join("ann", domain);
  }
  await rig.settle();
  for (const domain of ["a.example", "b.example", "c.example"]) rig.link(domain, "down");
  rig.reply = () => ANSWERS.unreachable;
  for (let minute = 0; minute < 20; minute++) {
    await rig.advance(MINUTE);
    rig.tell("seen", "ann", "d.example");
  }
  assertEquals(rig.notices.map(({ domain }) => domain).sort(), [
    "a.example",
    "b.example",
    "c.example",
  ]);
});

Deno.test("three dead domains on a silent server: another domain is asked whether it is there", async () => {
  const rig = new RouterRig();
  const dead = ["a.example", "b.example", "c.example"];
  for (const domain of [...dead, "quiet.example"]) rig.join("ann", domain);
  await rig.settle();
  for (const domain of dead) rig.link(domain, "down");
  rig.reply = (question, domain) =>
    question.type === "probe" && domain === "quiet.example" ? ANSWERS.joined : ANSWERS.unreachable;
  await rig.advance(20 * MINUTE);
  assertEquals(rig.notices.map(({ domain }) => domain).sort(), dead);
  const quiet = rig.sent.filter(({ domain }) => domain === "quiet.example");
  assert(quiet.length > 0 && quiet.length <= 40, `${quiet.length} questions`);
  assert(quiet.every(({ type }) => type === "probe"));
});

Deno.test("while we are blind nobody is asked, nor judged", async () => {
  const rig = new RouterRig();
  rig.join("ann", "a.example");
  await rig.settle();
  rig.link("a.example", "down");
  await rig.settle();
  rig.blind = true;
  await rig.advance(60 * MINUTE);
  assertEquals([rig.sent, rig.notices], [[], []]);
  rig.blind = false;
  rig.reply = () => ANSWERS.joined;
  const away = rig.router.away();
  await rig.advance(5 * MINUTE);
  await away;
  assertEquals(rig.notices, []);
  assertEquals(rig.router.domains[0]!.status.phase, undefined);
});

Deno.test("many domains share one pace", async () => {
  const rig = new RouterRig({ maxPingsPerSecond: 20, pingDelay: 1_000 });
  rig.reply = () => ANSWERS.joined;
  for (let domain = 0; domain < 10; domain++) {
    for (let index = 0; index < 30; index++) rig.join(`user${index}`, `d${domain}.example`);
  }
  await rig.settle();
  for (let domain = 0; domain < 10; domain++) rig.link(`d${domain}.example`, "down");
  await rig.advance(60 * SECOND);
  const times = rig.sent.filter(({ type }) => type === "ping").map(({ at }) => at);
  assertEquals(times.length, 300);
  for (const at of times) {
    assert(times.filter((other) => other >= at && other < at + SECOND).length <= 22);
  }
});

Deno.test("an operator's commands", async () => {
  const rig = new RouterRig();
  rig.reply = () => ANSWERS.joined;
  rig.join("ann", "a.example");
  rig.join("ann", "b.example");
  await rig.settle();
  assertEquals([rig.router.verify("a.example"), rig.router.verify("z.example")], [1, 0]);
  await rig.advance(SECOND);
  assertEquals(rig.sent.filter(({ type }) => type === "ping").map(({ domain }) => domain), [
    "a.example",
  ]);
  assertEquals(rig.router.isJoined(user("ann"), "garden@b.example"), true);
  assertEquals(rig.router.forget(user("ann"), "garden@b.example"), true);
  assertEquals(rig.router.forget(user("ann"), "pond@b.example"), false);
  await rig.settle();
  assertEquals(rig.router.isJoined(user("ann"), "garden@b.example"), false);
  assertEquals(rig.notices, []);
});

Deno.test("the domains share one pace of rejoins", async () => {
  const rig = new RouterRig({
    recover: "rejoin",
    maxRejoinsPerSecond: 5,
    pingDelay: SECOND,
    maxPingsPerSecond: 1000,
  });
  rig.reply = ({ type }) => type === "ping" ? ANSWERS.notIn : ANSWERS.joined;
  for (let domain = 0; domain < 20; domain++) {
    for (let index = 0; index < 5; index++) rig.join(`user${index}`, `d${domain}.example`);
  }
  await rig.settle();
  for (let domain = 0; domain < 20; domain++) rig.link(`d${domain}.example`, "down");
  await rig.advance(5 * MINUTE);
  const times = rig.sent.filter(({ type }) => type === "rejoin").map(({ at }) => at);
  assertEquals([times.length, rig.notices], [100, []]);
  // What a domain was given leave for may wait for a fresh verdict, one rejoin each.
  for (const at of times) {
    assert(times.filter((other) => other >= at && other < at + 10 * SECOND).length <= 70);
  }
  assert(rig.router.domains.every(({ status }) => status.phase === undefined));
});

Deno.test("what a room or the plugin answers to a rejoin reaches the domain", async () => {
  const rig = new RouterRig({ recover: "rejoin", pingDelay: SECOND });
  rig.reply = ({ type }) =>
    type === "ping" ? ANSWERS.notIn : type === "rejoin" ? undefined : ANSWERS.joined;
  for (const domain of ["a.example", "b.example"]) rig.join("ann", domain);
  await rig.settle();
  for (const domain of ["a.example", "b.example"]) rig.link(domain, "down");
  await rig.advance(5 * SECOND);
  const idAt = (at: string) =>
    rig.sent.find(({ type, domain }) => type === "rejoin" && domain === at)!.id;
  rig.router.answered({ host: HOST, domain: "a.example" }, {
    type: "not-rejoined",
    id: idAt("a.example"),
    reason: "left",
  });
  rig.router.route({
    type: "refused",
    id: idAt("b.example"),
    user: user("ann"),
    room: "garden@b.example",
    error: { type: "error", condition: "forbidden", errorType: "auth" },
  });
  await rig.settle();
  assertEquals(rig.notices.map(({ domain, because }) => [domain, because]), [
    ["b.example", "forbidden"],
  ]);
  assertEquals(rig.router.domains, []);
});

Deno.test("the plugin's word on whether a domain is there counts for that host only", async () => {
  const rig = new RouterRig({ pingDelay: SECOND });
  rig.hostProbes = true;
  rig.join("ann", "a.example");
  await rig.settle();
  rig.link("a.example", "down");
  await rig.advance(2 * SECOND);
  const [probe] = rig.sent;
  assertEquals([probe?.type === "probe" && probe.by, rig.sent.length], ["host", 1]);
  rig.router.answered({ host: HOST, domain: "a.example" }, {
    type: "probed",
    id: probe!.id,
    reachable: true,
  });
  await rig.advance(SECOND);
  assertEquals(rig.sent.map(({ type }) => type), ["probe", "ping"]);
});

Deno.test("Router() refuses paces that make no sense", () => {
  for (const option of ["maxRejoinsPerSecond", "maxPingsPerSecond", "pingsPerSecond"]) {
    assertThrows(() => new RouterRig({ [option]: 0 }), RangeError, `'${option}' must be`);
  }
});
