/**
 * A home server that is ejabberd, and a rooms' server of either kind, federated.
 *
 * The domains are those of {@linkcode Federation}, with rooms of its own at `local.home.example`
 * and a place for an external component with rooms, `gateway.home.example`.
 *
 * @module
 */
import { Client, type ClientOptions } from "./client.ts";
import { disposeAll } from "./dispose.ts";
import { Ejabberd } from "./ejabberd.ts";
import { Wire } from "./link_cut.ts";
import { type RoomsKind, roomsServer } from "./rooms_server.ts";
import { type Server, type ServerOptions, serverOptions } from "./server.ts";

export type { RoomsKind } from "./rooms_server.ts";

/** What is special about it. */
export interface EjabberdHomeOptions extends ServerOptions {
  /** How the home server tells Roomkeeper what happens. @default {"plugin"} */
  readonly feed?: "plugin" | "stock" | "none";
  /** The software of the server at `rooms.example`. @default {"prosody"} */
  readonly rooms?: RoomsKind;
  /** Whether the server's certificate is valid for the component's domain too. @default {false} */
  readonly keeperCertified?: boolean;
  /** How far the clock of the rooms' server is ahead, in seconds. @default {0} */
  readonly roomsClockAhead?: number;
  /** Options of the home server. */
  readonly homeOptions?: Readonly<Record<string, unknown>>;
  /** More modules of the home server, with their options. */
  readonly homeModules?: Readonly<Record<string, unknown>>;
  /** Options of a rooms' server that is ejabberd. */
  readonly roomsOptions?: Readonly<Record<string, unknown>>;
}

/** The component's domain; no other server can resolve it. */
export const KEEPER = "keeper.home.example";

const FEEDS = {
  plugin: { mod_roomkeeper: { component: KEEPER } },
  stock: { mod_service_log: { loggers: [KEEPER] } },
  none: {},
};

/** The two servers. */
export class EjabberdHome implements AsyncDisposable {
  /** `home.example`, with users alice, bob, carol and mallory. */
  readonly home: Ejabberd;
  /** `rooms.example`. */
  readonly rooms: Server;
  /** The way of connections that the home server makes. */
  readonly outward: Wire;
  /** The way of connections that the rooms' server makes. */
  readonly inward: Wire;
  readonly #clients: Client[] = [];

  private constructor(options: EjabberdHomeOptions) {
    this.home = ejabberdHome(options);
    this.rooms = roomsServer(options.rooms ?? "prosody", {
      ...serverOptions(options),
      ejabberd: options.roomsOptions ?? {},
      clockAhead: options.roomsClockAhead ?? 0,
    });
    this.outward = new Wire(this.rooms.ip);
    this.inward = new Wire(this.home.ip);
    this.home.resolve("rooms.example", this.outward.ip);
    this.rooms.resolve("home.example", this.inward.ip);
  }

  /** Makes both servers and starts them. */
  static async start(options: EjabberdHomeOptions = {}): Promise<EjabberdHome> {
    const servers = new EjabberdHome(options);
    await Promise.all([servers.home.start(), servers.rooms.start()]);
    return servers;
  }

  /** Connects a client of a user of one of the servers. */
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

/** Makes an ejabberd at `home.example`, with users alice, bob, carol and mallory; not started. */
export function ejabberdHome(options: Omit<EjabberdHomeOptions, "rooms"> = {}): Ejabberd {
  const { feed = "plugin", homeOptions = {}, keeperCertified = false } = options;
  return new Ejabberd({
    ...serverOptions(options),
    name: "home",
    uncertified: keeperCertified ? [] : [KEEPER],
    host: "home.example",
    rooms: "local.home.example",
    components: [KEEPER, "gateway.home.example"],
    users: ["alice", "bob", "carol", "mallory"].map((user) => `${user}@home.example`),
    modules: { ...FEEDS[feed], ...options.homeModules },
    options: homeOptions,
  });
}
