/**
 * What a keeper tells those who watch it: logs, metrics, the status page, a demo.
 *
 * @module
 */
import type { DomainKey } from "../actors/messages/domains.ts";
import type { NoticeEffect, Report } from "../actors/messages/effects.ts";
import type { ComponentError } from "../component/mod.ts";

/** Input that was not believed or not understood, by kind. */
export type IgnoredInput =
  /** A copy or notice from somebody who is not a watched host. */
  | "forged"
  /** A notice of a plugin with a missing or wrong attribute. */
  | "malformed"
  /** A notice that only we may send, or that came out of turn. */
  | "unexpected"
  /** A stanza that made us throw: a defect of ours. */
  | "failed";

/** Receives what a keeper tells. Every method is optional, must be quick, and must not throw. */
export interface KeeperObserver {
  /** The store has told what was known when the last process ended. */
  restored?(joins: number, links: number): void;
  /** The connection to our server is up. */
  connected?(): void;
  /** It is down, or could not be made; the next attempt follows. */
  disconnected?(reason: ComponentError, retryInMs: number | undefined): void;
  /** The plugin of a watched host has told all it knows. */
  synced?(host: string, software: string, joins: number): void;
  /** The plugin of a watched host does not answer our hello. */
  unanswered?(host: string): void;
  /** The plugin of a watched host is too old to rejoin rooms and to probe domains. */
  outdated?(host: string, software: string): void;
  /** A stanza was copied to us, or a plugin told us something. */
  fed?(host: string, kind: "presence" | "message" | "iq" | "link"): void;
  /** Something was ignored; `from` is what the server stamped as its sender. */
  ignored?(kind: IgnoredInput, from: string, why: string): void;
  /** A domain's actor reports. */
  reported?(link: DomainKey, report: Report): void;
  /** A notice is on its way to the server. */
  notified?(link: DomainKey, notice: NoticeEffect): void;
  /** The keeper has stopped: nothing will follow. */
  stopped?(): void;
}

/** One observer that passes everything on to many. */
export function observers(all: readonly KeeperObserver[]): Required<KeeperObserver> {
  return {
    restored: (...args) => all.forEach((one) => one.restored?.(...args)),
    connected: () => all.forEach((one) => one.connected?.()),
    disconnected: (...args) => all.forEach((one) => one.disconnected?.(...args)),
    synced: (...args) => all.forEach((one) => one.synced?.(...args)),
    unanswered: (...args) => all.forEach((one) => one.unanswered?.(...args)),
    outdated: (...args) => all.forEach((one) => one.outdated?.(...args)),
    fed: (...args) => all.forEach((one) => one.fed?.(...args)),
    ignored: (...args) => all.forEach((one) => one.ignored?.(...args)),
    reported: (...args) => all.forEach((one) => one.reported?.(...args)),
    notified: (...args) => all.forEach((one) => one.notified?.(...args)),
    stopped: () => all.forEach((one) => one.stopped?.()),
  };
}
