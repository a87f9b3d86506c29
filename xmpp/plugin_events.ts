/**
 * What Roomkeeper and its server plugins tell each other, as types.
 *
 * @module
 */

/** Roomkeeper to plugin, when its stream is up: asks for a snapshot. */
export interface KeeperHello {
  /** Names this event. */
  readonly type: "keeper-hello";
  /** What the ids of all pings begin with that Roomkeeper will send as users; hard to guess. */
  readonly prefix: string;
  /** The version of the vocabulary that Roomkeeper speaks; 1 if it did not say. */
  readonly version: number;
  /** Whether it brings back who is put out of a room, so that the client need not be told. */
  readonly rejoins: boolean;
}

/**
 * Roomkeeper to plugin: have a session join a room again, as it would itself. The plugin answers with
 * {@linkcode RejoiningEvent} or {@linkcode RejoinRefusedEvent}.
 */
export interface RejoinRequest {
  /** Names this request. */
  readonly type: "rejoin";
  /** The id of the join presence; begins with the prefix of our hello. */
  readonly id: string;
  /** The user's full JID. */
  readonly user: string;
  /** The room's bare JID. */
  readonly room: string;
}

/**
 * Roomkeeper to plugin: find out whether the host itself can reach a domain. The plugin answers with
 * {@linkcode ProbedEvent}.
 */
export interface ProbeRequest {
  /** Names this request. */
  readonly type: "probe";
  /** Names the answer; begins with the prefix of our hello. */
  readonly id: string;
  /** The domain to ping. */
  readonly domain: string;
}

/** Plugin to Roomkeeper: begins a snapshot; or, when just loaded, asks for Roomkeeper's hello. */
export interface PluginHello {
  /** Names this event. */
  readonly type: "plugin-hello";
  /** The version of the vocabulary; see `PLUGIN_VERSION`. */
  readonly version: number;
  /** The server software, such as `"prosody"`; empty if not told. */
  readonly software: string;
  /** Names this start of the server: another one means that all links and sessions are new. */
  readonly boot: string;
}

/** In a snapshot: a user is in a room. */
export interface JoinedEvent {
  /** Names this event. */
  readonly type: "joined";
  /** The user's full JID. */
  readonly user: string;
  /** The room's bare JID. */
  readonly room: string;
  /** The user's nick in the room. */
  readonly nick: string;
}

/** A stream of the s2s link to a domain came up or went down. */
export interface LinkEvent {
  /** Names this event. */
  readonly type: "link";
  /** The domain at the other end. */
  readonly domain: string;
  /** What the stream did. */
  readonly state: "up" | "down";
  /** Which way stanzas go in it, seen from the home server. */
  readonly direction: "in" | "out";
  /** Whether it went down in good order, as it was idle. */
  readonly clean: boolean;
}

/** A user's session is over. */
export interface EndedEvent {
  /** Names this event. */
  readonly type: "ended";
  /** The user's full JID. */
  readonly user: string;
}

/** A room has put a user out by a fault or a restart, and the plugin has not told the client. */
export interface DroppedEvent {
  /** Names this event. */
  readonly type: "dropped";
  /** The user's full JID. */
  readonly user: string;
  /** The room's bare JID. */
  readonly room: string;
}

/** The end of a snapshot. */
export interface SyncedEvent {
  /** Names this event. */
  readonly type: "synced";
}

/** The join presence of a {@linkcode RejoinRequest} was sent. */
export interface RejoiningEvent {
  /** Names this event. */
  readonly type: "rejoining";
  /** The id of the request. */
  readonly id: string;
}

/**
 * Why a session does not join again: it is over (`ended`); it left, or never was in (`left`); its own
 * join is on the way (`joining`); it blocks the room (`blocked`).
 */
export type RejoinRefusal = "ended" | "left" | "joining" | "blocked";

/** No join presence was sent for a {@linkcode RejoinRequest}. */
export interface RejoinRefusedEvent {
  /** Names this event. */
  readonly type: "norejoin";
  /** The id of the request. */
  readonly id: string;
  /** Why. */
  readonly reason: RejoinRefusal;
}

/** The host's own ping to a domain has ended. */
export interface ProbedEvent {
  /** Names this event. */
  readonly type: "probed";
  /** The id of the request. */
  readonly id: string;
  /** Whether the remote side answered. */
  readonly reached: boolean;
}

/** What Roomkeeper asks a plugin for. */
export type PluginRequest = RejoinRequest | ProbeRequest;

/** What a plugin answers to a {@linkcode PluginRequest}. */
export type PluginAnswer = RejoiningEvent | RejoinRefusedEvent | ProbedEvent;

/** What a plugin tells Roomkeeper. */
export type PluginEvent =
  | PluginHello
  | JoinedEvent
  | LinkEvent
  | EndedEvent
  | DroppedEvent
  | SyncedEvent
  | PluginAnswer;

/** What a message between Roomkeeper and a plugin can carry. */
export type PluginPayload = KeeperHello | PluginRequest | PluginEvent;
