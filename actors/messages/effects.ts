/**
 * What a {@linkcode RemoteDomain} wants done. Effects are plain data, carried out by the ports of
 * the shell (connection, store, timers), so that the domain's logic needs no socket and no clock.
 *
 * @module
 */
import type { Verdict } from "../../xmpp/self_ping.ts";
import type { JoinRecord, Loss, LossCause } from "./events.ts";

/** What a verification found out about one join, in one word. */
export type VerdictState = Verdict["state"];

/** Why a user is told to have left a room. */
export type NoticeReason =
  /** The room says the user is not in it. */
  | "gone"
  /** The room was destroyed or moved for good: not to be rejoined. */
  | "destroyed"
  /** Nobody could confirm the stay within `give_up`. */
  | "unconfirmed";

/** A change of the join table that must outlive us. */
export type StoreChange =
  | { readonly type: "put"; readonly join: JoinRecord }
  | { readonly type: "remove"; readonly user: string; readonly room: string }
  | { readonly type: "losses"; readonly losses: readonly Loss[]; readonly seq: number };

/** Something worth telling the operator: it becomes a log line, a metric, a point on the status page. */
export type Report =
  | { readonly type: "loss"; readonly cause: LossCause; readonly joins: number }
  | { readonly type: "waiting"; readonly until: number }
  | { readonly type: "probing"; readonly by: "component" | "host" | "user" }
  | { readonly type: "unreached"; readonly attempt: number; readonly until: number }
  | { readonly type: "reachable"; readonly unverified: number }
  | { readonly type: "asked"; readonly user: string; readonly room: string; readonly nick: string }
  | {
    readonly type: "verdict";
    readonly user: string;
    readonly room: string;
    readonly verdict: VerdictState;
    /** What the verdict rests on: an error condition, "result", "reflected", "seen", "timeout". */
    readonly because: string;
    /** Milliseconds from the loss to this verdict. */
    readonly after: number;
  }
  | {
    readonly type: "refused";
    readonly user: string;
    readonly room: string;
    readonly limit: number;
  }
  /** A join presence is on its way in the user's name. */
  | { readonly type: "rejoining"; readonly user: string; readonly room: string }
  /** The user is in the room again, so many milliseconds after the loss. */
  | {
    readonly type: "rejoined";
    readonly user: string;
    readonly room: string;
    readonly after: number;
  }
  /** A rejoin failed, and what comes next. */
  | {
    readonly type: "rejoin-failed";
    readonly user: string;
    readonly room: string;
    /** An error condition, a refusal of the plugin, or "timeout". */
    readonly because: string;
    readonly next: "again" | "notify" | "forget";
  }
  /** A rejoin has made a room that had vanished: its user leaves it, and nobody else goes there. */
  | { readonly type: "unwanted-room"; readonly room: string }
  | { readonly type: "settled"; readonly after: number };

/** Everything a {@linkcode RemoteDomain} can want. */
export type Effect =
  /** Ask `room` on behalf of `user` whether `nick` is the user's occupant (XEP-0410). */
  | {
    readonly type: "ping";
    readonly id: string;
    readonly user: string;
    readonly room: string;
    readonly nick: string;
  }
  /** Ask, as `user`, whether the room exists (XEP-0030 disco#info). */
  | { readonly type: "ask-room"; readonly id: string; readonly user: string; readonly room: string }
  /** Ping the domain: from the component's own JID, or have the home host do it. */
  | { readonly type: "probe"; readonly id: string; readonly by: "component" | "host" }
  /** Join `room` again in the name of `user`, under `nick` unless the server knows a newer one. */
  | {
    readonly type: "rejoin";
    readonly id: string;
    readonly user: string;
    readonly room: string;
    readonly nick: string;
    /** How many seconds of the room's history may have been missed; undefined: not known. */
    readonly seconds: number | undefined;
  }
  /** Have a room that a rejoin has made anew unlocked, as an instant room (XEP-0045 §10.1.2). */
  | {
    readonly type: "configure";
    readonly id: string;
    readonly user: string;
    readonly room: string;
  }
  /** Leave a room in the name of `user`: a rejoin has made it, and nobody wants it. */
  | {
    readonly type: "leave";
    readonly id: string;
    readonly user: string;
    readonly room: string;
    readonly nick: string;
  }
  /** Tell `user` that it is no longer in the room. */
  | {
    readonly type: "notify";
    readonly user: string;
    readonly room: string;
    readonly nick: string;
    readonly reason: NoticeReason;
    /** Where the room has moved to, if it said so. */
    readonly alternate?: string;
    /** What the room answered to a rejoin, in the words of RFC 6120 §8.3.3. */
    readonly because?: string;
  }
  /** Make a change durable. */
  | { readonly type: "persist"; readonly change: StoreChange }
  /** Send a `wake` event at this time (milliseconds since the epoch); replaces the one before. */
  | { readonly type: "wake"; readonly at: number }
  /** No wake event is wanted any more. */
  | { readonly type: "rest" }
  /** Tell the operator. */
  | { readonly type: "report"; readonly report: Report };

/** A stanza to the remote side, which may have to wait until it can be sent. */
export type QuestionEffect = Extract<
  Effect,
  { type: "ping" | "ask-room" | "probe" | "rejoin" | "configure" | "leave" }
>;

/** A notice to a user. */
export type NoticeEffect = Extract<Effect, { type: "notify" }>;
