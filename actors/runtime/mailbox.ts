import { Ring } from "./ring.ts";

/** The lane a message travels in: everything in the system lane comes before the user lane. */
export type Lane = "user" | "system";

/** What a full mailbox does with one more message; see {@linkcode MailboxOptions.overflow}. */
export type Overflow = "reject" | "drop-newest" | "drop-oldest";

/** The bounds of a mailbox. */
export interface MailboxOptions {
  /**
   * How many messages may wait in each lane.
   *
   * @default {1000}
   */
  readonly capacity?: number;
  /**
   * What becomes of one message too many in the user lane (a full system lane always rejects):
   * - `reject`: `tell` returns false and the message stays the sender's, to send again or not;
   * - `drop-newest`: `tell` returns false and the message becomes a dead letter;
   * - `drop-oldest`: `tell` returns true and the oldest waiting message becomes a dead letter.
   *
   * @default {"reject"}
   */
  readonly overflow?: Overflow;
}

/** What became of a message offered to a mailbox. */
export type Offer<M> = "taken" | "rejected" | "dropped" | { readonly evicted: M };

/** Something in the system lane: a signal of the runtime, or a message that can still be taken back. */
export type SystemItem<M, S> = { readonly signal: S } | {
  readonly message: M;
  readonly cancelled: boolean;
};

/**
 * Two bounded lanes of waiting messages. The system lane also carries the runtime's own signals
 * (`S`), which are few by nature and never refused.
 */
export class Mailbox<M, S> {
  readonly capacity: number;
  readonly #overflow: Overflow;
  readonly #user = new Ring<M>();
  // Most actors never get anything here, so the queue is made when first needed.
  #system: Ring<SystemItem<M, S>> | undefined;

  constructor({ capacity = 1000, overflow = "reject" }: MailboxOptions = {}) {
    if (!Number.isSafeInteger(capacity) || capacity < 1) {
      throw new RangeError(
        `Cannot make a mailbox as 'capacity' must be a positive integer: current value is ${capacity}`,
      );
    }
    this.capacity = capacity;
    this.#overflow = overflow;
  }

  /** How many messages and signals wait in both lanes. */
  get depth(): number {
    return this.#user.length + this.urgent;
  }

  /** How many messages and signals wait in the system lane. */
  get urgent(): number {
    return this.#system === undefined ? 0 : this.#system.length;
  }

  /** How many more user messages fit. */
  get room(): number {
    return this.capacity - this.#user.length;
  }

  /** Offers a message to the user lane. */
  offer(message: M): Offer<M> {
    if (this.#user.length < this.capacity) {
      this.#user.push(message);
      return "taken";
    }
    if (this.#overflow === "reject") return "rejected";
    if (this.#overflow === "drop-newest") return "dropped";
    const evicted = this.#user.shift();
    this.#user.push(message);
    return { evicted };
  }

  /** Offers a message to the system lane. */
  offerSystem(message: M): Offer<M> {
    if (this.urgent >= this.capacity) return "rejected";
    this.force({ message, cancelled: false });
    return "taken";
  }

  /** Puts a signal or a message in the system lane, however full it is. */
  force(item: SystemItem<M, S>): void {
    (this.#system ??= new Ring()).push(item);
  }

  /** Takes the oldest of the system lane; only when `urgent > 0`. */
  takeSystem(): SystemItem<M, S> {
    return this.#system!.shift();
  }

  /** Takes the oldest user message; only when the user lane is not empty. */
  takeUser(): M {
    return this.#user.shift();
  }

  /** Takes everything that waits, signals left out. */
  *drain(): Generator<M> {
    while (this.urgent > 0) {
      const item = this.takeSystem();
      if ("message" in item && !item.cancelled) yield item.message;
    }
    while (this.#user.length > 0) yield this.#user.shift();
  }
}
