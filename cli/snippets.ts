/**
 * The lines that a server's configuration needs for Roomkeeper.
 *
 * @module
 */
import { isLoopback } from "../config/formats.ts";

/** What the lines depend on. */
export interface Setup {
  /** The server's software. */
  readonly server: "prosody" | "ejabberd";
  /** How the server tells what happens. */
  readonly feed: "plugin" | "stock";
  /** Where the server listens for components. */
  readonly host: string;
  /** At which port. */
  readonly port: number;
  /** The component's domain. */
  readonly domain: string;
  /** The hosts whose users are kept. */
  readonly watch: readonly string[];
  /** The component's password. */
  readonly secret: string;
  /** Gateways that get the presence of rooms once. @default {[]} */
  readonly gateways?: readonly string[];
}

/** What the lines are for: the component's connection and rights, or the feed. */
export type Part = "component" | "feed";

/** Lines for a server's configuration, in a file of their own. */
export interface Snippet {
  /** The end of the file's name. */
  readonly suffix: string;
  /** The file's text. */
  readonly text: string;
  /** What is left to do, one step an item. */
  readonly steps: readonly string[];
}

/** The component's domain in the script for mod_firewall. */
const EXAMPLE = "keeper.home.example";

/** The lines for the server of this setup: all of them, or those for one part. */
export function serverSnippet(
  setup: Setup,
  parts: readonly Part[] = ["component", "feed"],
): Snippet {
  return setup.server === "prosody" ? prosody(setup, parts) : ejabberd(setup, parts);
}

function prosody(setup: Setup, parts: readonly Part[]): Snippet {
  const plugin = setup.feed === "plugin";
  const script = "/etc/prosody/roomkeeper.pfw";
  const renamed = setup.domain === EXAMPLE ? "" : ` with ${setup.domain} in place of ${EXAMPLE}`;
  const install = plugin
    ? "Put all .lua files of servers/prosody into a folder of Prosody's plugin_paths."
    : `Install mod_firewall of prosody-modules, and servers/prosody/roomkeeper.pfw as ${script}` +
      `${renamed}.`;
  const blocks = [
    ["-- Roomkeeper: lines for prosody.cfg.lua."],
    ...parts.includes("component") ? prosodyListener(setup) : [],
    ...parts.includes("feed") ? prosodyHosts(setup) : [],
    ...parts.includes("component") ? [prosodyComponent(setup)] : [],
    ...prosodyRooms(setup),
  ];
  return {
    suffix: ".prosody.cfg.lua",
    text: blocks.map((lines) => lines.join("\n") + "\n").join("\n"),
    steps: [
      ...parts.includes("feed") ? [install] : [],
      ...setup.gateways?.length ? [PROSODY_GATEWAYS] : [],
      "Add these lines to prosody.cfg.lua (on Debian: as a file in /etc/prosody/conf.d), and " +
      "restart Prosody.",
    ],
  };
}

function prosodyListener({ host, port }: Setup): string[][] {
  const lines = [
    ...port === 5347 ? [] : [`component_ports = { ${port} }`],
    ...isLoopback(host) ? [] : [
      "-- All of the machine's addresses; better name the one that Roomkeeper connects to.",
      'component_interfaces = { "*" }',
    ],
  ];
  return lines.length === 0 ? [] : [["-- In the first part, before any VirtualHost:", ...lines]];
}

function prosodyHosts({ feed, domain, watch }: Setup): string[][] {
  const module = feed === "plugin" ? "roomkeeper" : "firewall";
  const setting = feed === "plugin"
    ? `roomkeeper_component = ${lua(domain)}`
    : 'firewall_scripts = { "/etc/prosody/roomkeeper.pfw" }';
  const [first, ...others] = watch.map((name) => [
    `VirtualHost ${lua(name)}`,
    `    modules_enabled = { ${lua(module)} }`,
    `    ${setting}`,
  ]);
  const intro = [
    "-- With each of these hosts. Where a host has a modules_enabled of its own already, add",
    `-- ${lua(module)} to that: a second list would replace the first.`,
  ];
  return [[...intro, ...first ?? []], ...others];
}

function prosodyComponent({ domain, secret }: Setup): string[] {
  return [
    "-- Roomkeeper asks the rooms in the users' names, so it must be allowed to send as them.",
    `Component ${lua(domain)}`,
    `    component_secret = ${lua(secret)}`,
    "    validate_from_addresses = false",
  ];
}

const PROSODY_GATEWAYS =
  "Put servers/prosody/mod_roomkeeper_gateways.lua into a folder of Prosody's plugin_paths, and the " +
  "last of these lines, without their --, into the Component of your rooms.";

/** Comments, since only the administrator knows which components have the rooms. */
function prosodyRooms({ gateways = [] }: Setup): string[][] {
  if (gateways.length === 0) return [];
  return [[
    '-- Into each Component "…" "muc" of yours; where it has a modules_enabled already, add',
    '-- "roomkeeper_gateways" to that:',
    '--     modules_enabled = { "roomkeeper_gateways" }',
    `--     roomkeeper_gateways = { ${gateways.map(lua).join(", ")} }`,
  ]];
}

function ejabberd(setup: Setup, parts: readonly Part[]): Snippet {
  const plugin = setup.feed === "plugin";
  const install = plugin
    ? "Build and install servers/ejabberd (servers/ejabberd/build.sh)."
    : `See that ${setup.domain} leads to this server in the DNS, or to nothing: while Roomkeeper ` +
      "is away, ejabberd looks for it there.";
  const blocks = [
    ["# Roomkeeper: lines for ejabberd.yml."],
    ...parts.includes("component") ? [ejabberdListener(setup)] : [],
    ...parts.includes("feed") ? [ejabberdModule(setup)] : [],
  ];
  return {
    suffix: ".ejabberd.yml",
    text: blocks.map((lines) => lines.join("\n") + "\n").join("\n"),
    steps: [
      ...parts.includes("feed") ? [install] : [],
      ...setup.gateways?.length ? [EJABBERD_GATEWAYS] : [],
      "Merge these lines into ejabberd.yml, and restart ejabberd.",
    ],
  };
}

const EJABBERD_GATEWAYS =
  "Install servers/ejabberd/mod_roomkeeper_gateways.erl, which servers/ejabberd/build.sh builds too.";

function ejabberdListener({ host, port, domain, secret }: Setup): string[] {
  return [
    "# Into the list that is there:",
    "listen:",
    "  -",
    `    port: ${port}`,
    ...isLoopback(host) ? [`    ip: ${yaml(host === "localhost" ? "127.0.0.1" : host)}`] : [
      "    # All of the machine's addresses; better name the one that Roomkeeper connects to.",
      '    ip: "::"',
    ],
    "    module: ejabberd_service",
    "    # Roomkeeper asks the rooms in the users' names, so it must be allowed to send as them.",
    "    check_from: false",
    "    # Each component of this listener gets what is for its own domain only.",
    "    global_routes: false",
    "    hosts:",
    `      ${yaml(domain)}:`,
    `        password: ${yaml(secret)}`,
  ];
}

function ejabberdModule({ feed, domain, gateways = [] }: Setup): string[] {
  return [
    "# Among the modules that are there:",
    "modules:",
    ...feed === "plugin"
      ? ["  mod_roomkeeper:", `    component: ${yaml(domain)}`]
      : ["  mod_service_log:", "    loggers:", `      - ${yaml(domain)}`],
    ...gateways.length === 0 ? [] : [
      "  mod_roomkeeper_gateways:",
      "    gateways:",
      ...gateways.map((gateway) => `      - ${yaml(gateway)}`),
    ],
  ];
}

/** A text in Lua, which takes these of JSON's escapes for plain printable text. */
function lua(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

/** A text in YAML, of which JSON's are a part. */
function yaml(text: string): string {
  return JSON.stringify(text);
}
