/**
 * A server with rooms and gateways that have users in them, over s2s or as its own components.
 *
 * @module
 */
import { Crowd } from "./crowd.ts";
import { disposeAll } from "./dispose.ts";
import { Ejabberd } from "./ejabberd.ts";
import { Wire } from "./link_cut.ts";
import { lua, PASSWORD, Prosody } from "./prosody.ts";
import { SERVERS_PORT } from "./recorded_port.ts";
import { type ServerOptions, serverOptions } from "./server.ts";

/** What is where. */
export interface GatewayStageOptions extends ServerOptions {
  /** The software of the rooms' server. */
  readonly rooms: "prosody" | "ejabberd";
  /** Whether the gateways are components of another server, or of the rooms' server itself. */
  readonly gateways: "remote" | "local";
  /**
   * What spares the gateways presences: our module, or nothing; or the folder of Prosody's
   * mod_muc_gateway_optimize. @default {"ours"}
   */
  readonly by?: "ours" | "nothing" | { readonly folder: string };
}

/** The gateways' domains. */
export const GATEWAYS = ["gateway.example", "second.example"] as const;
/** The domain of a component of the rooms' server whose users are nothing special. */
export const PEOPLE = "people.example";
/** The room. */
export const ROOM = "garden@rooms.example";
/** The room's owner, who sees what an ordinary occupant sees. */
export const WATCHER = `watcher@${PEOPLE}/x`;

const PLUGINS = new URL("../../../servers/prosody", import.meta.url).pathname;
/** Gateways get thousands of presences in seconds, more without our module: no limit, no waiting. */
const FAST = `limits = { c2s = { rate = "1gb/s" }; s2sin = { rate = "1gb/s" } }
log = { info = "*console" }
network_settings = { nagle = false }`;

/** The servers run; the parts can be hurt. */
export class GatewayStage implements AsyncDisposable {
  readonly #rooms: Prosody | Ejabberd;
  readonly #home: Prosody | undefined;
  readonly #outward: Wire | undefined;
  readonly #inward: Wire | undefined;
  readonly #crowds: Crowd[] = [];

  private constructor(options: GatewayStageOptions) {
    const { rooms, gateways, by = "ours" } = options;
    const shared = serverOptions(options);
    const local = gateways === "local" ? GATEWAYS : [];
    const make = rooms === "prosody" ? prosody : ejabberd;
    this.#rooms = make(by, local, shared);
    if (gateways === "local") return;
    this.#home = new Prosody({
      ...shared,
      name: "gateways",
      options: FAST,
      hosts: ['VirtualHost "home.example"', ...GATEWAYS.map(component)].join("\n"),
    });
    this.#outward = new Wire(this.#rooms.ip);
    this.#inward = new Wire(this.#home.ip);
    for (const domain of ["away.example", "rooms.example"]) {
      this.#home.resolve(domain, this.#outward.ip);
    }
    for (const domain of ["home.example", ...GATEWAYS]) {
      this.#rooms.resolve(domain, this.#inward.ip);
    }
  }

  /** Starts everything. */
  static async start(options: GatewayStageOptions): Promise<GatewayStage> {
    const stage = new GatewayStage(options);
    try {
      await Promise.all([stage.#rooms.start(), stage.#home?.start()]);
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
    return stage;
  }

  /** The room with its owner in it, and the component of ordinary people. */
  async openRoom(room = ROOM): Promise<Crowd> {
    const people = await this.#connect(this.#rooms, { domain: PEOPLE, room, observer: WATCHER });
    await people.join(WATCHER, "Watcher");
    await people.settle();
    await people.unlock(WATCHER);
    await people.settle();
    return people;
  }

  /** Connects a gateway. */
  async gateway(domain: string, room = ROOM): Promise<Crowd> {
    return await this.#connect(this.#home ?? this.#rooms, { domain, room });
  }

  /** Stops the rooms' server in good order. */
  async stopRooms(): Promise<void> {
    await this.#rooms.stop();
  }

  /** Lets nothing through between the servers, while the connections seem to be there. */
  silence(): void {
    this.#outward?.silence();
    this.#inward?.silence();
  }

  /** Cuts both ways between the servers. */
  cut(): void {
    this.#outward?.cut();
    this.#inward?.cut();
  }

  /** Lets the servers reach each other again. */
  mend(): void {
    this.#outward?.mend();
    this.#inward?.mend();
  }

  /** Ends everything and leaves nothing behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    const servers = [this.#rooms, this.#home, this.#outward, this.#inward];
    await disposeAll([...this.#crowds, ...servers.filter((part) => part !== undefined)]);
  }

  /** Past the recorded port: so much need not be read both ways again. */
  async #connect(
    server: Prosody | Ejabberd,
    options: { domain: string; room: string; observer?: string },
  ): Promise<Crowd> {
    const crowd = await Crowd.connect({ ip: server.ip, port: SERVERS_PORT, ...options });
    this.#crowds.push(crowd);
    return crowd;
  }
}

function component(domain: string): string {
  return `Component ${lua(domain)}\n  component_secret = ${lua(PASSWORD)}
  validate_from_addresses = false`;
}

type Spares = Required<GatewayStageOptions>["by"];

function prosody(by: Spares, local: readonly string[], shared: ServerOptions): Prosody {
  const list = GATEWAYS.map(lua).join(", ");
  const [module, folder, option] = by === "ours"
    ? ["roomkeeper_gateways", PLUGINS, `roomkeeper_gateways = { ${list} }`]
    : by === "nothing"
    ? ["", PLUGINS, ""]
    : ["muc_gateway_optimize", by.folder, `gateway_hosts = { ${list} }`];
  return new Prosody({
    ...shared,
    name: "rooms",
    pluginPaths: [folder],
    options: FAST,
    hosts: `
VirtualHost "away.example"
Component "rooms.example" "muc"
  restrict_room_creation = false
  public_user_role = "prosody:registered"
  modules_enabled = { ${module === "" ? "" : lua(module)} }
  ${option}
${[PEOPLE, ...local].map(component).join("\n")}`,
  });
}

function ejabberd(by: Spares, local: readonly string[], shared: ServerOptions): Ejabberd {
  return new Ejabberd({
    ...shared,
    name: "rooms",
    host: "away.example",
    rooms: "rooms.example",
    components: [PEOPLE, ...local],
    plugin: true,
    modules: by === "ours" ? { mod_roomkeeper_gateways: { gateways: GATEWAYS } } : {},
    options: { s2s_max_retry_delay: 1 },
  });
}
