import { assert, assertEquals } from "@std/assert";
import { Sessions } from "../../../actors/joins/sessions.ts";
import { DOMAIN, DomainRig, HOST, room, user } from "../support/domain_rig.ts";

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

Deno.test("joins that one domain has piled up take no room from those of other domains", () => {
  const sessions = new Sessions();
  const evil = new DomainRig({ maxJoinsPerUser: 10 }, sessions);
  const good = new DomainRig({ maxJoinsPerUser: 10 }, sessions);
  for (let n = 0; n < 3_000; n++) evil.join(`forged${n}`, "ann");
  assertEquals(evil.domain.joins.size, 10);
  for (let n = 0; n < 3_000; n++) good.join(`room${n}`, "ann");
  assertEquals(good.domain.joins.size, 5);
});

Deno.test("sessions that end, and joins that an operator wants forgotten, are forgotten in silence", () => {
  const rig = new DomainRig().join("garden", "ann", "bob").join("pond", "ann");
  rig.receive({ type: "ended", user: user("ann") });
  assertEquals(rig.domain.joins.size, 1);
  rig.receive({ type: "forget", user: user("bob"), room: room("garden") });
  assert(rig.domain.idle);
  assertEquals([rig.domain.host, rig.domain.domain, rig.told], [HOST, DOMAIN, []]);
});
