/**
 * Measures what it costs a domain that 50 users come back into a room of 200 occupants, over a link
 * that Debian's Prosody limits to 30 kB/s each way: how long the messages of another room are on their
 * way meanwhile, and whether any question times out. In the same run all 50 join by themselves at
 * once, as clients do that are told to.
 *
 *     deno task measure:pace
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { LoadClient } from "../bench/server/peers.ts";
import { disposeAll } from "../tests/e2e/support/dispose.ts";
import { loseOccupant } from "../tests/e2e/support/lose_occupant.ts";
import type { Prosody } from "../tests/e2e/support/prosody.ts";
import { STRANGER } from "../tests/e2e/support/rooms_server.ts";
import { ROOMS, Stage } from "../tests/e2e/support/stage.ts";

/** The users who come back. */
const RETURNING = 50;
/** The other occupants of their room. */
const OTHERS = 150;
const ROOM = `crowded@${ROOMS}`;
const QUIET_ROOM = `quiet@${ROOMS}`;
/** How often somebody speaks in the other room. */
const EVERY_MS = 1_000;

const CAPS = `<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' ` +
  `node='https://client.example' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/>`;

async function join(client: LoadClient, nick: string): Promise<void> {
  const seen = client.until("code='110'");
  await client.send(
    `<presence to='${ROOM}/${nick}'>${CAPS}<x xmlns='http://jabber.org/protocol/muc'>` +
      `<history maxstanzas='0'/></x></presence>`,
  );
  await seen;
}

/** Somebody speaks in the other room while `work` goes on: how long that took, in seconds, at most. */
async function slowest(stage: Stage, work: () => Promise<void>): Promise<number> {
  const listener = await stage.enter("carol@home.example/pad", QUIET_ROOM, "Cleo");
  const speaker = await stage.enter(`${STRANGER}/den`, QUIET_ROOM, "Mal");
  let done = false;
  const working = work().finally(() => done = true);
  const arrivals: Promise<number>[] = [];
  while (!done) {
    const text = crypto.randomUUID();
    const sent = performance.now();
    await speaker.client.sendRaw(
      `<message to='${QUIET_ROOM}' type='groupchat'><body>${text}</body></message>`,
    );
    const arrival = listener.client.untilStanza("a word", ({ body }) => body === text, {
      within: 600_000,
    });
    arrivals.push(arrival.then(() => (performance.now() - sent) / 1000));
    await delay(EVERY_MS);
  }
  await working;
  const seconds = await Promise.all(arrivals);
  await listener.leave();
  await speaker.leave();
  return Math.max(...seconds);
}

await using stage = await Stage.start({ home: "prosody", feed: "plugin", rooms: "prosody" }, {
  asShipped: true,
});
const clients: LoadClient[] = [];
try {
  const connect = async (ip: string, jid: string) => {
    const client = await LoadClient.connect(ip, jid);
    clients.push(client);
    return client;
  };
  console.log(`${OTHERS} others enter`);
  for (let n = 0; n < OTHERS; n++) {
    await join(await connect(stage.rooms.ip, `${STRANGER}/${n}`), `other${n}`);
  }
  console.log(`${RETURNING} users enter`);
  const returning: LoadClient[] = [];
  for (let n = 0; n < RETURNING; n++) {
    const client = await connect(stage.home.ip, `alice@home.example/${n}`);
    await join(client, `back${n}`);
    returning.push(client);
  }
  const lose = async () => {
    // What is on its way of the joins must not be counted as delay.
    await slowest(stage, () => delay(10_000));
    for (let n = 0; n < RETURNING; n++) {
      await loseOccupant(stage.rooms as Prosody, `${ROOM}/back${n}`);
    }
  };
  const report = (how: string, seconds: number, longest: number) =>
    console.log(
      `${how}: all ${RETURNING} are in after ${seconds.toFixed(0)} s; a message in another room ` +
        `took ${longest.toFixed(1)} s at most`,
    );

  await lose();
  const mark = stage.mark();
  let began = performance.now();
  let longest = await slowest(stage, async () => {
    await stage.verify();
    await stage.noticed(mark);
    for (;;) {
      await delay(500);
      const back = stage.keeper.lines(({ properties }) => properties.event === "rejoined");
      if (back.length >= RETURNING) return;
    }
  });
  report("Roomkeeper", (performance.now() - began) / 1000, longest);
  const timeouts = stage.keeper.lines(({ properties }) => properties.because === "timeout");
  console.log(`Questions and rejoins that timed out: ${timeouts.length}`);

  await lose();
  began = performance.now();
  longest = await slowest(
    stage,
    async () => void await Promise.all(returning.map((client, n) => join(client, `back${n}`))),
  );
  report("All at once", (performance.now() - began) / 1000, longest);
} finally {
  await disposeAll(clients);
}
