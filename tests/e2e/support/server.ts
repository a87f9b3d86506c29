/**
 * What every XMPP server of the end-to-end tests can do, whatever software it is.
 *
 * @module
 */
import { GENERATION, type Generation } from "./generation.ts";
import type { RecordedPort } from "./recorded_port.ts";

/** What servers of any software can be told, mostly all servers of a test alike. */
export interface ServerOptions {
  /**
   * How servers prove to each other who they are. `certificates`, as in production: TLS, and SASL
   * EXTERNAL with certificates of the tests' authority, on which this server insists. `dialback`: no
   * TLS, and a call back to the address that the DNS has.
   *
   * @default {"certificates"}
   */
  readonly trust?: "certificates" | "dialback";
  /**
   * Offer and use connections for both directions (XEP-0288), where the software has that.
   *
   * @default with certificates
   */
  readonly bidi?: boolean;
  /** Where the software comes from. @default {GENERATION} */
  readonly generation?: Generation;
}

/** Those of some options that are for every server. */
export function serverOptions(options: ServerOptions): Required<ServerOptions> {
  const { trust = "certificates", bidi = trust === "certificates" } = options;
  const { generation = GENERATION } = options;
  return { trust, bidi, generation };
}

/** A real server at its own loopback address; ports are 5222, 5269 and 5347. */
export interface Server extends AsyncDisposable {
  /** Its address. */
  readonly ip: string;
  /** Where components connect, and what was written to them. */
  readonly components: RecordedPort;
  /** Lets it find a domain at an address, from its next start on; other names don't exist. */
  resolve(domain: string, ip: string): void;
  /** Starts it, and waits until it listens. What it stored when it ran before is still there. */
  start(): Promise<void>;
  /** Stops it in good order with SIGTERM. */
  stop(): Promise<void>;
  /** Kills it with SIGKILL: it says goodbye to nobody and writes nothing down. */
  kill(): Promise<void>;
  /** Stops its clock: it is there but does nothing. */
  freeze(): void;
  /** Lets it go on. */
  thaw(): void;
}
