/** What to do when a handler throws, as data. */
export interface Supervision {
  /**
   * - `restart`: drop the message, keep the state, the children, the timers and the mailbox, go on;
   * - `stop`: stop the actor and its children;
   * - `escalate`: stop it, and treat its failure as one of its parent's. A failure that reaches
   *   the top stops the whole system.
   *
   * @default {"restart"}
   */
  readonly strategy?: "restart" | "stop" | "escalate";
  /**
   * How many restarts are allowed within `periodMs`.
   *
   * @default {5}
   */
  readonly intensity?: number;
  /**
   * The period of `intensity`, in milliseconds.
   *
   * @default {10_000}
   */
  readonly periodMs?: number;
  /**
   * What to do when an actor fails more often than that.
   *
   * @default {"stop"}
   */
  readonly exceeded?: "stop" | "escalate";
}

/** What is to be done about one failure. */
export type Directive = "restart" | "stop" | "escalate";

/** Judges the failures of one actor. */
export class Supervisor {
  readonly #supervision: Required<Supervision>;
  /** When the restarts of the current period were, the oldest first. */
  #restarts: number[] = [];

  constructor(
    { strategy = "restart", intensity = 5, periodMs = 10_000, exceeded = "stop" }: Supervision = {},
  ) {
    if (!Number.isSafeInteger(intensity) || intensity < 0) {
      throw new RangeError(
        `Cannot supervise as 'intensity' must be a non-negative integer: current value is ${intensity}`,
      );
    }
    if (!(periodMs > 0)) {
      throw new RangeError(
        `Cannot supervise as 'periodMs' must be positive: current value is ${periodMs}`,
      );
    }
    this.#supervision = { strategy, intensity, periodMs, exceeded };
  }

  /** Judges a failure at the time `now` in milliseconds. */
  judge(now: number): Directive {
    const { strategy, intensity, periodMs, exceeded } = this.#supervision;
    if (strategy !== "restart") return strategy;
    this.#restarts = this.#restarts.filter((at) => now - at < periodMs);
    if (this.#restarts.length >= intensity) return exceeded;
    this.#restarts.push(now);
    return "restart";
  }
}
