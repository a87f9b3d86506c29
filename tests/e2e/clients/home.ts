/**
 * Home servers for real clients: encrypted, with a certificate that they trust, and with a way in
 * for clients that run in a browser.
 *
 * @module
 */
import { join } from "node:path";
import { Ejabberd } from "../support/ejabberd.ts";
import { lua, PASSWORD, Prosody } from "../support/prosody.ts";

/**
 * What looks after users who fall out of rooms: nothing, Prosody's own modules, Roomkeeper, or the
 * test itself as a component that may send in users' names.
 */
export type Remedy = "nothing" | "ping-muc" | "roomkeeper" | "by-hand";

/** The domain of the users. */
export const HOME = "home.example";
/** The domain of the component. */
export const KEEPER = "keeper.home.example";

/** What is special about a home server. */
export interface HomeOptions {
  /** What is installed on it. */
  readonly remedy: Remedy;
  /** Users' bare JIDs. */
  readonly users: readonly string[];
  /** Seconds after a rejoin until a session hears who left. @default {90} */
  readonly leaversAfter?: number;
}

const PLUGIN_FOLDER = join(import.meta.dirname!, "../../../servers/prosody");

const MODULES: Readonly<Record<Remedy, readonly string[]>> = {
  "nothing": [],
  "ping-muc": ["track_muc_joins", "ping_muc"],
  "roomkeeper": ["roomkeeper"],
  "by-hand": [],
};

const COMPONENT = `
Component ${lua(KEEPER)}
  component_secret = ${lua(PASSWORD)}
  validate_from_addresses = false
`;

/** Makes a Prosody at `home.example`; not started. */
export function prosodyHome({ remedy, users, leaversAfter = 90 }: HomeOptions): Prosody {
  const common = ["websocket", "pep", "bookmarks", "carbons", "vcard_legacy", "blocklist"];
  return new Prosody({
    name: "home",
    uncertified: [KEEPER],
    users,
    pluginPaths: [PLUGIN_FOLDER],
    options: `
http_ports = { 5280 }
http_interfaces = { "*" }
http_default_host = ${lua(HOME)}
https_ports = {}
consider_websocket_secure = true
`,
    hosts: `
VirtualHost ${lua(HOME)}
  modules_enabled = { ${[...common, ...MODULES[remedy]].map(lua)} }
  ${remedy === "roomkeeper" ? `roomkeeper_component = ${lua(KEEPER)}` : ""}
  roomkeeper_leavers_after = ${leaversAfter}
${hasComponent(remedy) ? COMPONENT : ""}`,
  });
}

/** Makes an ejabberd at `home.example`; not started. */
export function ejabberdHome({ remedy, users, leaversAfter = 90 }: HomeOptions): Ejabberd {
  return new Ejabberd({
    name: "home",
    host: HOME,
    uncertified: [KEEPER],
    components: hasComponent(remedy) ? [KEEPER] : [],
    users,
    modules: {
      mod_blocking: {},
      mod_caps: {},
      mod_carboncopy: {},
      mod_privacy: {},
      mod_private: {},
      mod_pubsub: { plugins: ["flat", "pep"] },
      mod_roster: {},
      mod_vcard: {},
      ...remedy === "roomkeeper" &&
        { mod_roomkeeper: { component: KEEPER, leavers_after: leaversAfter } },
    },
  });
}

function hasComponent(remedy: Remedy): boolean {
  return remedy === "roomkeeper" || remedy === "by-hand";
}
