/** Gajim: a client for the desktop. */
import { join } from "node:path";
import { bookmark } from "./bookmark.ts";
import { packageVersion } from "./debian.ts";
import { type Area, Desktop, type Spot } from "./desktop.ts";
import { Guest } from "./guest.ts";
import type { ClientKind } from "./real_client.ts";

const SETTINGS = join(import.meta.dirname!, "gajim_account.py");
const ROOM_IN_LIST: Spot = { x: 0.2, y: 0.265 };
const ROOM: Area = { x: 0.42, y: 0.15, width: 0.58, height: 0.78 };
const INPUT: Spot = { x: 0.6, y: 0.95 };

export const gajim: ClientKind = {
  name: "gajim",
  version: () => packageVersion("gajim"),
  async start(account) {
    await bookmark(account);
    const guest = new Guest();
    const { jid, password, room } = account;
    guest.write("settings.py", Deno.readTextFileSync(SETTINGS));
    await guest.run(["/usr/bin/python3", guest.path("settings.py"), jid, password, room]);
    const desktop = await Desktop.start(guest, ["gajim"]);
    await desktop.until(/Start Chat/);
    await desktop.click(ROOM_IN_LIST);
    await desktop.until(/Gajim\s/);
    return {
      async say(text) {
        await desktop.click(INPUT);
        await desktop.enter(text);
      },
      screen: () => desktop.screen(ROOM),
      occupants: () => desktop.screen(ROOM),
      picture: () => desktop.picture(),
      [Symbol.asyncDispose]: () => desktop[Symbol.asyncDispose](),
    };
  },
};
