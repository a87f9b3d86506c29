/**
 * Servers of any software that host rooms at `rooms.example`.
 *
 * @module
 */
import { Ejabberd } from "./ejabberd.ts";
import { IrcRooms } from "./irc_rooms.ts";
import { Prosody } from "./prosody.ts";
import type { Server } from "./server.ts";

/** What hosts the rooms; with `irc` their names begin with `#`. */
export type RoomsKind = "prosody" | "ejabberd" | "irc";

/** A user of the rooms' server, who is a stranger at home. */
export const STRANGER = "mallory@away.example";

/**
 * Makes a server at `rooms.example`, with users at `away.example`; not started.
 *
 * @param options Options of ejabberd, where that is the server.
 */
export function roomsServer(
  kind: RoomsKind,
  options: Readonly<Record<string, unknown>> = {},
): Server {
  switch (kind) {
    case "prosody":
      return new Prosody({
        name: "rooms",
        users: [STRANGER],
        hosts: `
VirtualHost "away.example"
Component "rooms.example" "muc"
  restrict_room_creation = false; muc_room_locking = false
`,
      });
    case "ejabberd":
      return new Ejabberd({
        name: "rooms",
        host: "away.example",
        rooms: "rooms.example",
        users: [STRANGER],
        options,
      });
    case "irc":
      return new IrcRooms({ users: [STRANGER], options });
  }
}
