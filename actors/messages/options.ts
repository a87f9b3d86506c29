/**
 * How a keeper behaves. All times are milliseconds.
 *
 * @module
 */

/** How a {@linkcode RemoteDomain} verifies joins after a loss. */
export interface DomainOptions {
  /** Time from a loss to the first question. @default {60000} */
  readonly pingDelay?: number;
  /** How long a question may stay unanswered. @default {30000} */
  readonly pingTimeout?: number;
  /**
   * How long after a loss a join that cannot be confirmed is given up. 0: at the first answer that
   * does not confirm it. @default {600000}
   */
  readonly confirmWithin?: number;
  /** What happens to a join that is given up: the user is told, or nothing. @default {"notify"} */
  readonly unconfirmed?: "notify" | "keep";
  /** Questions a second, at most, to one domain. From 0.1 to 1000. @default {50} */
  readonly pingsPerSecond?: number;
  /**
   * A domain that was silent for so long is verified; 0: never. Only for feeds that do not report
   * the link. @default {0}
   */
  readonly silence?: number;
  /**
   * Who asks whether the domain can be reached: the component, one of the users, or whoever is
   * found to get an answer. @default {"auto"}
   */
  readonly probe?: "auto" | "component" | "user";
  /**
   * How long the home server may refuse everything to a domain after it could not connect to it
   * (ejabberd's `s2s_max_retry_delay`). With probe `auto` no user's ping is a probe for so long
   * after a failure: it would tell nothing, or make such a time begin for all users.
   * @default {300000}
   */
  readonly retryDelay?: number;
  /** The first pause after a failed probe, at most. @default {15000} */
  readonly backoffMin?: number;
  /** The longest pause after a failed probe, at most. @default {120000} */
  readonly backoffMax?: number;
  /** Joins of one session, at most. @default {1000} */
  readonly maxJoinsPerUser?: number;
}

/** {@linkcode DomainOptions} with every default filled in. */
export type FullDomainOptions =
  & { readonly [K in keyof DomainOptions]-?: DomainOptions[K] }
  & {
    readonly [K in keyof Required<DomainOptions>]: NonNullable<DomainOptions[K]>;
  };

/** The defaults of {@linkcode DomainOptions}. */
export const DOMAIN_DEFAULTS: FullDomainOptions = Object.freeze({
  pingDelay: 60_000,
  pingTimeout: 30_000,
  confirmWithin: 600_000,
  unconfirmed: "notify",
  pingsPerSecond: 50,
  silence: 0,
  probe: "auto",
  retryDelay: 300_000,
  backoffMin: 15_000,
  backoffMax: 120_000,
  maxJoinsPerUser: 1000,
});

/**
 * These options, and the defaults of those that are not given: for a {@linkcode RemoteDomain}.
 *
 * @example
 * ```ts
 * import { domainOptions } from "@roomkeeper/roomkeeper";
 * import { assertEquals } from "@std/assert";
 *
 * const { pingDelay, pingTimeout } = domainOptions({ pingDelay: 5_000 });
 * assertEquals([pingDelay, pingTimeout], [5_000, 30_000]);
 * ```
 */
export function domainOptions(given: DomainOptions = {}): FullDomainOptions {
  return Object.freeze({ ...DOMAIN_DEFAULTS, ...given });
}
