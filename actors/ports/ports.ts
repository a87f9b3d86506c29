/**
 * What keeps the logic of a remote domain free of clocks and I/O.
 *
 * @module
 */
import type { Grant } from "./pace.ts";

/** What a {@linkcode RemoteDomain} must be given from outside to stay free of clocks and I/O. */
export interface DomainPorts {
  /** The time, in milliseconds since the epoch; never runs backwards. */
  now(): number;
  /** A number from 0 (included) to 1 (excluded). */
  random(): number;
  /** A new stanza id that nobody can guess. */
  id(): string;
  /** Reserves leave for so many questions, or fewer, at the pace of all domains together. */
  reserve(wanted: number): Grant;
  /** Reserves leave for so many rejoins, or fewer, at the pace of all domains together. */
  reserveRejoins(wanted: number): Grant;
  /** Whether the home host itself finds out what can be reached, so that nobody else has to. */
  hostProbes(): boolean;
  /** Whether remote domains are known to answer the component's own JID; undefined: not known. */
  componentReachable(): boolean | undefined;
  /** Whether the home server tries to connect for each stanza anew: there is no retry delay. */
  triesAnew(): boolean;
  /** Whether everything is unreachable at once, so that the fault must be on our side. */
  ownOutage(): boolean;
}
