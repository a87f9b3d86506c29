/**
 * The configuration of an ejabberd under test.
 *
 * @module
 */
import { SERVERS_PORT } from "./recorded_port.ts";
import type { Credentials } from "./certificates.ts";
import { PASSWORD } from "./prosody.ts";
import { type ServerOptions, serverOptions } from "./server.ts";

/** What is special about a server. */
export interface EjabberdOptions extends ServerOptions {
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
  /** How far its clock is ahead of ours in seconds, behind if negative. @default {0} */
  readonly clockAhead?: number;
  /** Those of its domains that its certificate is not valid for. @default {[]} */
  readonly uncertified?: readonly string[];
}

/** The ports that it listens at; the last is that of its HTTP API. */
export const PORTS = [5222, 5269, SERVERS_PORT, 5280] as const;

/** What is where at the last port: the API, and the way in for clients in a browser (RFC 7395). */
const WEB = { "/api": "mod_http_api", "/xmpp-websocket": "ejabberd_http_ws" } as const;

/** With TLS required and no dialback at hand, a certificate is the only way in. */
function certificates({ key, certificate, authority }: Credentials): Record<string, unknown> {
  return {
    certfiles: [key, certificate],
    ca_file: authority,
    s2s_use_starttls: "required",
  };
}

/** ejabberd has it from 24.10 on. */
function hasBidi(options: EjabberdOptions): boolean {
  const { bidi, generation } = serverOptions(options);
  return bidi && generation === "trixie";
}

/**
 * What `ejabberd.yml` says, as JSON, which is YAML too.
 *
 * @param ip The address to listen at.
 * @param credentials What it proves its name with, where it has to.
 */
export function ejabberdConfig(
  options: EjabberdOptions,
  ip: string,
  credentials: Credentials | undefined,
): string {
  const { host, rooms, components = [], modules = {} } = options;
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
    ...credentials === undefined ? { s2s_use_starttls: false } : certificates(credentials),
    listen: [
      { port: 5222, ip, module: "ejabberd_c2s", starttls: credentials !== undefined },
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
      ...hasBidi(options) ? { mod_s2s_bidi: {} } : {},
      ...credentials === undefined ? { mod_s2s_dialback: {} } : {},
      mod_stream_mgmt: { resume_timeout: 60 },
      mod_version: {},
      ...rooms === undefined ? {} : { mod_muc: { host: rooms } },
      ...modules,
    },
    ...options.options,
  };
  return JSON.stringify(config, undefined, 2);
}
