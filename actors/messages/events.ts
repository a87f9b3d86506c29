/**
 * What a {@linkcode RemoteDomain} is told. Every event is plain data: the tap makes most of them
 * from the feed, the router and the ports make the rest.
 *
 * @module
 */
import type { IqAnswer } from "../../xmpp/iq.ts";
import type { RejoinRefusal } from "../../xmpp/plugin_events.ts";
import type { SelfPingAnswer } from "../../xmpp/self_ping.ts";

/** Which way an s2s stream carries stanzas, seen from the home server. */
export type Direction = "in" | "out";

/** One fact about one user's stay in one room, learnt from the feed. */
export type OccupancyEvent =
  /** The room sent the user its self-presence (status 110): the user is in, under this nick. */
  | {
    readonly type: "joined";
    readonly user: string;
    readonly room: string;
    readonly nick: string;
    /** Set if the join has made the room (status 201). */
    readonly created?: true;
  }
  /** A join was answered with an error: by the room, or by our own server for it. */
  | {
    readonly type: "refused";
    /** The id of the join; empty if the room did not keep it. */
    readonly id: string;
    readonly user: string;
    readonly room: string;
    readonly error: RoomError;
  }
  /** The user left, was removed, or was refused: the room itself said so. */
  | { readonly type: "left"; readonly user: string; readonly room: string }
  /** The room put the user out by a fault or a restart, and the client does not know. */
  | { readonly type: "dropped"; readonly user: string; readonly room: string }
  /** The room confirmed a new nick (status 303). */
  | {
    readonly type: "renamed";
    readonly user: string;
    readonly room: string;
    readonly nick: string;
  }
  /** The user asked for another nick; the room has not answered yet. */
  | {
    readonly type: "renaming";
    readonly user: string;
    readonly room: string;
    readonly nick: string;
  }
  /** The room sent the user something that it only sends to occupants. */
  | { readonly type: "seen"; readonly user: string; readonly room: string }
  /** The room told the user, in answer to a message, that it does not know it. */
  | { readonly type: "rejected"; readonly user: string; readonly room: string }
  /** The room passed our self-ping on to one of the user's clients, so the user is in. */
  | {
    readonly type: "reflected";
    readonly user: string;
    readonly room: string;
    readonly nick: string;
  };

/** Why a room refuses a join. */
export type RoomError = Extract<IqAnswer, { type: "error" }>;

/** An answer to a question that a {@linkcode RemoteDomain} asked. */
export type AnswerEvent =
  /** A self-ping, or disco#info on a room, asked in a user's name. */
  | {
    readonly type: "answered";
    readonly id: string;
    /** The room that the answer came from. */
    readonly room: string;
    readonly answer: SelfPingAnswer;
  }
  /** The probe sent from the component's own JID, or by the home host. */
  | { readonly type: "probed"; readonly id: string; readonly reachable: boolean }
  /** The connection to our server could not take the question now; it was not sent. */
  | { readonly type: "deferred"; readonly id: string }
  /** The plugin has sent a join in the user's name. */
  | { readonly type: "rejoining"; readonly id: string }
  /** The plugin has not, as the session does not want it or can't. */
  | { readonly type: "not-rejoined"; readonly id: string; readonly reason: RejoinRefusal };

/** One join as a server plugin knows it. */
export interface KnownJoin {
  /** The user's full JID. */
  readonly user: string;
  /** The room's bare JID. */
  readonly room: string;
  /** The nick the room gave. */
  readonly nick: string;
}

/** One join as the store remembers it. */
export interface JoinRecord extends KnownJoin {
  /** When the user joined, in milliseconds since the epoch. */
  readonly since: number;
  /** The sequence number of the latest evidence; see {@linkcode Loss}. */
  readonly confirmed: number;
}

/** One loss of the link: joins whose latest evidence is older are in doubt. */
export interface Loss {
  /** The domain's sequence number at the loss. A join with a lower `confirmed` is suspect. */
  readonly seq: number;
  /** When it was noticed, in milliseconds since the epoch. */
  readonly at: number;
  /** What made us think so. */
  readonly cause: LossCause;
}

/** Why a verification was started. */
export type LossCause =
  | "link-down"
  | "link-up"
  | "unreachable"
  | "rejected"
  | "dropped"
  | "silence"
  | "restart"
  | "operator";

/** Everything a {@linkcode RemoteDomain} can be told. */
export type DomainEvent =
  | OccupancyEvent
  | AnswerEvent
  /** The user's session is over: all its joins are. */
  | { readonly type: "ended"; readonly user: string }
  /** The home server told a user that the domain could not be reached. */
  | { readonly type: "unreachable" }
  /** A stream of the s2s link was established or lost. `clean`: closed in good order when idle. */
  | {
    readonly type: "link";
    readonly state: "up" | "down";
    readonly direction: Direction;
    readonly clean: boolean;
  }
  /** The server plugin begins to tell all joins that it knows of. */
  | { readonly type: "snapshot-begin" }
  /** Some of them. */
  | { readonly type: "snapshot"; readonly joins: readonly KnownJoin[] }
  /** Those were all: what was not named is no more. And which streams are up now. */
  | { readonly type: "snapshot-end"; readonly up: readonly Direction[] }
  /** We may have missed part of the feed: nothing known before is certain. */
  | { readonly type: "away" }
  /** An operator wants everything asked again, now. */
  | { readonly type: "verify" }
  /** An operator wants a join forgotten, without telling the user. */
  | { readonly type: "forget"; readonly user: string; readonly room: string }
  /** The time asked for with a `wake` effect has come. */
  | { readonly type: "wake" };

/** Where an event of the feed belongs: to the link between a watched host and a remote domain. */
export type FeedEvent =
  | OccupancyEvent
  | Extract<AnswerEvent, { type: "answered" }> & {
    /** The full JID in whose name the question was asked. */
    readonly user: string;
  }
  | { readonly type: "ended"; readonly user: string }
  | {
    readonly type: "unreachable";
    /** The user who was told. */
    readonly user: string;
    /** The domain that could not be reached. */
    readonly domain: string;
  }
  | {
    readonly type: "link";
    readonly host: string;
    readonly domain: string;
    readonly state: "up" | "down";
    readonly direction: Direction;
    readonly clean: boolean;
  };
