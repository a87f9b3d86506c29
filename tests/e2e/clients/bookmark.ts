/**
 * A bookmark that lets a user's clients enter a room when they start, in all three places where
 * clients look for it.
 *
 * @module
 */
import { Client } from "../support/client.ts";
import type { Account } from "./real_client.ts";

/** Makes the bookmark, logged in as the user for a moment. */
export async function bookmark({ jid, server, room, nick }: Account): Promise<void> {
  await using client = await Client.connect({ jid: `${jid}/bookmark`, ip: server });
  const storage = `<storage xmlns='storage:bookmarks'>` +
    `<conference jid='${room}' name='garden' autojoin='true'><nick>${nick}</nick></conference></storage>`;
  const native = `<conference xmlns='urn:xmpp:bookmarks:1' name='garden' autojoin='true'>` +
    `<nick>${nick}</nick></conference>`;
  const requests = [
    `<query xmlns='jabber:iq:private'>${storage}</query>`,
    publish("storage:bookmarks", "current", storage),
    publish("urn:xmpp:bookmarks:1", room, native),
  ];
  for (const request of requests) {
    const id = crypto.randomUUID();
    await client.sendRaw(`<iq type='set' id='${id}'>${request}</iq>`);
    // A server that keeps them in one place may refuse another.
    await client.untilStanza("an answer", (stanza) => stanza.id === id);
  }
  await client.quit();
}

function publish(node: string, item: string, payload: string): string {
  const field = (name: string, value: string) =>
    `<field var='${name}'><value>${value}</value></field>`;
  return `<pubsub xmlns='http://jabber.org/protocol/pubsub'>` +
    `<publish node='${node}'><item id='${item}'>${payload}</item></publish>` +
    `<publish-options><x xmlns='jabber:x:data' type='submit'>` +
    field("FORM_TYPE", "http://jabber.org/protocol/pubsub#publish-options") +
    field("pubsub#persist_items", "true") + field("pubsub#access_model", "whitelist") +
    `</x></publish-options></pubsub>`;
}
