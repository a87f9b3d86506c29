/**
 * What Roomkeeper and its server plugins tell each other, as types.
 *
 * @module
 */

/** Roomkeeper to plugin, when its stream is up: asks for a snapshot. */
export interface KeeperHello {
  /** Names this notice. */
  readonly type: "keeper-hello";
  /** What the ids of all pings begin with that Roomkeeper will send as users; hard to guess. */
  readonly prefix: string;
}

/** Plugin to Roomkeeper: begins a snapshot; or, when just loaded, asks for Roomkeeper's hello. */
export interface PluginHello {
  /** Names this notice. */
  readonly type: "plugin-hello";
  /** The version of the vocabulary; see `LINK_VERSION`. */
  readonly version: number;
  /** The server software, such as `"prosody"`; empty if not told. */
  readonly software: string;
  /** Names this start of the server: another one means that all links and sessions are new. */
  readonly boot: string;
}

/** In a snapshot: a user is in a room. */
export interface JoinedNotice {
  /** Names this notice. */
  readonly type: "joined";
  /** The user's full JID. */
  readonly user: string;
  /** The room's bare JID. */
  readonly room: string;
  /** The user's nick in the room. */
  readonly nick: string;
}

/** A stream of the s2s link to a domain came up or went down. */
export interface LinkStateNotice {
  /** Names this notice. */
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
export interface EndedNotice {
  /** Names this notice. */
  readonly type: "ended";
  /** The user's full JID. */
  readonly user: string;
}

/** The end of a snapshot. */
export interface SyncedNotice {
  /** Names this notice. */
  readonly type: "synced";
}

/** Any notice between Roomkeeper and a plugin. */
export type LinkNotice =
  | KeeperHello
  | PluginHello
  | JoinedNotice
  | LinkStateNotice
  | EndedNotice
  | SyncedNotice;
