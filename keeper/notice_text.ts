/**
 * What a notice tells the user, in words.
 *
 * @module
 */

/** Why a room does not take a user back, by the error that it gave (XEP-0045 §7.2). */
const REFUSALS: Readonly<Record<string, string>> = {
  "conflict": "your nickname is taken now",
  "registration-required": "only members may enter now",
  "forbidden": "you are banned from it",
  "not-authorized": "its password has changed",
  "service-unavailable": "it is full",
  "resource-constraint": "it is full",
  "gone": "it has ended",
  "not-allowed": "it can't be entered now",
  "item-not-found": "it is locked or does not exist any more",
  "unwanted room": "it does not exist any more",
  "timeout": "it does not answer",
};

/**
 * The reason that a client shows, and why joining again did not help, if that was tried.
 *
 * @param reason What the operator wants users to be told.
 * @param because The error, if a rejoin failed.
 *
 * @example
 * ```ts
 * import { noticeText } from "./notice_text.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const text = noticeText("Connection to remote server lost", "forbidden");
 * assertEquals(text, "Connection to remote server lost; you are banned from it");
 * ```
 */
export function noticeText(reason: string, because: string | undefined): string {
  if (because === undefined) return reason;
  const refusal = REFUSALS[because] ?? `it can't be entered (${because})`;
  return reason === "" ? refusal : `${reason}; ${refusal}`;
}
