/**
 * What the owner of a room can do with it (XEP-0045 §9, §10).
 *
 * @module
 */
import type { Client } from "./client.ts";

const OWNER = "http://jabber.org/protocol/muc#owner";
const ADMIN = "http://jabber.org/protocol/muc#admin";

/** Changes options of a room; a locked room is unlocked by it. Names without `muc#roomconfig_`. */
export async function configure(
  owner: Client,
  room: string,
  options: Readonly<Record<string, string>>,
): Promise<void> {
  const fields = Object.entries(options).map(([name, value]) =>
    `<field var='muc#roomconfig_${name}'><value>${value}</value></field>`
  );
  const type =
    `<field var='FORM_TYPE' type='hidden'><value>${OWNER.replace("#owner", "#roomconfig")}` +
    `</value></field>`;
  const form = `<x xmlns='jabber:x:data' type='submit'>${type}${fields.join("")}</x>`;
  await order(owner, room, `<query xmlns='${OWNER}'>${form}</query>`);
}

/** Bans a user. */
export async function ban(owner: Client, room: string, user: string): Promise<void> {
  const item = `<item affiliation='outcast' jid='${user}'/>`;
  await order(owner, room, `<query xmlns='${ADMIN}'>${item}</query>`);
}

/** Ends a room for good, and names the one that takes its place. */
export async function move(owner: Client, room: string, alternate: string): Promise<void> {
  const destroy = `<destroy jid='${alternate}'><reason>We have moved</reason></destroy>`;
  await order(owner, room, `<query xmlns='${OWNER}'>${destroy}</query>`);
}

async function order(owner: Client, room: string, query: string): Promise<void> {
  const id = crypto.randomUUID();
  await owner.sendRaw(`<iq type='set' to='${room}' id='${id}'>${query}</iq>`);
  const { type, xml } = await owner.untilStanza("the room's consent", (s) => s.id === id);
  if (type !== "result") throw new Error(`${room} does not obey: ${xml}`);
}
