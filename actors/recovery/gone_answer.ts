/**
 * A room's word that a user is not in it.
 *
 * @module
 */
import type { Join } from "../joins/join.ts";
import type { SelfPingAnswer, WhyGone } from "../../xmpp/self_ping.ts";
import { roomOfUri } from "../../xmpp/xmpp_uri.ts";

/** The room said that the user is not in it. */
export interface GoneAnswer {
  /** Whose join it is. */
  readonly join: Join;
  /** Why the user is out. */
  readonly why: WhyGone;
  /** What the answer was, in one word. */
  readonly because: string;
  /** Where the room has moved to, if it said so. */
  readonly alternate?: string;
}

/** Where a room has moved to, if it says so. */
export function alternateOf(answer: SelfPingAnswer): string | undefined {
  return answer.type === "error" && answer.condition === "gone" && answer.uri !== undefined
    ? roomOfUri(answer.uri)
    : undefined;
}
