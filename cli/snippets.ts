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
}

/** Lines for a server's configuration, in a file of their own. */
export interface Snippet {
  /** The end of the file's name. */
  readonly suffix: string;
  /** The file's text. */
  readonly text: string;
  /** What is left to do, one step an item. */
  readonly steps: readonly string[];
}

/** The lines for the server of this setup. */
export function serverSnippet(setup: Setup): Snippet {
  return setup.server === "prosody" ? prosody(setup) : ejabberd(setup);
}

function prosody({ feed, host, port, domain, watch, secret }: Setup): Snippet {
  const listen = [
    ...port === 5347 ? [] : [`component_ports = { ${port} }`],
    ...isLoopback(host) ? [] : [
      "-- All of the machine's addresses; better name the one that Roomkeeper connects to.",
      'component_interfaces = { "*" }',
    ],
  ];
  const plugin = feed === "plugin";
  const module = plugin ? "roomkeeper" : "firewall";
  const settings = plugin
    ? [`    roomkeeper_component = ${lua(domain)}`]
    : ['    firewall_scripts = { "/etc/prosody/roomkeeper.pfw" }'];
  const hosts = watch.flatMap((name) => [
    "",
    `VirtualHost ${lua(name)}`,
    `    modules_enabled = { ${lua(module)} }`,
    ...settings,
  ]);
  const text = [
    "-- Roomkeeper: lines for prosody.cfg.lua.",
    ...listen.length > 0 ? ["", "-- In the first part, before any VirtualHost:", ...listen] : [],
    "",
    "-- With each of these hosts. Where a host has a modules_enabled of its own already, add",
    `-- ${lua(module)} to that: a second list would replace the first.`,
    ...hosts.slice(1),
    "",
    "-- Roomkeeper asks the rooms in the users' names, so it must be allowed to send as them.",
    `Component ${lua(domain)}`,
    `    component_secret = ${lua(secret)}`,
    "    validate_from_addresses = false",
    "",
  ].join("\n");
  const first = plugin
    ? "Put servers/prosody/mod_roomkeeper.lua into a folder of Prosody's plugin_paths."
    : "Install mod_firewall of prosody-modules, and servers/prosody/roomkeeper.pfw as " +
      "/etc/prosody/roomkeeper.pfw with your domains filled in.";
  const steps = [first, "Add these lines to prosody.cfg.lua, and restart Prosody."];
  return { suffix: ".prosody.cfg.lua", text, steps };
}

function ejabberd({ feed, host, port, domain, secret }: Setup): Snippet {
  const plugin = feed === "plugin";
  const modules = plugin
    ? ["  mod_roomkeeper:", `    component: ${yaml(domain)}`]
    : ["  mod_service_log:", "    loggers:", `      - ${yaml(domain)}`];
  const text = [
    "# Roomkeeper: lines for ejabberd.yml.",
    "",
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
    "    hosts:",
    `      ${yaml(domain)}:`,
    `        password: ${yaml(secret)}`,
    "",
    "# Among the modules that are there:",
    "modules:",
    ...modules,
    "",
  ].join("\n");
  const first = plugin
    ? "Build and install servers/ejabberd/mod_roomkeeper.erl (servers/ejabberd/build.sh)."
    : `Keep the name ${domain} unresolvable in DNS: while Roomkeeper is away, ejabberd would look ` +
      "for it there.";
  const steps = [first, "Merge these lines into ejabberd.yml, and restart ejabberd."];
  return { suffix: ".ejabberd.yml", text, steps };
}

/** A text in Lua, which takes these of JSON's escapes for plain printable text. */
function lua(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

/** A text in YAML, of which JSON's are a part. */
function yaml(text: string): string {
  return JSON.stringify(text);
}
