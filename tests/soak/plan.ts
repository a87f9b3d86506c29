/** What goes wrong in a soak, and when. The same seed makes the same plan. */

/** Something that goes wrong. Times are milliseconds. */
export type Trouble =
  /** The link to a domain breaks for a while, and its rooms forget a part of their occupants. */
  | {
    readonly type: "cut";
    readonly domain: number;
    readonly away: number;
    readonly forgotten: number;
  }
  /** The link is closed in good order; meanwhile the rooms may forget. */
  | { readonly type: "close"; readonly domain: number; readonly forgotten: number }
  /** The link is lost without anybody noticing, as when a server closes them by command. */
  | { readonly type: "lose"; readonly domain: number; readonly forgotten: number }
  /** A link breaks, is back at once, but nothing is answered for a while. */
  | {
    readonly type: "stall";
    readonly domain: number;
    readonly mood: "frozen" | "slow";
    readonly ms: number;
    readonly forgotten: number;
  }
  /** All links break: our own network is away. */
  | { readonly type: "cut-all"; readonly away: number }
  /** A domain goes away for good: its users are told in the end. */
  | { readonly type: "abandon" }
  /** The server ends the component's connection, and takes none for a while. */
  | { readonly type: "hang-up"; readonly polite: boolean; readonly away: number }
  /** The keeper is ended and started again. */
  | { readonly type: "restart"; readonly signal: "SIGTERM" | "SIGKILL"; readonly away: number };

/** When what goes wrong, in milliseconds since the beginning of its leg. */
export interface Event {
  readonly at: number;
  readonly trouble: Trouble;
}

/** A part of a soak, after which everything is compared. */
export interface Leg {
  readonly ms: number;
  readonly events: readonly Event[];
}

/** How long a keeper may be unable to confirm a join before it tells the user, in a soak. */
export const GIVE_UP_MS = 120_000;

/**
 * Plans a soak of about so many milliseconds. In the first half of its legs the keeper is ended
 * again and again; in the second one process has to live through everything.
 */
export function plan(
  soakMs: number,
  domains: number,
  random: () => number,
): { readonly first: readonly Leg[]; readonly second: readonly Leg[] } {
  const legs = Math.max(1, Math.round(soakMs / 150_000));
  // Between legs there is a pause for a few seconds, in which everything is compared.
  const ms = Math.max(1_000, soakMs / legs / 2 - Math.min(5_000, soakMs / 10));
  // To give up a domain takes long, so it is tried once in each half, if there is time at all.
  const leg = (restarts: boolean, abandon: boolean) =>
    new LegPlan(ms, soakMs, domains, random).make(restarts, abandon && ms > 40_000);
  return {
    first: Array.from({ length: legs }, (_, n) => leg(true, n === 0)),
    second: Array.from({ length: legs }, (_, n) => leg(false, n === 0)),
  };
}

class LegPlan {
  readonly #ms: number;
  readonly #domains: number;
  readonly #random: () => number;
  /** How long a domain is away at most: by far not long enough for a verdict without an answer. */
  readonly #away: number;

  constructor(ms: number, soakMs: number, domains: number, random: () => number) {
    this.#ms = ms;
    this.#domains = domains;
    this.#random = random;
    this.#away = Math.min(GIVE_UP_MS / 24, soakMs / 8);
  }

  make(restarts: boolean, abandon: boolean): Leg {
    const events: Event[] = [];
    // Often enough for each to happen in a short leg too.
    const every = (usual: number, trouble: () => Trouble) => {
      const ms = Math.min(usual, this.#ms / 2);
      for (let at = ms * this.#random(); at < this.#ms; at += ms * (0.5 + this.#random())) {
        events.push({ at, trouble: trouble() });
      }
    };
    every(2_500, () => this.#domainTrouble());
    every(40_000, () => ({ type: "cut-all", away: this.#between(500, this.#away) }));
    if (restarts) every(12_000, () => this.#restart());
    every(25_000, () => ({
      type: "hang-up",
      polite: this.#random() < 0.5,
      away: this.#between(0, 2_000),
    }));
    if (abandon) events.push({ at: 1_000, trouble: { type: "abandon" } });
    return { ms: this.#ms, events: events.sort((a, b) => a.at - b.at) };
  }

  #domainTrouble(): Trouble {
    const chance = this.#random();
    const domain = Math.floor(this.#random() * this.#domains);
    const forgotten = this.#random() < 0.3 ? 0 : this.#random() < 0.3 ? 1 : this.#random();
    if (chance < 0.15) return { type: "cut", domain, away: 0, forgotten: 0 };
    if (chance < 0.6) {
      return { type: "cut", domain, away: this.#between(100, this.#away), forgotten };
    }
    if (chance < 0.7) return { type: "close", domain, forgotten };
    if (chance < 0.8) return { type: "lose", domain, forgotten };
    const mood = this.#random() < 0.5 ? "frozen" : "slow";
    return { type: "stall", domain, mood, ms: this.#between(500, this.#away), forgotten };
  }

  #restart(): Trouble {
    const signal = this.#random() < 0.5 ? "SIGTERM" : "SIGKILL";
    return { type: "restart", signal, away: this.#between(0, 1_500) };
  }

  #between(least: number, most: number): number {
    return least + (Math.max(least, most) - least) * this.#random();
  }
}
