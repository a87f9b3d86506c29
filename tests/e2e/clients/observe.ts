/**
 * What becomes of real clients that their room has lost: asked of the room, of somebody in it, and
 * read from the clients' screens.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { DeadlineError } from "../support/journal.ts";
import type { ClientKind, RealClient } from "./real_client.ts";
import { type Loss, ROOM, type Setting } from "./setting.ts";

/** What became of one client. */
export interface Observation {
  /** The client's name. */
  readonly client: string;
  /** Seconds from the loss until it was back in the room; absent if it did not come back. */
  readonly secondsOut?: number;
  /** Whether the room has it among its occupants, with the nick it had. */
  readonly listed: boolean;
  /** Whether it shows what is said in the room afterwards. */
  readonly hears: boolean;
  /** Whether others get what is said in it afterwards. */
  readonly heard: boolean;
  /** How many times it shows what was said while it was out. */
  readonly missedShown: number;
  /** How many times it shows what was said before it was lost, which it showed then. */
  readonly helloShown: number;
}

/** Clients in the room, each with its name. */
export type Clients = ReadonlyMap<string, RealClient>;

/** Words that can be told apart in a picture too. */
const WORDS = { hello: "Sunflower", missed: "Lavender", next: "Marigold" } as const;
const SHOWN_WITHIN_MS = 20_000;
const HEARD_WITHIN_MS = 10_000;
const LOOK_MS = 250;

/**
 * Starts clients in the room; waits until each hears what is said there, and is heard.
 *
 * @param parts Ends them.
 */
export async function enter(
  setting: Setting,
  kinds: readonly ClientKind[],
  parts: AsyncDisposableStack,
): Promise<Clients> {
  const clients = new Map<string, RealClient>();
  for (const kind of kinds) {
    clients.set(kind.name, parts.use(await kind.start(setting.account(kind.name))));
    await setting.arrival(kind.name, { within: 60_000 });
  }
  await each(clients, async (client, name) => {
    if (await isHeard(setting, client, `${name} says hello`)) return;
    throw new DeadlineError(`${name} can't be heard:\n${await client.screen()}`);
  });
  await setting.witness.say(ROOM, WORDS.hello);
  await each(clients, async (client, name) => {
    if (await shows(client, WORDS.hello)) return;
    throw new DeadlineError(`${name} does not show ${WORDS.hello}:\n${await client.screen()}`);
  });
  return clients;
}

/**
 * Lets the room lose all clients, and looks at what becomes of them.
 *
 * @param patience Milliseconds after which a client that is still out stays out.
 */
export async function observe(
  setting: Setting,
  clients: Clients,
  loss: Loss,
  patience: number,
): Promise<Observation[]> {
  const lostAt = performance.now();
  const after = loss === "silently" ? setting.mark : 0;
  await setting.lose(loss, WORDS.missed);
  const seconds = await each(clients, async (_, name) => {
    const arrival = setting.arrival(name, { after, within: patience });
    return await orNothing(arrival) === undefined ? undefined : secondsSince(lostAt);
  });
  const occupants = await setting.occupants();
  await setting.witness.say(ROOM, WORDS.next);
  const shown = await each(clients, async (client) => ({
    hears: await shows(client, WORDS.next),
    missedShown: times(await client.screen(), WORDS.missed),
    helloShown: times(await client.screen(), WORDS.hello),
  }));
  const found = await each(clients, async (client, name) => {
    const { jid, nick } = setting.account(name);
    const secondsOut = seconds.get(name);
    return {
      client: name,
      ...secondsOut !== undefined && { secondsOut },
      listed: occupants.some((each) => each.nick === nick && each.jid.startsWith(`${jid}/`)),
      ...shown.get(name)!,
      heard: await isHeard(setting, client, `${name} is back`),
    };
  });
  return [...found.values()];
}

/** Waits until a client shows a word; returns whether it did in time. */
export async function shows(client: RealClient, word: string): Promise<boolean> {
  const deadline = performance.now() + SHOWN_WITHIN_MS;
  while (times(await client.screen(), word) === 0) {
    if (performance.now() > deadline) return false;
    await delay(LOOK_MS);
  }
  return true;
}

/** Says something in a client; returns whether the witness got it in time. */
export async function isHeard(
  setting: Setting,
  client: RealClient,
  text: string,
): Promise<boolean> {
  const after = setting.witness.journal.length;
  await client.say(text);
  const wait = { after, within: HEARD_WITHIN_MS };
  const heard = setting.witness.untilStanza(text, ({ body }) => body === text, wait);
  return await orNothing(heard) !== undefined;
}

/** Does the same with all clients at a time; the first failure is that of all. */
export async function each<T>(
  clients: Clients,
  work: (client: RealClient, name: string) => Promise<T>,
): Promise<Map<string, T>> {
  const entries = [...clients].map(async ([name, client]) =>
    [name, await work(client, name)] as const
  );
  return new Map(await Promise.all(entries));
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}

function times(text: string, word: string): number {
  return text.split(word).length - 1;
}

async function orNothing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    return undefined;
  }
}
