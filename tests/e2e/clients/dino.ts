/** Dino: a client for the desktop. */
import { setTimeout as delay } from "node:timers/promises";
import { DatabaseSync } from "node:sqlite";
import { bookmark } from "./bookmark.ts";
import { packageVersion } from "./debian.ts";
import { Desktop, type Part, type Spot } from "./desktop.ts";
import { Guest } from "./guest.ts";
import type { Account, ClientKind } from "./real_client.ts";
import { roomOn } from "./room_on_desktop.ts";

const COMMAND = ["dino-im"];
const DATABASE = ".local/share/dino/dino.db";

const MESSAGES: Part = { left: 306, top: 55, right: 130, bottom: 60 };
const OCCUPANTS: Part = { left: 656, top: 105, right: 100, bottom: 300 };
const OPENS_MS = 800;
const PEOPLE: Spot = { x: 778, y: 28 };
const INPUT: Spot = { x: 650, y: -40 };
export const dino: ClientKind = {
  name: "dino",
  version: () => packageVersion("dino-im"),
  async start(account) {
    await bookmark(account);
    const guest = new Guest();
    guest.write(DATABASE, await newDatabase());
    addAccount(guest.path(DATABASE), account);
    const desktop = await Desktop.start(guest, COMMAND);
    await desktop.show(/Dino/);
    return {
      ...roomOn(desktop, { input: INPUT, messages: MESSAGES, occupants: OCCUPANTS }),
      async occupants() {
        let text = "";
        // A click closes the list if it is open.
        while (!text.includes("Owner")) {
          await desktop.click(PEOPLE);
          await delay(OPENS_MS);
          text = await desktop.read(OCCUPANTS);
        }
        await desktop.press("Escape");
        return text;
      },
    };
  },
};

/** The database that it makes when it is started for the first time. */
async function newDatabase(): Promise<Uint8Array> {
  const guest = new Guest();
  await using desktop = await Desktop.start(guest, COMMAND);
  await desktop.show(/Dino/);
  return await Deno.readFile(guest.path(DATABASE));
}

function addAccount(file: string, { jid, password }: Account): void {
  using database = new DatabaseSync(file);
  database.prepare(
    "INSERT INTO account (bare_jid, resourcepart, password, alias, enabled) VALUES (?, ?, ?, ?, 1)",
  ).run(jid, "dino", password, "");
}
