/**
 * A room that a test plays: it sees what comes to it, and says what the test wants.
 *
 * @module
 */
import type { Element } from "../../../xml/element.ts";
import { NS } from "../../../xmpp/namespaces.ts";
import type { Client } from "./client.ts";
import { ComponentPeer } from "./component_peer.ts";

/** A room at a component's domain. */
export class StagedRoom implements AsyncDisposable {
  /** Its bare JID. */
  readonly jid: string;
  /** The component that speaks for it. */
  readonly peer: ComponentPeer;

  private constructor(jid: string, peer: ComponentPeer) {
    this.jid = jid;
    this.peer = peer;
  }

  /** Connects the component of the room's domain to the server at `ip`. */
  static async open(jid: string, ip: string): Promise<StagedRoom> {
    const domain = jid.slice(jid.indexOf("@") + 1);
    return new StagedRoom(jid, await ComponentPeer.connect(ip, domain));
  }

  /**
   * A client joins and is let in.
   *
   * @param x What its `<x/>` holds, such as a password.
   */
  async admit(client: Client, nick: string, x = ""): Promise<void> {
    const after = client.journal.length;
    const id = crypto.randomUUID();
    await client.sendRaw(
      `<presence id='${id}' to='${this.jid}/${nick}'><x xmlns='${NS.muc}'>${x}</x></presence>`,
    );
    await this.untilGot(id);
    await this.send(this.presence(client.jid, nick));
    const isOwn = (from?: string) => from === `${this.jid}/${nick}`;
    await client.untilStanza("itself", (s) => isOwn(s.from) && s.statuses.includes(110), { after });
  }

  /** The stanza with this id, as the room gets it. */
  async untilGot(id: string): Promise<Element> {
    return (await this.peer.until(`stanza ${id}`, ({ stanza }) => stanza.attr("id") === id)).stanza;
  }

  /** An occupant's presence; by default the recipient's own. */
  presence(to: string, nick: string, inner = `<status code='110'/>`, type = ""): string {
    return `<presence from='${this.jid}/${nick}' to='${to}'${type && ` type='${type}'`}>` +
      `<x xmlns='${NS.mucUser}'><item affiliation='none' role='participant'/>${inner}</x></presence>`;
  }

  /** What an occupant said. */
  line(to: string, nick: string, body: string, more = ""): string {
    return `<message type='groupchat' from='${this.jid}/${nick}' to='${to}'>` +
      `<body>${body}</body>${more}</message>`;
  }

  /** Sends XML as it is. */
  async send(xml: string): Promise<void> {
    await this.peer.send(xml);
  }

  /** Breaks the component's connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.peer[Symbol.asyncDispose]();
  }
}
