/** Gajim: a client for the desktop. */
import { join } from "node:path";
import { bookmark } from "./bookmark.ts";
import { packageVersion } from "./debian.ts";
import { Desktop, type Part, type Spot } from "./desktop.ts";
import { Guest } from "./guest.ts";
import type { ClientKind } from "./real_client.ts";
import { roomOn } from "./room_on_desktop.ts";

const SETTINGS = join(import.meta.dirname!, "gajim_account.py");

const CHATS: Part = { left: 70, top: 150, right: 580, bottom: 50 };
const MESSAGES: Part = { left: 420, top: 110, right: 215, bottom: 50 };
const OCCUPANTS: Part = { left: 790, top: 110, right: 0, bottom: 50 };
const ROOM_IN_LIST: Spot = { x: 200, y: 185 };
const INPUT: Spot = { x: 600, y: -25 };
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
    await desktop.until(/garden/, CHATS);
    await desktop.click(ROOM_IN_LIST);
    await desktop.until(/Gajim/, OCCUPANTS);
    return roomOn(desktop, { input: INPUT, messages: MESSAGES, occupants: OCCUPANTS });
  },
};
