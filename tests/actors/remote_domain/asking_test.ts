import { assert, assertEquals } from "@std/assert";
import { ANSWERS, DomainRig, MINUTE, room, SECOND, user } from "../support/domain_rig.ts";

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
