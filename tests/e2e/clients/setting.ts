/**
 * A home server with users, and a server with rooms that loses them.
 *
 * @module
 */
import { authorityCertificate } from "../support/certificates.ts";
import { Client } from "../support/client.ts";
import { disposeAll } from "../support/dispose.ts";
import { Wire } from "../support/link_cut.ts";
import { PASSWORD, Prosody } from "../support/prosody.ts";
import { Roomkeeper } from "../support/roomkeeper.ts";
import type { Server } from "../support/server.ts";
import { ejabberdHome, HOME, prosodyHome, type Remedy } from "./home.ts";
import { NameServer } from "./name_server.ts";
import type { Account } from "./real_client.ts";
import { nameHosts, SANDBOX_IP, trust } from "./sandbox.ts";

/** Which software the home server is, and what is installed on it. */
export interface Cell {
  /** The software of the home server. */
  readonly home: "prosody" | "ejabberd";
  /** What looks after users who fall out of rooms. */
  readonly remedy: Remedy;
  /** Seconds after a rejoin until a session hears who left. @default {90} */
  readonly leaversAfter?: number;
}

/** How occupants get lost. */
export type Loss = "silently" | "kill -9";

/** The room. */
export const ROOM = "garden@rooms.example";
/** The one who stays in the room, at its own server. */
const WITNESS = "wendy@away.example";
/** Others at that server, who can enter the room and leave it. */
export const ROOMS_USERS = ["lilac@away.example"] as const;
const TEST_NAMESPACE = "urn:x-roomkeeper:test:losses";

/** A session in the room. */
export interface Session {
  /** The full JID. */
  readonly jid: string;
  /** The nick. */
  readonly nick: string;
}

/** Everything runs. */
export class Setting implements AsyncDisposable {
  /** `home.example`. */
  readonly home: Server;
  /** `rooms.example`, a Prosody. */
  readonly rooms: Prosody;
  /** Roomkeeper; not started where it is not the remedy. */
  readonly keeper: Roomkeeper;
  readonly #outward: Wire;
  readonly #inward: Wire;
  readonly #remedy: Remedy;
  #names: NameServer | undefined;
  #witness: Client | undefined;

  private constructor(home: Server, remedy: Remedy, keeper: Readonly<Record<string, string>>) {
    this.home = home;
    this.#remedy = remedy;
    this.rooms = new Prosody({
      name: "rooms",
      users: [WITNESS, ...ROOMS_USERS],
      pluginPaths: [import.meta.dirname!],
      hosts: `
VirtualHost "away.example"
Component "rooms.example" "muc"
  modules_enabled = { "losses" }
  muc_room_default_persistent = true
  muc_room_locking = false
  public_user_role = "prosody:registered"
`,
    });
    this.keeper = new Roomkeeper({ ip: home.ip, keeper });
    this.#outward = new Wire(this.rooms.ip);
    this.#inward = new Wire(home.ip);
    home.resolve("rooms.example", this.#outward.ip);
    this.rooms.resolve(HOME, this.#inward.ip);
  }

  /**
   * Starts everything, with a witness in the room.
   *
   * @param users The users' names.
   * @param keeper Options of Roomkeeper's `[keeper]`.
   */
  static async start(
    { home, ...options }: Cell,
    users: readonly string[],
    keeper: Readonly<Record<string, string>> = {},
  ): Promise<Setting> {
    const make = home === "prosody" ? prosodyHome : ejabberdHome;
    const jids = users.map((user) => `${user}@${HOME}`);
    const server = make({ ...options, users: jids });
    const setting = new Setting(server, options.remedy, keeper);
    try {
      trust(await authorityCertificate());
      const addresses = { [HOME]: server.ip };
      nameHosts(addresses);
      setting.#names = await NameServer.start(SANDBOX_IP, addresses);
      await Promise.all([setting.#startHome(), setting.rooms.start()]);
      await setting.#enterWitness();
    } catch (error) {
      await setting[Symbol.asyncDispose]();
      throw error;
    }
    return setting;
  }

  /** The account of a user, for a client. */
  account(user: string): Account {
    const jid = `${user}@${HOME}`;
    return { jid, password: PASSWORD, server: this.home.ip, room: ROOM, nick: nickOf(user) };
  }

  /** The one who stays in the room. */
  get witness(): Client {
    return this.#witness!;
  }

  /** A position in the room's log. */
  get mark(): number {
    return this.rooms.log.length;
  }

  /** Waits until a user comes into the room; returns with which session. */
  async arrival(user: string, wait: { after?: number; within?: number } = {}): Promise<string> {
    const line = await this.rooms.log.until(
      `${user} in the room`,
      (line) => line.includes(`In the room: ${user}@${HOME}/`),
      wait,
    );
    return line.slice(line.indexOf(`${user}@`));
  }

  /** Who is in, asked of the room. */
  async occupants(): Promise<Session[]> {
    const xml = await this.#ask("get", "occupants");
    return [...xml.matchAll(/<(?:\w+:)?occupant [^>]*>/g)].map(([tag]) => ({
      jid: /jid="([^"]*)"/.exec(tag)![1]!,
      nick: /nick="[^"]*?\/([^"]*)"/.exec(tag)![1]!,
    }));
  }

  /**
   * Loses everybody who is not at the rooms' server, while the servers can't reach each other.
   * Before they can again, the witness says something that the others miss.
   *
   * @param meanwhile What else happens before the servers can reach each other again.
   */
  async lose(how: Loss, missed: string, meanwhile?: () => Promise<void>): Promise<void> {
    this.#outward.cut();
    this.#inward.cut();
    if (how === "silently") {
      await this.#ask("set", "lose");
    } else {
      await this.rooms.kill();
      await this.#witness?.[Symbol.asyncDispose]();
      await this.rooms.start();
      await this.#enterWitness();
    }
    await this.witness.say(ROOM, missed);
    await this.witness.settle();
    await meanwhile?.();
    this.#outward.mend();
    this.#inward.mend();
  }

  /** Ends everything and leaves nothing behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#names?.[Symbol.dispose]();
    const witness = this.#witness === undefined ? [] : [this.#witness];
    await disposeAll([
      ...[...witness, this.keeper, this.home, this.rooms, this.#outward, this.#inward],
    ]);
  }

  async #startHome(): Promise<void> {
    await this.home.start();
    if (this.#remedy !== "roomkeeper") return;
    await this.keeper.start();
    await this.keeper.until("its server", ({ properties }) => properties.event === "synced");
  }

  async #enterWitness(): Promise<void> {
    this.#witness = await Client.connect({ jid: `${WITNESS}/witness`, ip: this.rooms.ip });
    await this.#witness.join(ROOM, "Wendy");
  }

  async #ask(type: "get" | "set", what: string): Promise<string> {
    const id = crypto.randomUUID();
    await this.witness.sendRaw(
      `<iq type='${type}' to='rooms.example' id='${id}'>` +
        `<${what} xmlns='${TEST_NAMESPACE}' room='${ROOM}'/></iq>`,
    );
    const answer = await this.witness.untilStanza(`the answer to ${what}`, (s) => s.id === id);
    if (answer.type !== "result") throw new Error(`The rooms' server refused: ${answer.xml}`);
    return answer.xml;
  }
}

/** The nick of a user. */
export function nickOf(user: string): string {
  return user[0]!.toUpperCase() + user.slice(1);
}
