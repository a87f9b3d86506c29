/**
 * The losses of a link that are not settled yet. Pure: evidence is ordered by sequence numbers,
 * deadlines by times that are given.
 *
 * @module
 */
import type { Loss, LossCause } from "../messages/events.ts";

/** Losses that are told apart at the same time; of more, the oldest ones count as one. */
const MAX_LOSSES = 64;

const NONE: readonly Loss[] = [];

/**
 * Losses, the oldest first, and what they mean for a join that was last seen to be there when
 * sequence number `confirmed` had been given away.
 *
 * ```ts
 * import { Losses } from "./losses.ts";
 *
 * const losses = new Losses();
 * losses.add(7, 1_000, "link-down");
 * losses.doubt(6); // true
 * losses.doubt(7); // false
 * ```
 */
export class Losses {
  #all: readonly Loss[];

  /** Starts with these losses, the oldest first. */
  constructor(all: readonly Loss[] = NONE) {
    this.#all = all;
  }

  /** The losses, the oldest first. */
  get all(): readonly Loss[] {
    return this.#all;
  }

  /** The oldest loss. */
  get oldest(): Loss | undefined {
    return this.#all[0];
  }

  /** The sequence number of the newest loss; 0 if there is none. */
  get newest(): number {
    return this.#all.at(-1)?.seq ?? 0;
  }

  /** Adds a loss at sequence number `seq`, or at that of the last loss if it is higher. */
  add(seq: number, at: number, cause: LossCause): void {
    const [first, , ...rest] = this.#all;
    const known = this.#all.length < MAX_LOSSES ? this.#all : [first!, ...rest];
    this.#all = [...known, { seq: Math.max(seq, known.at(-1)?.seq ?? 0), at, cause }];
  }

  /** Whether a join is in doubt. */
  doubt(confirmed: number): boolean {
    return confirmed < this.newest;
  }

  /** The oldest loss after which a join was not seen. */
  of(confirmed: number): Loss | undefined {
    return this.#all.find((loss) => loss.seq > confirmed);
  }

  /**
   * The sequence number of the newest loss up to number `tried` that was noticed at `before` or
   * earlier; 0 if there is none. Joins with a lower one have had their time.
   */
  expired(tried: number, before: number): number {
    return this.#all.findLast((loss) => loss.seq <= tried && loss.at <= before)?.seq ?? 0;
  }

  /** Forgets the losses up to number `seq`. */
  settle(seq: number): void {
    this.#all = this.#all.filter((loss) => loss.seq > seq);
  }
}
