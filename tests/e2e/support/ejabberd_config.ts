/**
 * The configuration of an ejabberd under test.
 *
 * @module
 */
import { SERVERS_PORT } from "./recorded_port.ts";
import { PASSWORD } from "./prosody.ts";

/** What is special about a server. */
export interface EjabberdOptions {
  /** For messages. */
  readonly name: string;
  /** The virtual host. */
  readonly host: string;
  /** The domain of mod_muc; there are no rooms without it. */
  readonly rooms?: string;
  /** The domains of external components; each one's password is `secret`. */
  readonly components?: readonly string[];
  /** Users' bare JIDs; each one's password is `secret`. */
  readonly users?: readonly string[];
  /** Options of the listener for components. */
  readonly service?: Readonly<Record<string, unknown>>;
  /** Compile mod_roomkeeper, even if no option here loads it. @default {false} */
  readonly plugin?: boolean;
  /** Modules besides the usual ones, with their options. */
  readonly modules?: Readonly<Record<string, unknown>>;
  /** Options of the whole server, which go before those made here. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Encrypt the links to other servers, with a self-signed certificate. @default {false} */
  readonly tls?: boolean;
}

/** The ports that it listens at; the last is that of its HTTP API. */
export const PORTS = [5222, 5269, SERVERS_PORT, 5280] as const;

/** What is where at the last port: the API, and the way in for clients in a browser (RFC 7395). */
const WEB = { "/api": "mod_http_api", "/xmpp-websocket": "ejabberd_http_ws" } as const;

/**
 * What `ejabberd.yml` says, as JSON, which is YAML too.
 *
 * @param ip The address to listen at.
 * @param certificate The file with its key and certificate.
 */
export function ejabberdConfig(options: EjabberdOptions, ip: string, certificate: string): string {
  const { host, rooms, components = [], modules = {}, tls = false } = options;
  const secrets = components.map((domain) => [domain, { password: PASSWORD }]);
  const service = {
    check_from: false,
    global_routes: false,
    ...options.service,
    hosts: Object.fromEntries(secrets),
  };
  const config = {
    hosts: [host],
    loglevel: "info",
    ...tls ? { certfiles: [certificate] } : {},
    s2s_use_starttls: tls ? "optional" : false,
    listen: [
      { port: 5222, ip, module: "ejabberd_c2s", starttls: tls },
      { port: 5269, ip, module: "ejabberd_s2s_in" },
      { port: SERVERS_PORT, ip, module: "ejabberd_service", ...service },
      { port: 5280, ip, module: "ejabberd_http", request_handlers: WEB },
    ],
    api_permissions: { tests: { who: [{ ip: "127.0.0.0/8" }], what: ["*"] } },
    modules: {
      mod_admin_extra: {},
      mod_disco: {},
      mod_http_api: {},
      mod_ping: {},
      mod_s2s_dialback: {},
      mod_stream_mgmt: { resume_timeout: 60 },
      mod_version: {},
      ...rooms === undefined ? {} : { mod_muc: { host: rooms } },
      ...modules,
    },
    ...options.options,
  };
  return JSON.stringify(config, undefined, 2);
}
