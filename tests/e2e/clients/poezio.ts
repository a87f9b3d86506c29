/** poezio: a client for the terminal. */
import { packageVersion } from "./debian.ts";
import { Guest } from "./guest.ts";
import type { ClientKind } from "./real_client.ts";
import { columns, Terminal } from "./terminal.ts";

/** The first column of the list of occupants. */
const OCCUPANTS = 137;

export const poezio: ClientKind = {
  name: "poezio",
  version: () => packageVersion("poezio"),
  async start({ jid, password, server, room, nick }) {
    const guest = new Guest();
    const options = {
      jid: `${jid}/poezio`,
      password,
      custom_host: server,
      rooms: `${room}/${nick}`,
      ignore_certificate: true,
      // What was said is shown by the room's own history only.
      use_log: false,
      use_mam: false,
      display_tune_notifications: false,
    };
    const lines = Object.entries(options).map(([name, value]) => `${name} = ${value}\n`);
    guest.write(".config/poezio/poezio.cfg", `[Poezio]\n${lines.join("")}`);
    const terminal = await Terminal.start(guest, ["poezio"]);
    await terminal.until(new RegExp(`1\\.${room.split("@")[0]}`));
    await terminal.press("C-n");
    return {
      say: (text) => terminal.enter(text),
      screen: () => terminal.screen(),
      occupants: async () => columns(await terminal.screen(), OCCUPANTS),
      [Symbol.asyncDispose]: () => terminal[Symbol.asyncDispose](),
    };
  },
};
