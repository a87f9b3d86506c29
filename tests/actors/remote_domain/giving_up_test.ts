import { assert, assertEquals } from "@std/assert";
import { ANSWERS, DomainRig, MINUTE, room, SECOND, user } from "../support/domain_rig.ts";

Deno.test("a domain that stays away is given up when give_up has passed, not before", () => {
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

Deno.test("after a downtime longer than give_up one unanswered question decides nothing", () => {
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

Deno.test("give_up = 0: the first answer that does not confirm decides", () => {
  const rig = new DomainRig({ giveUp: 0 }).join("garden", "ann").join("pond", "bob");
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
  const rig = new DomainRig({ giveUp: MINUTE, pingTimeout: 90 * SECOND })
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
  const rig = new DomainRig({ probe: "user", giveUp: MINUTE });
  rig.join("stuck", "ann").join("garden", "bob");
  rig.reply = ({ room }) => room.startsWith("stuck") ? ANSWERS.busy : ANSWERS.joined;
  rig.down();
  rig.advance(61 * SECOND);
  assertEquals(rig.told, [], "asked once only");
  rig.advance(5 * MINUTE);
  assertEquals([rig.told, rig.phase], [["ann stuck unconfirmed"], undefined]);
});

Deno.test("a loss that is found out about during a round has not been asked about by it", () => {
  const rig = new DomainRig({ giveUp: 0 }).join("pond", "bob").join("garden", "ann");
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

Deno.test("100,000 joins are asked beyond give_up; nobody is told unasked", () => {
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
