/**
 * How long a verification waits: before its first question, and between two attempts.
 *
 * @module
 */
import type { LossCause } from "../messages/events.ts";
import type { FullDomainOptions } from "../messages/options.ts";

/** How many times the first wait between two attempts the others may be, soon after a loss. */
const SOON = 8;
/** How long to wait between two attempts, at most, as a part of the time since the loss. */
const PATIENCE = 1 / 60;

/** How long to wait after a loss before the first question; `random` is from 0 to 1, excluded. */
export function firstWait(cause: LossCause, pingDelay: number, random: number): number {
  switch (cause) {
    case "operator":
    case "silence":
      return 0;
    // After our own restart every domain is verified: not all of them at the same time.
    case "restart":
      return pingDelay * (1 + random);
    default:
      return pingDelay * (1 + random / 5);
  }
}

/**
 * How long to wait for the next attempt, at most: what has been away for long may stay so for long,
 * so that a while more is not much.
 *
 * @param attempt How many attempts have failed before this one.
 * @param age Time since the loss.
 */
export function longestWait(
  attempt: number,
  age: number,
  { backoffMin, backoffMax }: Pick<FullDomainOptions, "backoffMin" | "backoffMax">,
): number {
  const doubled = backoffMin * 2 ** Math.min(attempt, 30);
  return Math.min(backoffMax, Math.max(backoffMin * SOON, age * PATIENCE), doubled);
}
