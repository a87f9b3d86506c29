/** The connection under test, and whether there is a server to test it against. */

import {
  ComponentConnection,
  type ComponentError,
  type ConnectionOptions,
  tcpTransport,
} from "../../../component/mod.ts";
import type { Element } from "../../../xml/mod.ts";
import { Inbox } from "../../component/inbox.ts";
import { PASSWORD } from "../support/prosody.ts";

/** The component's domain, unless told otherwise. */
export const KEEPER = "keeper.example";

/** Whether a program is there to be run. */
export function isInstalled(program: string): boolean {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return folders.some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}

/** A connection with inboxes for its events. */
export class Component implements AsyncDisposable {
  readonly connected = new Inbox<string>();
  readonly disconnected = new Inbox<ComponentError>();
  readonly retrying = new Inbox<ComponentError>();
  readonly stanzas = new Inbox<Element>();
  readonly connection: ComponentConnection;

  constructor(hostname: string, options: Partial<ConnectionOptions> = {}) {
    this.connection = new ComponentConnection({
      domain: KEEPER,
      secret: PASSWORD,
      transport: tcpTransport({ hostname }),
      identity: { software: { name: "Roomkeeper", version: "0" } },
      backoff: { minMs: 10, maxMs: 100 },
      heartbeat: { selfPingMs: 100, selfPingTimeoutMs: 2_000 },
      log: () => {},
      events: {
        connected: ({ streamId }) => this.connected.put(streamId),
        disconnected: ({ reason }) => this.disconnected.put(reason),
        retrying: ({ reason }) => this.retrying.put(reason),
        stanza: (stanza) => this.stanzas.put(stanza),
      },
      ...options,
    });
    this.connection.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection.close();
  }
}
