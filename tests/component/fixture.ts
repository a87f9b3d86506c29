/** A connection under test, with its server's end, its events and its log. */

import { ComponentConnection, type ConnectionOptions, type LogLevel } from "../../component/mod.ts";
import type { ComponentError } from "../../component/mod.ts";
import type { Element } from "../../xml/mod.ts";
import { DOMAIN, FakeSession, SECRET } from "./fake_server.ts";
import { Inbox } from "./inbox.ts";
import { MemoryTransport } from "./memory_transport.ts";
import { VirtualClock } from "./virtual_clock.ts";

export interface Logged {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export class Fixture implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly transport = new MemoryTransport();
  readonly connected = new Inbox<string>();
  readonly disconnected = new Inbox<ComponentError>();
  readonly retrying = new Inbox<{ readonly reason: ComponentError; readonly retryInMs: number }>();
  readonly stanzas = new Inbox<Element>();
  readonly log: Logged[] = [];
  readonly connection: ComponentConnection;

  constructor(options: Partial<ConnectionOptions> = {}) {
    let ids = 0;
    this.connection = new ComponentConnection({
      domain: DOMAIN,
      secret: SECRET,
      transport: this.transport,
      clock: this.clock,
      random: () => 0.5,
      newId: () => `id${++ids}`,
      log: (level, message, fields = {}) => this.log.push({ level, message, fields }),
      ...options,
      events: {
        connected: ({ streamId }) => this.connected.put(streamId),
        disconnected: ({ reason }) => this.disconnected.put(reason),
        retrying: (event) => this.retrying.put(event),
        stanza: (stanza) => this.stanzas.put(stanza),
        ...options.events,
      },
    });
  }

  /** Starts, and accepts the connection. */
  start(): Promise<FakeSession> {
    this.connection.start();
    return this.accept();
  }

  /** Accepts the next connection. */
  async accept(id?: string): Promise<FakeSession> {
    const session = await FakeSession.accept(await this.transport.accepted.next(), id);
    await this.connected.next();
    return session;
  }

  /** What the messages of a level say, with their fields. */
  said(level: LogLevel): string[] {
    return this.log.filter((entry) => entry.level === level).map(({ message, fields }) =>
      message.replace(/\{(\w+)\}/g, (_, name) => String(fields[name]))
    );
  }

  /** Closes, with a server that may not answer any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.connection.close();
    while (!(await Promise.race([closed, tick()]))) this.clock.advance(1_000);
  }
}

/** Lets everything happen that is not waiting for time or for another side. */
export function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
