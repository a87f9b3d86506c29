/**
 * Why a message died:
 * - `stopped`: its actor had stopped, or stopped before it came to the message;
 * - `overflow`: it was dropped by a full mailbox (not if the mailbox rejects);
 * - `late-reply`: it answered a question that had been given up.
 */
export type DeadLetterReason = "stopped" | "overflow" | "late-reply";

/** A message that no actor will handle. */
export interface DeadLetter {
  /** The path of the actor that it was meant for (for `late-reply`: that answered). */
  readonly path: string;
  /** The message. */
  readonly message: unknown;
  /** Why it died. */
  readonly reason: DeadLetterReason;
}

/** Counts of dead letters, for metrics. */
export class DeadLetters {
  readonly #counts: Record<DeadLetterReason, number> = {
    "stopped": 0,
    "overflow": 0,
    "late-reply": 0,
  };
  readonly #listener: ((letter: DeadLetter) => void) | undefined;

  /** Makes a counter that also calls `listener`. */
  constructor(listener?: (letter: DeadLetter) => void) {
    this.#listener = listener;
  }

  /** How many messages died. */
  get total(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
  }

  /** How many messages died for this reason. */
  count(reason: DeadLetterReason): number {
    return this.#counts[reason];
  }

  /** Counts one more. */
  add(letter: DeadLetter): void {
    this.#counts[letter.reason]++;
    this.#listener?.(letter);
  }
}
