/** What was answered while the process could not listen counts as answered. */

import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { SuspendAwareClock } from "../../keeper/suspend_aware_clock.ts";
import { Home } from "../support/home.ts";
import { KeeperProgram } from "../support/keeper_program.ts";
import { World } from "../support/world.ts";

/** The first question that is in vain would be the last. */
const KEEPER = { ping_delay: "100ms", ping_timeout: 1, give_up: 0, backoff_min: 1 };
/** Far longer than any timeout above. */
const STOPPED_MS = 5_000;

Deno.test("a process that was stopped for a while takes nobody for gone who was answered for", async () => {
  const world = new World({ joins: 50, domains: 1 });
  using home = new Home(world);
  await using keeper = new KeeperProgram({ port: home.component.port, keeper: KEEPER });
  while (home.join());
  const { size } = world;
  const [domain] = [...world.domains.values()];
  keeper.start();
  await keeper.synced();
  await home.fence();
  home.cut(domain!, 0);
  await home.until(() => domain!.reachable, () => "It is away");

  // The rooms think about the questions until the keeper can't hear their answers any more.
  const asked = Promise.withResolvers<void>();
  const answers: (() => void)[] = [];
  const later = home.later.bind(home);
  home.later = (ms, answer) => {
    // The first is the answer to a probe.
    home.later = (_ms, answer) => {
      answers.push(answer);
      asked.resolve();
    };
    later(ms, answer);
  };
  await asked.promise;
  Deno.kill(keeper.pid, "SIGSTOP");
  home.later = later;
  for (const answer of answers) answer();
  await delay(STOPPED_MS);
  Deno.kill(keeper.pid, "SIGCONT");

  await home.fence();
  await keeper.calm();
  assertEquals(world.faults, { mistaken: [], doubled: [] });
  assertEquals(world.told, 0);
  assertEquals(world.size, size);
});

Deno.test("the clock stands still while nobody looks at it", () => {
  let real = 1_000_000;
  const clock = new SuspendAwareClock({ now: () => real });
  real += 60_000;
  assertEquals(clock.now(), 1_060_000, "it has not started");
  clock.start();
  try {
    real += 1_500;
    assertEquals(clock.now(), 1_061_500);
    const before = clock.now();
    real += 60_000;
    assertEquals(clock.now(), before);
    real += 10;
    assertEquals(clock.now(), before + 10);
    assertEquals(clock.real(clock.now()), real);
  } finally {
    clock.stop();
  }
});
