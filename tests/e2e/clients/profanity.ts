/** profanity: a client for the terminal. */
import { packageVersion } from "./debian.ts";
import { Guest } from "./guest.ts";
import type { ClientKind } from "./real_client.ts";
import { columns, Terminal } from "./terminal.ts";

/** The first column of the list of occupants. */
const OCCUPANTS = 128;

export const profanity: ClientKind = {
  name: "profanity",
  version: () => packageVersion("profanity"),
  async start({ jid, password, server, room, nick }) {
    const guest = new Guest();
    guest.write(
      ".local/share/profanity/accounts",
      `[${jid}]\nenabled=true\njid=${jid}\nresource=profanity\npassword=${password}\n` +
        `server=${server}\nport=5222\ntls.policy=trust\nmuc.nick=${nick}\n`,
    );
    guest.write(".config/profanity/profrc", "[ui]\nsplash=false\nintype=false\n");
    const terminal = await Terminal.start(guest, ["profanity", "-a", jid]);
    await terminal.until(/logged in successfully/);
    await terminal.enter(`/join ${room}`);
    return {
      say: (text) => terminal.enter(text),
      screen: () => terminal.screen(),
      occupants: async () => columns(await terminal.screen(), OCCUPANTS),
      [Symbol.asyncDispose]: () => terminal[Symbol.asyncDispose](),
    };
  },
};
