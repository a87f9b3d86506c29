/** Dino: a client for the desktop. */
import { DatabaseSync } from "node:sqlite";
import { bookmark } from "./bookmark.ts";
import { packageVersion } from "./debian.ts";
import { type Area, Desktop, type Spot } from "./desktop.ts";
import { Guest } from "./guest.ts";
import type { Account, ClientKind } from "./real_client.ts";

const COMMAND = ["dino-im"];
const DATABASE = ".local/share/dino/dino.db";
const ROOM: Area = { x: 0.3, y: 0.1, width: 0.7, height: 0.8 };
const PEOPLE: Spot = { x: 0.778, y: 0.04 };
const INPUT: Spot = { x: 0.65, y: 0.95 };

export const dino: ClientKind = {
  name: "dino",
  version: () => packageVersion("dino-im"),
  async start(account) {
    await bookmark(account);
    const guest = new Guest();
    guest.write(DATABASE, await newDatabase());
    addAccount(guest.path(DATABASE), account);
    const desktop = await Desktop.start(guest, COMMAND);
    await desktop.until(new RegExp(account.room));
    await desktop.show(/Dino/);
    return {
      async say(text) {
        await desktop.click(INPUT);
        await desktop.enter(text);
      },
      screen: () => desktop.screen(ROOM),
      async occupants() {
        await desktop.click(PEOPLE);
        const text = await desktop.screen(ROOM);
        await desktop.press("Escape");
        return text;
      },
      picture: () => desktop.picture(),
      [Symbol.asyncDispose]: () => desktop[Symbol.asyncDispose](),
    };
  },
};

/** The database that it makes when it is started for the first time. */
async function newDatabase(): Promise<Uint8Array> {
  const guest = new Guest();
  await using desktop = await Desktop.start(guest, COMMAND);
  await desktop.until(/Dino/);
  return await Deno.readFile(guest.path(DATABASE));
}

function addAccount(file: string, { jid, password }: Account): void {
  using database = new DatabaseSync(file);
  database.prepare(
    "INSERT INTO account (bare_jid, resourcepart, password, alias, enabled) VALUES (?, ?, ?, ?, 1)",
  ).run(jid, "dino", password, "");
}
