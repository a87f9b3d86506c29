/**
 * A gateway with 30 users in a room of 100 occupants, over s2s and as a component of the rooms'
 * server: it gets each presence once, and its picture of the room is the room.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { setTimeout as delay } from "node:timers/promises";
import type { Crowd } from "./support/crowd.ts";
import {
  GATEWAYS,
  GatewayStage,
  type GatewayStageOptions,
  WATCHER,
} from "./support/gateway_stage.ts";
import { GENERATION, type Generation, hasTrixie } from "./support/generation.ts";
import { DeadlineError } from "./support/journal.ts";
import { RoomLife } from "./support/room_life.ts";

/** People, users of the gateway, and of another gateway; with the owner there are 100. */
const SIZES = [64, 30, 5] as const;

/** Where the gateways are. */
const STAGES: readonly GatewayStageOptions[] = [
  { rooms: "prosody", gateways: "remote" },
  { rooms: "prosody", gateways: "local" },
  { rooms: "ejabberd", gateways: "remote" },
  { rooms: "ejabberd", gateways: "local" },
];

/** How much happens in a room; less with the other generation's servers, where that is no news. */
function stepsWith(gateways: "remote" | "local", generation: Generation): number {
  return gateways === "remote" && generation === GENERATION ? 1_000 : 200;
}

/** Servers of Debian 13 too, whatever the other tests run on. */
const GENERATIONS: readonly Generation[] = [...new Set<Generation>([GENERATION, "trixie"])];

/** One test for each generation; the second is left out where nobody has made its servers. */
function test(name: string, fn: (t: Deno.TestContext, generation: Generation) => Promise<void>) {
  for (const generation of GENERATIONS) {
    const isThere = generation === GENERATION || Deno.env.has("CI") || hasTrixie();
    const which = generation === "trixie" ? "Debian 13, " : "";
    Deno.test({
      name: `gateways: ${which}${name}`,
      ignore: !isThere,
      fn: (t) => fn(t, generation),
    });
  }
}

for (const options of STAGES) {
  const { rooms, gateways } = options;
  test(
    `${rooms}, ${gateways}: the picture is the room at each step, with 25 times fewer presences`,
    async (_, generation) => {
      const steps = stepsWith(gateways, generation);
      await using stage = await GatewayStage.start({ ...options, generation });
      const people = await stage.openRoom();
      const [gateway, second] = [
        await stage.gateway(GATEWAYS[0]),
        await stage.gateway(GATEWAYS[1]),
      ];
      const crowds = [people, gateway, second];
      const life = new RoomLife({ crowds, sizes: SIZES, owner: WATCHER, seed: 21 });
      await life.fill();
      assertEquals(people.picture.size, 100);
      assertPicture(gateway, people, "joining");
      assertPicture(second, people, "joining");
      const before = crowds.map(({ presences }) => presences);
      for (let step = 1; step <= steps; step++) {
        for (const { told } of [gateway, second]) told.clear();
        const what = `step ${step}: ${await life.step()}`;
        for (const each of [gateway, second]) {
          if (each.inside.size > 0) assertPicture(each, people, what);
          for (const [presence, times] of each.told) {
            assertEquals(times, 1, `${what}: ${each.domain} was told ${presence} ${times} times`);
          }
        }
      }
      const [forPerson, forUser] = [0, 1].map((which) =>
        (crowds[which]!.presences - before[which]!) / (SIZES[which]! + (which === 0 ? 1 : 0))
      ) as [number, number];
      assert(
        forPerson / forUser >= 25,
        `${forPerson} presences for each of the people, ${forUser} for each user of the gateway`,
      );
    },
  );
}

for (const rooms of ["prosody", "ejabberd"] as const) {
  test(`${rooms}: hand-over, losses, messages`, async (t, generation) => {
    await using stage = await GatewayStage.start({ rooms, gateways: "remote", generation });
    let count = 0;
    /** A room of its own with five people and five users of the gateway. */
    const scene = (name: string, play: (people: Crowd, gateway: Crowd) => Promise<void>) =>
      t.step(name, async () => {
        const room = `scene${++count}@rooms.example`;
        await using people = await stage.openRoom(room);
        await using gateway = await stage.gateway(GATEWAYS[0], room);
        for (const crowd of [people, gateway]) {
          for (const name of NAMES) await crowd.join(crowd.user(name), nickOf(crowd, name));
          await crowd.settle();
        }
        await people.settle();
        await play(people, gateway);
      });

    await scene("everybody is told the messages", async (people, gateway) => {
      await people.say(WATCHER, "Hello");
      for (const name of NAMES) await people.say(WATCHER, `Psst ${name}`, nickOf(gateway, name));
      await people.settle();
      await gateway.settle();
      for (const name of NAMES) {
        const messages = gateway.messages.get(gateway.user(name));
        assertEquals(messages, ["groupchat Hello", `chat Psst ${name}`], name);
      }
    });

    await scene(
      "the delegate leaves, the next is kicked, the last one leaves",
      async (people, gateway) => {
        for (let left = NAMES.length; left > 0; left--) {
          await people.show(people.user("ann"), ["away", "dnd"][left % 2]!);
          await settleAll(people, gateway);
          const delegate = gateway.inside.size === 1
            ? [...gateway.inside.keys()][0]!
            : gateway.delegate!;
          assert(gateway.inside.has(delegate), `${delegate} was told though it has left`);
          if (left % 2 === 0) {
            await people.set(WATCHER, `nick='${gateway.inside.get(delegate)}' role='none'`);
          } else await gateway.leave(delegate);
          await settleAll(gateway, people, gateway);
          assertEquals(gateway.inside.size, left - 1);
          if (left > 1) assertPicture(gateway, people, `${delegate} is out`);
        }
        await people.leave(people.user("bob"));
        await settleAll(people, gateway);
        const before = gateway.presences;
        await gateway.join(gateway.user("cleo"), "Cleo");
        await gateway.settle();
        assertPicture(gateway, people, "nobody was in");
        assert(gateway.presences - before >= people.picture.size);
      },
    );

    await scene(
      "an error comes back from the delegate: the next is shown what was lost",
      async (people, gateway) => {
        await people.show(people.user("ann"), "away");
        await settleAll(people, gateway);
        gateway.deaf = true;
        await people.leave(people.user("bob"));
        await people.changeNick(people.user("ann"), "Anna");
        await people.settle();
        await assertRejects(() => gateway.settle(500), DeadlineError); // what it got by then is lost
        gateway.deaf = false;
        await gateway.refuse(gateway.delegate!);
        await settleAll(gateway, people, gateway);
        assertEquals(gateway.inside.size, NAMES.length - 1);
        assertPicture(gateway, people, "the error");
      },
    );

    await scene("the gateway restarts and its users join again", async (people, gateway) => {
      const room = gateway.room;
      await gateway[Symbol.asyncDispose]();
      await using again = await stage.gateway(GATEWAYS[0], room);
      for (const name of NAMES.toReversed()) {
        await again.join(again.user(name), nickOf(gateway, name));
        await again.settle();
        assertPicture(again, people, `${name} is back`);
      }
      await people.leave(people.user("bob"));
      await settleAll(people, again);
      assertPicture(again, people, "somebody left");
    });

    await scene("the room is destroyed: everybody is told", async (people, gateway) => {
      await people.destroy(WATCHER);
      await until(() => assertEquals(gateway.inside.size, 0));
    });

    await scene(
      "the link breaks: what was lost is made up for when it is back",
      async (people, gateway) => {
        // Who has been sent something that is not acknowledged yet is put out when the link breaks.
        for (let round = 0; round < 3; round++) await settleAll(people, gateway);
        stage.silence();
        await people.leave(people.user("bob"));
        await people.changeNick(people.user("ann"), "Anna");
        await people.settle();
        stage.mend();
        await until(async () => {
          await gateway.settle(2_000); // a question may be lost in a connection that is breaking
          await people.settle();
          assertPicture(gateway, people, "the link is back");
        });
        assert(gateway.inside.size > 0);
      },
    );

    // Prosody says nothing: it has the same occupants when it is back.
    if (rooms === "prosody") return;
    await scene("the rooms' server is stopped: everybody is told", async (_, gateway) => {
      await stage.stopRooms();
      await until(() => assertEquals(gateway.inside.size, 0));
    });
  });
}

const NAMES = ["ann", "bob", "cleo", "dora", "eve"] as const;

function nickOf(crowd: Crowd, name: string): string {
  return `${name} of ${crowd.domain.split(".")[0]}`;
}

async function settleAll(...crowds: readonly Crowd[]): Promise<void> {
  for (const crowd of crowds) await crowd.settle();
}

/** Waits until a check holds. */
async function until(check: () => void | Promise<void>): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(50);
    }
  }
}

function assertPicture(gateway: Crowd, people: Crowd, after: string): void {
  const sorted = (picture: ReadonlyMap<string, string>) =>
    [...picture].map(([nick, seen]) => `${nick}: ${seen}`).sort();
  assertEquals(sorted(gateway.picture), sorted(people.picture), `${gateway.domain} after ${after}`);
}
