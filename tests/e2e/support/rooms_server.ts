/**
 * Servers of any software that host rooms at `rooms.example`.
 *
 * @module
 */
import { Ejabberd } from "./ejabberd.ts";
import { IrcRooms } from "./irc_rooms.ts";
import { Prosody } from "./prosody.ts";
import { type Server, type ServerOptions, serverOptions } from "./server.ts";

/** What hosts the rooms; with `irc` their names begin with `#`. */
export type RoomsKind = "prosody" | "ejabberd" | "irc";

/** A user of the rooms' server, who is a stranger at home. */
export const STRANGER = "mallory@away.example";

/** What is special about such a server. */
export interface RoomsServerOptions extends ServerOptions {
  /** Options of ejabberd, where that is the server. */
  readonly ejabberd?: Readonly<Record<string, unknown>>;
  /** How far its clock is ahead of ours in seconds, behind if negative. @default {0} */
  readonly clockAhead?: number;
  /** Whether a new room is locked until its owner has configured it, on Prosody. @default {false} */
  readonly locking?: boolean;
}

/** Makes a server at `rooms.example`, with users at `away.example`; not started. */
export function roomsServer(kind: RoomsKind, options: RoomsServerOptions = {}): Server {
  const shared = serverOptions(options);
  const { ejabberd = {}, clockAhead = 0, locking = false } = options;
  switch (kind) {
    case "prosody":
      return new Prosody({
        ...shared,
        clockAhead,
        name: "rooms",
        users: [STRANGER],
        hosts: `
VirtualHost "away.example"
Component "rooms.example" "muc"
  restrict_room_creation = false; muc_room_locking = ${locking}
  public_user_role = "prosody:registered"; server_user_role = "prosody:registered"
`,
      });
    case "ejabberd":
      return new Ejabberd({
        ...shared,
        clockAhead,
        name: "rooms",
        host: "away.example",
        rooms: "rooms.example",
        users: [STRANGER],
        options: ejabberd,
      });
    case "irc":
      return new IrcRooms({ ...shared, users: [STRANGER], options: ejabberd });
  }
}
