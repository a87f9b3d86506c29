/**
 * Kills the keeper again and again in the middle of outages. Whoever is out is joined again, once, or
 * told, once, where that can't be; nobody may be forgotten, and in the end it knows what is true.
 */

import { assert, assertEquals } from "@std/assert";
import { setTimeout as delay } from "node:timers/promises";
import { Home } from "../support/home.ts";
import { KeeperProgram } from "../support/keeper_program.ts";
import { type Domain, World } from "../support/world.ts";

/** How many times the keeper is killed, from the environment; `deno task test:kill` for more. */
const KILLS = Number(Deno.env.get("ROOMKEEPER_KILLS") ?? 20);
const KILLS_PER_OUTAGE = 10;
const JOINS = 5000;
/** The longest a domain is away, if it comes back at all, in milliseconds. */
const AWAY_MS = 2_000;
/** As ever, only sooner. */
const KEEPER = {
  ping_delay: "200ms",
  ping_timeout: 20,
  give_up: 45,
  backoff_min: 1,
  backoff_max: 1,
  pings_per_second: 500,
  max_pings_per_second: 2000,
};

Deno.test(`${KILLS} times kill -9: whoever is out is brought back or told, once`, async () => {
  const world = new World({ joins: JOINS, domains: 10 });
  using home = new Home(world);
  await using keeper = new KeeperProgram({ port: home.component.port, keeper: KEEPER });
  const domains = shuffled([...world.domains.values()]);
  const dead = domains.pop()!;
  keeper.start();
  for (let kills = 0; kills < KILLS; kills += KILLS_PER_OUTAGE) {
    while (home.join());
    await keeper.synced();
    if (!dead.dead) abandon(home, dead);
    outage(home, shuffled(domains));
    await surviveKills(home, keeper, Math.min(KILLS_PER_OUTAGE, KILLS - kills), dead);
    await home.told("misled");
    await keeper.synced();
    await keeper.calm(dead.name);
    assertEquals(world.faults, { mistaken: [], doubled: [] });
    assert(world.back > 0, "users of rooms that are there");
    assert(world.told > 0, "users of rooms that have vanished");
  }
  await home.told("abandoned");
  await keeper.calm();
  assertEquals(world.faults, { mistaken: [], doubled: [] });
  assertEquals(await keeper.stop(), 0);
  assertEquals(await joinsOf(keeper), world.stays.map(describe).sort());
  assertEquals(keeper.files, ["joins.sqlite", "roomkeeper.toml"], "no store was set aside");
});

/** A domain is lost and stays away: in the end its users are told although nobody knows. */
function abandon(home: Home, domain: Domain): void {
  domain.dead = true;
  home.cut(domain, Infinity);
}

/**
 * Most domains are lost for a while, and forget some occupants, one of them all, so that rooms vanish
 * there; one only blinks; one is spared.
 */
function outage(home: Home, [blinking, _spared, ...others]: readonly Domain[]): void {
  home.cut(blinking!, 0);
  for (const [n, domain] of others.entries()) {
    home.world.forget(domain.name, n === 0 ? 1 : 0.4);
    home.cut(domain, Math.random() * AWAY_MS);
  }
}

/** Kills the keeper so many times, and leaves it running. Meanwhile users come and go. */
async function surviveKills(
  home: Home,
  keeper: KeeperProgram,
  kills: number,
  dead: Domain,
): Promise<void> {
  const bustle = setInterval(() => home.bustle(), 20);
  let lostAt: number | undefined;
  for (let i = 0; i < kills; i++) {
    // One in five dies before it knows where it is.
    if (Math.random() < 0.2) await delay(Math.random() * 500);
    else {
      await keeper.synced();
      await delay(Math.random() * 1200);
    }
    await keeper.kill();
    const loss = (await keeper.stored()).find((link) => link.domain === dead.name)?.losses[0];
    if (loss && lostAt) assertEquals(loss.at, lostAt, "an open loss keeps its time");
    lostAt ??= loss?.at;
    keeper.start();
  }
  clearInterval(bustle);
}

async function joinsOf(keeper: KeeperProgram): Promise<string[]> {
  return (await keeper.stored()).flatMap((link) => link.joins).map(describe).sort();
}

function describe(join: { user: string; room: string; nick: string }): string {
  return `${join.user} ${join.room} ${join.nick}`;
}

function shuffled(domains: Domain[]): Domain[] {
  return domains.map((domain) => ({ domain, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ domain }) => domain);
}
