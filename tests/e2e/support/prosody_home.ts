/**
 * A Prosody at `home.example`: the users' server, with the component's host.
 *
 * @module
 */
import { join } from "node:path";
import { lua, PASSWORD, Prosody } from "./prosody.ts";
import { type ServerOptions, serverOptions } from "./server.ts";

/**
 * How the home server tells Roomkeeper what happens; `ping-muc` is Prosody's own mod_ping_muc in
 * Roomkeeper's place.
 */
export type Feed = "plugin" | "stock" | "ping-muc" | "none";

/** What is special about it. */
export interface ProsodyHomeOptions extends ServerOptions {
  /** @default {"plugin"} */
  readonly feed?: Feed;
  /** The component that the stock script names. @default {"keeper.home.example"} */
  readonly stockComponent?: string;
  /** Whether the server's certificate is valid for the component's domain too. @default {false} */
  readonly keeperCertified?: boolean;
  /** Lua lines for options of the home server. */
  readonly homeOptions?: string;
  /** More modules of the home server. */
  readonly homeModules?: readonly string[];
  /** Lua lines for more hosts and components of the home server. */
  readonly homeHosts?: string;
}

const USERS = ["alice", "bob", "carol", "mallory"] as const;

/** What people's servers have for their clients, by default or by the book. */
const HOME_MODULES = ["carbons", "csi", "csi_simple", "mam"];

const PLUGIN_FOLDER = join(import.meta.dirname!, "../../../servers/prosody");

const MODULES: Readonly<Record<Feed, readonly string[]>> = {
  plugin: ["roomkeeper"],
  stock: ["firewall"],
  "ping-muc": ["track_muc_joins", "ping_muc"],
  none: [],
};

const OPTIONS: Readonly<Record<Feed, string>> = {
  plugin: `roomkeeper_component = "keeper.home.example"`,
  stock: `firewall_scripts = { "roomkeeper.pfw" }`,
  "ping-muc": "",
  none: "",
};

/** Makes it; it is not started. */
export function prosodyHome(options: ProsodyHomeOptions = {}): Prosody {
  const { feed = "plugin", keeperCertified = false } = options;
  const { homeOptions = "", homeModules = [], homeHosts = "" } = options;
  const home = new Prosody({
    ...serverOptions(options),
    name: "home",
    uncertified: keeperCertified ? [] : ["keeper.home.example"],
    users: USERS.map((user) => `${user}@home.example`),
    pluginPaths: [PLUGIN_FOLDER],
    modules: [...HOME_MODULES, ...homeModules],
    options: homeOptions,
    hosts: `
VirtualHost "home.example"
  modules_enabled = { ${MODULES[feed].map(lua)} }
  ${OPTIONS[feed]}
Component "keeper.home.example"
  component_secret = ${lua(PASSWORD)}
  validate_from_addresses = false
${homeHosts}`,
  });
  if (feed !== "stock") return home;
  const { stockComponent = "keeper.home.example" } = options;
  const script = Deno.readTextFileSync(join(PLUGIN_FOLDER, "roomkeeper.pfw"));
  const filledIn = script.replaceAll("keeper.home.example", stockComponent);
  Deno.writeTextFileSync(home.path("roomkeeper.pfw"), filledIn);
  return home;
}
