/**
 * Home servers whose costs are compared.
 *
 * @module
 */
import { Ejabberd } from "../../tests/e2e/support/ejabberd.ts";
import { lua, PASSWORD, Prosody } from "../../tests/e2e/support/prosody.ts";
import type { Server } from "../../tests/e2e/support/server.ts";

/** A home server that is to be measured. */
export interface Contestant {
  /** The software, such as `Prosody`. */
  readonly software: string;
  /** What it has loaded; `nothing` is what the others are compared with. */
  readonly name: string;
  /** The domain of its user `ann`. */
  readonly domain: string;
  /** The domain of the component that is to connect, if any. */
  readonly keeper?: string;
  /** The server, not started. */
  readonly server: Server & { readonly pid: number };
}

const PLUGINS = new URL("../../servers/prosody", import.meta.url).pathname;

/** Prosody with nothing, with each of the feeds, and with mod_ping_muc. */
export function prosodyContestants(): Contestant[] {
  return [
    prosody("nothing", "p1.example"),
    prosody("plugin", "p2.example", "roomkeeper", 'roomkeeper_component = "keeper.p2.example"'),
    prosody("mod_track_muc_joins + mod_ping_muc", "p3.example", "ping_muc"),
    prosody("stock feed", "p4.example", "firewall", 'firewall_scripts = { "roomkeeper.pfw" }'),
  ];
}

/** ejabberd with nothing, and with each of the feeds. */
export function ejabberdContestants(): Contestant[] {
  return [
    ejabberd("nothing", "e1.example"),
    ejabberd("plugin", "e2.example", (component) => ({ mod_roomkeeper: { component } })),
    ejabberd("stock feed", "e3.example", (keeper) => ({ mod_service_log: { loggers: [keeper] } })),
  ];
}

function ejabberd(
  name: string,
  domain: string,
  feed?: (keeper: string) => Readonly<Record<string, unknown>>,
): Contestant {
  const keeper = `keeper.${domain}`;
  const server = new Ejabberd({
    name,
    host: domain,
    users: [`ann@${domain}`],
    components: [keeper],
    modules: feed?.(keeper) ?? {},
  });
  return { software: "ejabberd", name, domain, server, ...(feed && { keeper }) };
}

function prosody(name: string, domain: string, module?: string, option = ""): Contestant {
  const isFeed = option !== "";
  const keeper = isFeed ? `keeper.${domain}` : undefined;
  const server = new Prosody({
    name: domain, // it goes into a certificate, which takes no "+"
    users: [`ann@${domain}`],
    pluginPaths: [PLUGINS],
    options: `log = { info = "*console" }`,
    hosts: `
VirtualHost "${domain}"
  modules_enabled = { ${module === undefined ? "" : lua(module)} }
  ${option}
${
      !isFeed
        ? ""
        : `Component "${keeper}"\n  component_secret = ${
          lua(PASSWORD)
        }; validate_from_addresses = false`
    }
`,
  });
  if (module === "firewall") {
    const script = Deno.readTextFileSync(`${PLUGINS}/roomkeeper.pfw`);
    const filledIn = script.replaceAll("keeper.home.example", keeper!);
    Deno.writeTextFileSync(server.path("roomkeeper.pfw"), filledIn);
  }
  return { software: "Prosody", name, domain, server, ...(keeper && { keeper }) };
}
