/**
 * What every XMPP server of the end-to-end tests can do, whatever software it is.
 *
 * @module
 */
import type { RecordedPort } from "./recorded_port.ts";

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
