import { assert, assertEquals } from "@std/assert";
import { ANSWERS, DomainRig, MINUTE, SECOND } from "../support/domain_rig.ts";

Deno.test("nobody is asked before the domain answers a probe; the waits between probes grow", () => {
  const rig = new DomainRig().join("garden", "ann");
  rig.reachable = false;
  rig.random = 0.999;
  rig.down();
  rig.advance(8 * MINUTE);
  assertEquals(rig.asked.length, 2, "every third time a user asks");
  const waits = rig.reports.flatMap((report) => report.type === "unreached" ? [report.until] : [])
    .map((until, index, all) => index === 0 ? 0 : until - all[index - 1]!).slice(1);
  assert(waits.at(-1)! > waits[0]! + 30 * SECOND, `${waits}`);
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
  const rig = new DomainRig({ giveUp: 400 * SECOND }).join("garden", "ann");
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
