/**
 * A room that loses somebody without telling anybody, as after a link failure.
 *
 * @module
 */
import { lua, type Prosody } from "./prosody.ts";

/** Makes a room of a Prosody forget an occupant, and nothing else. */
export async function loseOccupant(server: Prosody, occupant: string): Promise<void> {
  const room = occupant.slice(0, occupant.indexOf("/"));
  const host = room.slice(room.indexOf("@") + 1);
  const said = await server.shell(
    `> local room = prosody.hosts[${lua(host)}].modules.muc.get_room_from_jid(${lua(room)}); ` +
      `for user in pairs(room._occupants[${
        lua(occupant)
      }].sessions) do room._jid_nick[user] = nil end ` +
      `room._occupants[${lua(occupant)}] = nil; return "lost"`,
  );
  if (!said.includes("lost")) throw new Error(`${occupant} can't be lost: ${said}`);
}

/** Makes a room of a Prosody forget one session of an occupant, and nothing else. */
export async function loseSession(server: Prosody, occupant: string, user: string): Promise<void> {
  const room = occupant.slice(0, occupant.indexOf("/"));
  const host = room.slice(room.indexOf("@") + 1);
  const said = await server.shell(
    `> local room = prosody.hosts[${lua(host)}].modules.muc.get_room_from_jid(${lua(room)}); ` +
      `room._jid_nick[${lua(user)}] = nil; ` +
      `room._occupants[${lua(occupant)}].sessions[${lua(user)}] = nil; return "lost"`,
  );
  if (!said.includes("lost")) throw new Error(`${user} can't be lost: ${said}`);
}
