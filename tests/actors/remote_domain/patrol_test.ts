import { assert, assertEquals } from "@std/assert";
import { ANSWERS, DomainRig, MINUTE, SECOND } from "../support/domain_rig.ts";

const PATROL = { recover: "rejoin", patrol: 15 * MINUTE, pingDelay: SECOND } as const;

Deno.test("patrol: each room is asked about one user once in a while, as long as the link is up", () => {
  const rig = new DomainRig(PATROL).join("garden", "ann", "bob").join("pond", "cid").join(
    "hill",
    "ann",
  );
  rig.reply = () => ANSWERS.joined;
  rig.advance(14 * MINUTE);
  const rooms = rig.asked.map((asked) => asked.split(" ")[1]);
  assertEquals(rooms.toSorted(), ["garden", "hill", "pond"]);
  rig.advance(60 * MINUTE);
  assert(Math.abs(rig.asked.length - 15) <= 2, `asked ${rig.asked.length} times in 74 minutes`);
  assertEquals([rig.told, rig.rejoins.length, rig.phase], [[], 0, undefined]);
});

Deno.test("patrol: a room that has lost its users without a lost link gets them back", () => {
  const rig = new DomainRig(PATROL).join("garden", "ann", "bob").join("pond", "cid");
  const lost = new Set(["ann", "bob"].map((name) => `${name}@home.example/phone`));
  rig.reply = ({ user }) => lost.has(user) ? ANSWERS.notIn : ANSWERS.joined;
  rig.onRejoin = ({ user }) => {
    lost.delete(user);
    return "in";
  };
  rig.advance(20 * MINUTE);
  assertEquals(rig.rejoins.map(({ user }) => user).toSorted(), [
    "ann@home.example/phone",
    "bob@home.example/phone",
  ]);
  assertEquals([rig.told, rig.phase], [[], undefined]);
});

Deno.test("patrol: never opens a link only to ask", () => {
  const rig = new DomainRig(PATROL).join("garden", "ann");
  rig.down(true, "out");
  rig.down(true, "in");
  rig.advance(120 * MINUTE);
  assertEquals([rig.asked, rig.probes.length], [[], 0]);
});

Deno.test("patrol: no answer is no reason for doubts", () => {
  const rig = new DomainRig(PATROL).join("garden", "ann");
  rig.reply = () => ANSWERS.busy;
  rig.advance(60 * MINUTE);
  rig.reply = () => undefined;
  rig.advance(60 * MINUTE);
  assert(rig.asked.length >= 7, `asked ${rig.asked.length} times`);
  assertEquals([rig.told, rig.phase], [[], undefined]);
});
