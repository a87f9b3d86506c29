/**
 * A real XMPP client (slixmpp) in a process of its own.
 *
 * @module
 */
import { join } from "node:path";
import { Journal, type Wait } from "./journal.ts";
import { Process } from "./process.ts";
import { PASSWORD } from "./prosody.ts";

/** A stanza that the client received. */
export interface Received {
  /** Always `stanza`. */
  readonly event: "stanza";
  /** When it came, in seconds since 1970. */
  readonly at: number;
  /** `presence`, `message` or `iq`. */
  readonly kind: string;
  /** All of it. */
  readonly xml: string;
  readonly type?: string;
  readonly from?: string;
  readonly to?: string;
  readonly id?: string;
  /** The codes of muc#user statuses. */
  readonly statuses: readonly number[];
  /** The nick in the muc#user item. */
  readonly newNick?: string;
  /** The condition of an error. */
  readonly condition?: string;
  /** The body of a message. */
  readonly body?: string;
  /** The child elements as `{namespace}name`. */
  readonly payloads: readonly string[];
}

/** Something else that happened to the client. */
export interface Happened {
  readonly event: "online" | "resumed" | "refused" | "disconnected" | "trouble";
  /** When, in seconds since 1970. */
  readonly at?: number;
  /** A line of the client's log. */
  readonly line?: string;
}

/** Where and how to connect. */
export interface ClientOptions {
  /** The full JID. */
  readonly jid: string;
  /** The server's address. */
  readonly ip: string;
  /** Ask for a session that can be resumed (XEP-0198). @default {false} */
  readonly resumable?: boolean;
}

/** A client. */
export class Client implements AsyncDisposable {
  /** Its full JID. */
  readonly jid: string;
  /** What it received, and what became of its connection. */
  readonly journal: Journal<Received | Happened>;
  readonly #process: Process;

  private constructor(options: ClientOptions) {
    this.jid = options.jid;
    this.journal = new Journal(options.jid, (entry) => JSON.stringify(entry));
    this.#process = new Process({
      name: options.jid,
      command: "/usr/bin/python3",
      args: [join(import.meta.dirname!, "client.py")],
      onLine: (line) => {
        const happened = line.startsWith("{") ? JSON.parse(line) : { event: "trouble", line };
        this.journal.add(happened);
      },
    });
  }

  /** Connects a client, and waits until it is online. */
  static async connect(options: ClientOptions): Promise<Client> {
    const client = new Client(options);
    const { jid, ip, resumable = false } = options;
    await client.#process.writeLine(
      JSON.stringify({ jid, password: PASSWORD, host: ip, port: 5222, resumable }),
    );
    await client.journal.until("its session", (entry) => entry.event === "online", {
      within: 20_000,
    });
    return client;
  }

  /** Enters a room and waits for the room's word; the nick is the one that the room gave. */
  async join(room: string, nick: string): Promise<string> {
    const after = this.journal.length;
    await this.askIn(room, nick);
    const { from } = await this.untilStanza(
      `itself in ${room}`,
      (s) => s.kind === "presence" && !s.type && isFrom(s, room) && s.statuses.includes(110),
      { after },
    );
    return from!.slice(room.length + 1);
  }

  /** Asks to be let into a room, with its password if it has one. */
  async askIn(room: string, nick: string, password?: string): Promise<void> {
    await this.#do({ do: "presence", room, nick, join: true, password });
  }

  /** Asks for another nick and waits for the room's word. */
  async changeNick(room: string, nick: string): Promise<void> {
    const after = this.journal.length;
    await this.askNick(room, nick);
    await this.untilStanza(
      `itself as ${nick}`,
      (s) => s.from === `${room}/${nick}` && !s.type && s.statuses.includes(110),
      { after },
    );
  }

  /** Asks for another nick. */
  async askNick(room: string, nick: string): Promise<void> {
    await this.#do({ do: "presence", room, nick });
  }

  /** Says that it leaves a room; does not wait. */
  async leave(room: string, nick: string): Promise<void> {
    await this.#do({ do: "presence", room, nick, type: "unavailable" });
  }

  /** Sends a message to a room. */
  async say(room: string, body: string): Promise<void> {
    await this.#do({ do: "message", to: room, body, type: "groupchat" });
  }

  /** Sends XML as it is. */
  async sendRaw(xml: string): Promise<void> {
    await this.#do({ do: "raw", xml });
  }

  /** Lets the connection break without a word. */
  async drop(): Promise<void> {
    const after = this.journal.length;
    await this.#do({ do: "drop" });
    await this.journal.until("the break", (e) => e.event === "disconnected", { after });
  }

  /** Connects again after {@linkcode drop}; resumes the session if that was asked for. */
  async reconnect(): Promise<void> {
    const after = this.journal.length;
    await this.#do({ do: "connect" });
    await this.journal.until("a session", (e) => /^(online|resumed)$/.test(e.event), { after });
  }

  /** Logs out in good order. */
  async quit(): Promise<void> {
    const after = this.journal.length;
    await this.#do({ do: "quit" });
    await this.journal.until("the end", (e) => e.event === "disconnected", { after });
  }

  /** The stanzas it received from a position on. */
  stanzas(after = 0): Received[] {
    return this.journal.where((entry) => entry.event === "stanza", after) as Received[];
  }

  /** The first stanza that fits, received or to come. */
  async untilStanza(what: string, test: (s: Received) => boolean, wait?: Wait): Promise<Received> {
    const fits = (entry: Received | Happened) => entry.event === "stanza" && test(entry);
    return await this.journal.until(what, fits, wait) as Received;
  }

  /**
   * Waits until all that its server sent it by now has arrived.
   *
   * Then what is not in the journal was not sent: no waiting for what doesn't come.
   */
  async settle(): Promise<void> {
    const id = crypto.randomUUID();
    const host = this.jid.slice(this.jid.indexOf("@") + 1, this.jid.indexOf("/"));
    await this.sendRaw(`<iq type='get' to='${host}' id='${id}'><ping xmlns='urn:xmpp:ping'/></iq>`);
    await this.untilStanza("the server's answer", (s) => s.id === id);
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }

  async #do(command: Record<string, unknown>): Promise<void> {
    await this.#process.writeLine(JSON.stringify(command));
  }
}

/** Whether a stanza is from an address of a room. */
export function isFrom(stanza: Received, room: string): boolean {
  return stanza.from === room || (stanza.from?.startsWith(`${room}/`) ?? false);
}
