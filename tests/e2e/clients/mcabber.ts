/** mcabber: a client for the terminal. */
import { packageVersion } from "./debian.ts";
import { Guest } from "./guest.ts";
import type { ClientKind } from "./real_client.ts";
import { Terminal } from "./terminal.ts";

export const mcabber: ClientKind = {
  name: "mcabber",
  version: () => packageVersion("mcabber"),
  async start({ jid, password, server, room, nick }) {
    const guest = new Guest();
    guest.write(
      ".mcabber/mcabberrc",
      `set jid = ${jid}\nset password = ${password}\nset server = ${server}\n` +
        `set resource = mcabber\nset tls = 1\nset ssl_ignore_checks = 1\n` +
        `set nickname = ${nick}\nset log_win_height = 5\nset roster_width = 30\n` +
        `set hook-post-connect = room join ${room} ${nick}\n`,
    );
    const terminal = await Terminal.start(guest, ["mcabber"]);
    await terminal.until(/You have joined|has joined/i);
    await terminal.enter(`/roster search ${room}`);
    await terminal.press("Enter");
    return {
      say: (text) => terminal.enter(text),
      screen: () => terminal.screen(),
      async occupants() {
        await terminal.enter("/room names");
        return await terminal.screen();
      },
      [Symbol.asyncDispose]: () => terminal[Symbol.asyncDispose](),
    };
  },
};
