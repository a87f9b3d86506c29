import { assert, assertEquals } from "@std/assert";
import { ANSWERS, DomainRig, MINUTE, room, user } from "../support/domain_rig.ts";

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
