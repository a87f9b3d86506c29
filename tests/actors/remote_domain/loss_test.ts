import { assertEquals } from "@std/assert";
import { ANSWERS, DomainRig, MINUTE, room, SECOND, user } from "../support/domain_rig.ts";

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
