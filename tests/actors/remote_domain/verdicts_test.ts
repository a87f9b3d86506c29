import { assertEquals } from "@std/assert";
import { ANSWERS, DomainRig, MINUTE, room, SECOND } from "../support/domain_rig.ts";

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
    rejoining: 0,
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
