/**
 * How rejoins have ended: counted, timed, and in words.
 *
 * @module
 */
import type { Report } from "../actors/messages/effects.ts";

/** How rejoins can end, as a label of a metric: few, whatever rooms answer. */
export const REJOIN_RESULTS = [
  "joined",
  "conflict",
  "forbidden",
  "gone",
  "item-not-found",
  "not-allowed",
  "not-authorized",
  "registration-required",
  "resource-constraint",
  "service-unavailable",
  "timeout",
  "unwanted-room",
  "forgotten",
  "other",
] as const;

/** One of {@linkcode REJOIN_RESULTS}. */
export type RejoinResult = (typeof REJOIN_RESULTS)[number];

/** A rejoin that failed. */
export type RejoinFailure = Extract<Report, { type: "rejoin-failed" }>;

/** Why a user could not be brought back, for the operator (XEP-0045 §7.2). */
const WORDS: Readonly<Record<string, string>> = {
  "conflict": "somebody else has the nick",
  "forbidden": "the user is banned",
  "gone": "the room has moved or ended for good",
  "item-not-found": "the room is locked, or not there any more",
  "not-allowed": "the room can't be entered now",
  "not-authorized": "the password is wrong now",
  "registration-required": "only members may enter now",
  "resource-constraint": "the room is full",
  "service-unavailable": "the room is full",
  "timeout": "the room did not answer",
  "unwanted room": "the room had vanished",
  "ended": "the session is over",
  "left": "the user has left",
  "joining": "the client is joining by itself",
  "blocked": "the user blocks the room",
};

/** What becomes of the user after a rejoin that failed, for the operator. */
const NEXT: Readonly<Record<RejoinFailure["next"], string>> = {
  again: "it is tried again",
  notify: "the client is notified",
  forget: "nothing is to be done",
};

/**
 * How a rejoin has ended that failed; undefined if it is tried again.
 *
 * @example
 * ```ts
 * import { resultOf } from "./rejoins.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const failure = { type: "rejoin-failed", user: "ann@home.example/a", room: "a@rooms.example" } as const;
 * assertEquals(resultOf({ ...failure, because: "forbidden", next: "notify" }), "forbidden");
 * assertEquals(resultOf({ ...failure, because: "ended", next: "forget" }), "forgotten");
 * assertEquals(resultOf({ ...failure, because: "conflict", next: "again" }), undefined);
 * ```
 */
export function resultOf({ because, next }: RejoinFailure): RejoinResult | undefined {
  if (next === "again") return undefined;
  if (next === "forget") return "forgotten";
  const name = because.replaceAll(" ", "-");
  return REJOIN_RESULTS.find((result) => result === name) ?? "other";
}

/** Why a rejoin failed, and what follows, in words. */
export function failureText(
  { because, next }: Pick<RejoinFailure, "because" | "next">,
): string {
  return `${WORDS[because] ?? because}; ${NEXT[next]}`;
}

/** How many of the latest rejoins have a part in the median. */
const TIMED = 100;

/** Counts rejoins by how they ended, and remembers how long the latest ones took. */
export class RejoinCounts {
  /** Users who were brought back. */
  back = 0;
  /** Users who could not be brought back, so that their clients are notified. */
  failed = 0;
  /** Milliseconds out of the room, of the last {@linkcode TIMED} users who were brought back. */
  readonly #times: number[] = [];

  /** The median of the latest times out of a room, in milliseconds; undefined without any. */
  get medianMs(): number | undefined {
    const sorted = this.#times.toSorted((a, b) => a - b);
    return sorted[sorted.length >> 1];
  }

  /** Counts a report, if it tells how a rejoin ended. */
  count(report: Report): void {
    if (report.type === "rejoined") {
      this.#times[this.back++ % TIMED] = report.after;
    } else if (report.type === "rejoin-failed" && report.next === "notify") this.failed++;
  }
}
