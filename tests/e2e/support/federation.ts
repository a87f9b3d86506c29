/**
 * Two federated Prosody servers: `home.example` with the users and the component's host, and one
 * with rooms; the wires between them can be cut.
 *
 * @module
 */
import { Client, type ClientOptions } from "./client.ts";
import { disposeAll } from "./dispose.ts";
import { Wire } from "./link_cut.ts";
import { domainsOf, lua, Prosody } from "./prosody.ts";
import { prosodyHome, type ProsodyHomeOptions } from "./prosody_home.ts";
import { serverOptions } from "./server.ts";

/** What is special about a federation. */
export interface FederationOptions extends Omit<ProsodyHomeOptions, "keeperCertified"> {
  /** Whether the component's domain has a DNS record, and a certificate. @default {false} */
  readonly keeperFederates?: boolean;
  /** Lua lines for options of the rooms' server. */
  readonly roomsOptions?: string;
  /** More modules of the rooms' server. */
  readonly roomsModules?: readonly string[];
  /** Lua lines for more hosts and components of the rooms' server. */
  readonly roomsHosts?: string;
  /** How far the clock of the rooms' server is ahead, in seconds. @default {0} */
  readonly roomsClockAhead?: number;
}

const KEEPER = "keeper.home.example";

/** The two servers. */
export class Federation implements AsyncDisposable {
  /** `home.example`, and the component's host `keeper.home.example`. */
  readonly home: Prosody;
  /**
   * `rooms.example` with rooms that end when empty, `lasting.example` with persistent ones, and
   * `away.example` with a user `mallory`.
   */
  readonly rooms: Prosody;
  /** The way of connections that the home server makes. */
  readonly outward: Wire;
  /** The way of connections that the rooms' server makes. */
  readonly inward: Wire;
  readonly #clients: Client[] = [];

  private constructor(options: FederationOptions) {
    const { keeperFederates = false } = options;
    const { roomsOptions = "", roomsModules = [], roomsHosts = "" } = options;
    this.home = prosodyHome({ ...options, keeperCertified: keeperFederates });
    const muc = `restrict_room_creation = false; muc_room_locking = false
  public_user_role = "prosody:registered"
  modules_enabled = { ${roomsModules.map(lua).join(", ")} }`;
    this.rooms = new Prosody({
      ...serverOptions(options),
      name: "rooms",
      clockAhead: options.roomsClockAhead ?? 0,
      users: ["mallory@away.example"],
      modules: roomsModules,
      options: roomsOptions,
      hosts: `
VirtualHost "away.example"
Component "rooms.example" "muc"
  ${muc}
Component "lasting.example" "muc"
  ${muc}
  muc_room_default_persistent = true
${roomsHosts}`,
    });
    this.outward = new Wire(this.rooms.ip);
    this.inward = new Wire(this.home.ip);
    for (const domain of domainsOf(this.rooms.hosts)) this.home.resolve(domain, this.outward.ip);
    for (const domain of domainsOf(this.home.hosts)) {
      if (domain !== KEEPER || keeperFederates) this.rooms.resolve(domain, this.inward.ip);
    }
  }

  /** Makes both servers and starts them. */
  static async start(options: FederationOptions = {}): Promise<Federation> {
    const federation = new Federation(options);
    try {
      await Promise.all([federation.home.start(), federation.rooms.start()]);
    } catch (error) {
      await federation[Symbol.asyncDispose]();
      throw error;
    }
    return federation;
  }

  /** Connects a client of a user, by default at the home server. */
  async client(jid: string, options: Partial<ClientOptions> = {}): Promise<Client> {
    const ip = jid.includes("@away.example") ? this.rooms.ip : this.home.ip;
    const client = await Client.connect({ jid, ip, ...options });
    this.#clients.push(client);
    return client;
  }

  /** Cuts both ways between the servers. */
  cut(): void {
    this.outward.cut();
    this.inward.cut();
  }

  /** Lets nothing through any more, while the connections seem to be there. */
  silence(): void {
    this.outward.silence();
    this.inward.silence();
  }

  /** Lets the servers reach each other again. */
  mend(): void {
    this.outward.mend();
    this.inward.mend();
  }

  /** Ends everything and leaves nothing behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    await disposeAll([...this.#clients, this.home, this.rooms, this.outward, this.inward]);
  }
}
