/**
 * What it means that a room, or a server on the way, refuses a rejoin.
 *
 * @module
 */
import type { RoomError } from "../messages/events.ts";
import { answerOrigin } from "../../xmpp/answer_origin.ts";

/** What to make of a refusal. */
export type Refusal =
  /** Our server could not deliver the join: find out again whether the domain is there. */
  | "undelivered"
  /** Somebody asks for patience: verify the join again later. */
  | "later"
  /** The nick is taken, often by the user's own ghost, which will soon be gone. */
  | "nick-taken"
  /** Somebody has just made the room again, and not configured it yet. */
  | "locked"
  /** The room has ended or moved for good. */
  | "ended"
  /** The room does not want the user. */
  | "final";

/**
 * What to make of the error with which a join was answered (XEP-0045 §7.2).
 *
 * @param error The error.
 * @param room The bare JID of the room.
 * @param host The user's own host, which answers itself for what it can't deliver.
 *
 * @example
 * ```ts
 * import { interpretRefusal } from "./refusal.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const error = { type: "error", condition: "conflict", errorType: "cancel" } as const;
 * assertEquals(interpretRefusal(error, "garden@rooms.example", "home.example"), "nick-taken");
 * ```
 */
export function interpretRefusal(error: RoomError, room: string, host: string): Refusal {
  const origin = answerOrigin(error, room, new Set([host]));
  if (origin === "en-route") return "undelivered";
  if (origin === "unknown") return "later";
  switch (error.condition) {
    case "conflict":
      return "nick-taken";
    case "item-not-found":
      return "locked";
    case "gone":
      return "ended";
    default:
      return "final";
  }
}
