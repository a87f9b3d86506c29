/**
 * How a keeper behaves. All times are milliseconds.
 *
 * @module
 */

/** How a {@linkcode RemoteDomain} verifies joins after a loss, and brings users back. */
export interface DomainOptions {
  /** What is done for a user who has fallen out of a room. @default {"rejoin"} */
  readonly recover?: "rejoin" | "notify";
  /**
   * What is done where the room is not there any more: its users are told, or one of them makes it
   * again and the others follow. Only with recover `rejoin`. @default {"notify"}
   */
  readonly vanished?: "notify" | "recreate";
  /** Rejoins a second, at most, to one domain. From 0.1 to 1000. @default {10} */
  readonly rejoinsPerSecond?: number;
  /** Time from a loss to the first question. @default {1000} */
  readonly pingDelay?: number;
  /** How long a domain must have been there before its rooms are asked. @default {3000} */
  readonly settle?: number;
  /** How long a question may stay unanswered. @default {30000} */
  readonly pingTimeout?: number;
  /**
   * How long after a loss a join that cannot be confirmed is given up. 0: at the first answer that
   * does not confirm it. By default one day, or ten minutes with recover `notify`.
   * @default {86400000}
   */
  readonly giveUp?: number;
  /** What happens to a join that is given up: the user is told, or nothing. @default {"notify"} */
  readonly unconfirmed?: "notify" | "keep";
  /** Questions a second, at most, to one domain. From 0.1 to 1,000,000. @default {50} */
  readonly pingsPerSecond?: number;
  /**
   * A domain that was silent for so long is verified; 0: never. Only for feeds that do not report
   * the link. @default {0}
   */
  readonly silence?: number;
  /**
   * Each room is asked about one of its users once in so long, while the link is up; 0: never. For
   * feeds that report the link, but not what rooms say. @default {0}
   */
  readonly patrol?: number;
  /**
   * Who asks whether the domain can be reached: the component, one of the users, or whoever is
   * found to get an answer. `auto` leaves it to the home host where its plugin can do so.
   * @default {"auto"}
   */
  readonly probe?: "auto" | "component" | "user";
  /**
   * How long the home server may refuse everything to a domain after it could not connect to it
   * (ejabberd's `s2s_max_retry_delay`). With probe `auto` no user's ping is a probe for so long
   * after a failure: it would tell nothing, or make such a time begin for all users.
   * @default {300000}
   */
  readonly retryDelay?: number;
  /** The first pause after a failed probe, at most. @default {1000} */
  readonly backoffMin?: number;
  /**
   * The longest pause after a failed probe, at most. Soon after a loss it is eight times the first
   * one, and then it grows with the time since the loss, to a sixtieth of it. @default {30000}
   */
  readonly backoffMax?: number;
  /**
   * Joins of one session, at most; a domain that has less than half as many may have more than its
   * share of them, so that no other domain can use them up: twice as many in all. @default {1000}
   */
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
  recover: "rejoin",
  vanished: "notify",
  rejoinsPerSecond: 10,
  pingDelay: 1_000,
  settle: 3_000,
  pingTimeout: 30_000,
  giveUp: 86_400_000,
  unconfirmed: "notify",
  pingsPerSecond: 50,
  silence: 0,
  patrol: 0,
  probe: "auto",
  retryDelay: 300_000,
  backoffMin: 1_000,
  backoffMax: 30_000,
  maxJoinsPerUser: 1000,
});

/** The default of `giveUp` with recover `notify`: who is not brought back is to know soon. */
const GIVE_UP_TELLING = 600_000;

type Range = readonly [min: number, max: number];
const TIME: Range = [0, Number.MAX_SAFE_INTEGER];

/** Which numbers make sense. */
const RANGES: Readonly<Partial<Record<keyof DomainOptions, Range>>> = {
  rejoinsPerSecond: [0.1, 1000],
  pingDelay: TIME,
  settle: TIME,
  pingTimeout: [1, Number.MAX_SAFE_INTEGER],
  giveUp: TIME,
  pingsPerSecond: [0.1, 1_000_000],
  silence: TIME,
  patrol: TIME,
  retryDelay: TIME,
  backoffMin: TIME,
  backoffMax: TIME,
  maxJoinsPerUser: [1, Number.MAX_SAFE_INTEGER],
};

/** Which words are known. */
const CHOICES: Readonly<Partial<Record<keyof DomainOptions, readonly string[]>>> = {
  recover: ["rejoin", "notify"],
  vanished: ["notify", "recreate"],
  unconfirmed: ["notify", "keep"],
  probe: ["auto", "component", "user"],
};

/**
 * These options, and the defaults of those that are not given: for a {@linkcode RemoteDomain}.
 *
 * @throws {RangeError} If an option has a value that makes no sense; the message says which.
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
  const giveUp = given.recover === "notify" ? GIVE_UP_TELLING : DOMAIN_DEFAULTS.giveUp;
  const options = { ...DOMAIN_DEFAULTS, giveUp, ...given };
  for (const [name, [min, max]] of Object.entries(RANGES)) {
    checkRange(name, options[name as keyof typeof RANGES], min, max);
  }
  for (const [name, known] of Object.entries(CHOICES)) {
    const value = String(options[name as keyof typeof CHOICES]);
    if (known.includes(value)) continue;
    throw new RangeError(`'${name}' must be one of ${known.join(", ")}: current value is ${value}`);
  }
  return Object.freeze(options);
}

/**
 * Makes sure that an option is a number from `min` to `max`.
 *
 * @throws {RangeError} If it is not; the message has its name, the range, and the value.
 */
export function checkRange(name: string, value: unknown, min: number, max: number): void {
  if (typeof value === "number" && value >= min && value <= max) return;
  const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `from ${min} to ${max}`;
  throw new RangeError(`'${name}' must be a number, ${range}: current value is ${value}`);
}
