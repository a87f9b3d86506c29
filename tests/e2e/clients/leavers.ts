/**
 * Who is shown to be in a room by clients that were lost while somebody left it, after they have
 * been brought back; and what a presence that was made for that does.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { NS } from "../../../xmpp/namespaces.ts";
import { Client } from "../support/client.ts";
import { ComponentPeer } from "../support/component_peer.ts";
import { DeadlineError } from "../support/journal.ts";
import { type Clients, each, isHeard, shows } from "./observe.ts";
import type { RealClient } from "./real_client.ts";
import { HOME } from "./home.ts";
import { ROOM, ROOMS_USERS, type Session, type Setting } from "./setting.ts";

/** What one client made of it. */
export interface LeaverObservation {
  /** The client's name. */
  readonly client: string;
  /** Whether it lists somebody who left while it was in the room, as the room told it. */
  readonly afterLeaving: boolean;
  /** Whether it lists the one who left meanwhile, once it is back. */
  readonly afterRejoin: boolean;
  /** The same, after an `unavailable` of that occupant that was made. */
  readonly afterUnavailable: boolean;
  /** The same, after another one. */
  readonly afterAnother: boolean;
  /** Whether it lists the one who was never in, after an `unavailable` of that. */
  readonly strangerListed: boolean;
  /** Whether it shows the stranger's name anywhere. */
  readonly strangerShown: boolean;
  /** Whether it goes on listing the others, hearing and being heard after all that. */
  readonly unharmed: boolean;
}

/** What one client made of it where Roomkeeper brought it back. */
export interface KeptObservation {
  /** The client's name. */
  readonly client: string;
  /** Whether it goes on listing the one who left meanwhile. */
  readonly listsLeaver: boolean;
  /** Whether it goes on listing the others, hearing and being heard. */
  readonly unharmed: boolean;
}

const EARLY_LEAVER = "Violet";
const LEAVER = "Lilac";
const STRANGER = "Nettle";
const WORDS = { missed: "Lavender", next: "Marigold", last: "Primrose" } as const;
/** A change is on the screen by then; or else it does not come. */
const SHOWN_MS = 1_500;
const SETTLED_MS = 8_000;
const LOOK_MS = 500;

/** Plays it with clients that are in the room, at a home server with a component of the test. */
export async function observeLeavers(
  setting: Setting,
  clients: Clients,
): Promise<LeaverObservation[]> {
  await using leaver = await Client.connect({ jid: `${ROOMS_USERS[0]}/pad`, ip: setting.rooms.ip });
  await comeIn(leaver, EARLY_LEAVER, clients);
  await leaver.leave(ROOM, EARLY_LEAVER);
  const afterLeaving = await each(clients, (client) => lists(client, EARLY_LEAVER, false));
  await comeIn(leaver, LEAVER, clients);
  const sessions = (await setting.occupants()).filter(({ jid }) => jid.includes(`@${HOME}/`));
  const after = setting.mark;
  await setting.lose("silently", WORDS.missed, () => leaver.leave(ROOM, LEAVER));
  await using component = await ComponentPeer.connect(setting.home.ip);
  for (const session of sessions) await component.send(join(session));
  await each(clients, (_, name) => setting.arrival(name, { after }));
  await setting.witness.say(ROOM, WORDS.next);
  await each(clients, (client) => shows(client, WORDS.next));
  const afterRejoin = await each(clients, (client) => lists(client, LEAVER, false));
  for (const { jid } of sessions) await component.send(unavailable(LEAVER, jid));
  await component.settle();
  const afterUnavailable = await each(clients, (client) => lists(client, LEAVER, false));
  for (const { jid } of sessions) await component.send(unavailable(LEAVER, jid));
  await component.settle();
  const afterAnother = await each(clients, (client) => stillLists(client, LEAVER));
  for (const { jid } of sessions) await component.send(unavailable(STRANGER, jid));
  await component.settle();
  await setting.witness.say(ROOM, WORDS.last);
  const found = await each(clients, async (client, name) => {
    const hears = await shows(client, WORDS.last);
    return {
      client: name,
      afterLeaving: afterLeaving.get(name)!,
      afterRejoin: afterRejoin.get(name)!,
      afterUnavailable: afterUnavailable.get(name)!,
      afterAnother: afterAnother.get(name)!,
      strangerListed: await stillLists(client, STRANGER),
      strangerShown: (await client.screen()).includes(STRANGER),
      unharmed: hears && await isWell(setting, client, name),
    };
  });
  return [...found.values()];
}

/**
 * Plays it with Roomkeeper.
 *
 * @param within Milliseconds after which a client that still lists the leaver goes on doing so.
 */
export async function observeKept(
  setting: Setting,
  clients: Clients,
  within: number,
): Promise<KeptObservation[]> {
  await using leaver = await Client.connect({ jid: `${ROOMS_USERS[0]}/pad`, ip: setting.rooms.ip });
  await comeIn(leaver, LEAVER, clients);
  const after = setting.mark;
  await setting.lose("silently", WORDS.missed, () => leaver.leave(ROOM, LEAVER));
  await each(clients, (_, name) => setting.arrival(name, { after, within }));
  await setting.witness.say(ROOM, WORDS.next);
  await each(clients, (client) => shows(client, WORDS.next));
  const found = await each(clients, async (client, name) => ({
    client: name,
    listsLeaver: await lists(client, LEAVER, false, within),
    unharmed: await isWell(setting, client, name),
  }));
  return [...found.values()];
}

/** Whether a client is heard, and lists who is there. */
async function isWell(setting: Setting, client: RealClient, name: string): Promise<boolean> {
  return await isHeard(setting, client, `${name} is well`) && await lists(client, "Wendy", true);
}

/** Somebody enters the room, and all clients list that. */
async function comeIn(somebody: Client, nick: string, clients: Clients): Promise<void> {
  await somebody.join(ROOM, nick);
  await each(clients, async (client, name) => {
    if (await lists(client, nick, true)) return;
    throw new DeadlineError(`${name} does not list ${nick}:\n${await client.occupants()}`);
  });
}

/** Whether a client lists a nick, though it should not and has had time to show otherwise. */
async function stillLists(client: RealClient, nick: string): Promise<boolean> {
  await delay(SHOWN_MS);
  return await lists(client, nick, false);
}

/** Whether a client lists a nick; waits a while for what is expected. */
async function lists(
  client: RealClient,
  nick: string,
  expected: boolean,
  within = SETTLED_MS,
): Promise<boolean> {
  const deadline = performance.now() + within;
  for (;;) {
    const listed = (await client.occupants()).includes(nick);
    if (listed === expected || performance.now() > deadline) return listed;
    await delay(LOOK_MS);
  }
}

function join({ jid, nick }: Session): string {
  return `<presence from='${jid}' to='${ROOM}/${nick}' id='rk-test-${nick}'>` +
    `<x xmlns='${NS.muc}'><history seconds='60'/></x></presence>`;
}

function unavailable(nick: string, to: string): string {
  return `<presence type='unavailable' from='${ROOM}/${nick}' to='${to}'>` +
    `<x xmlns='${NS.mucUser}'><item affiliation='none' role='none'/></x></presence>`;
}
