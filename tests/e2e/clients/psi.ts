/** Psi+: a client for the desktop. */
import { bookmark } from "./bookmark.ts";
import { packageVersion } from "./debian.ts";
import { Desktop, type Part, type Spot } from "./desktop.ts";
import { Guest } from "./guest.ts";
import type { Account, ClientKind } from "./real_client.ts";
import { roomOn } from "./room_on_desktop.ts";

const PROFILE = ".config/psi+/profiles/default";
/** The password is in the account's file, and rooms that are entered at the start are shown. */
const OPTIONS = `<!DOCTYPE psi><psi xmlns="http://psi-im.org/options" version="1.4"><options>
<keychain><enabled type="bool">false</enabled></keychain>
<ui><muc><hide-on-autojoin type="bool">false</hide-on-autojoin></muc></ui>
</options></psi>`;

const MESSAGES: Part = { left: 25, top: 85, right: 160, bottom: 80 };
const OCCUPANTS: Part = { left: 845, top: 85, right: 0, bottom: 80 };
const INPUT: Spot = { x: 400, y: -20 };
export const psi: ClientKind = {
  name: "psi",
  version: () => packageVersion("psi-plus"),
  async start(account) {
    await bookmark(account);
    const guest = new Guest();
    guest.write(`${PROFILE}/accounts.xml`, accounts(account));
    guest.write(`${PROFILE}/options.xml`, OPTIONS);
    const desktop = await Desktop.start(guest, ["psi-plus", "--profile=default"]);
    await desktop.show(/^[^a-z]*garden/);
    return roomOn(desktop, { input: INPUT, messages: MESSAGES, occupants: OCCUPANTS });
  },
};

function accounts({ jid, password }: Account): string {
  const settings = {
    enabled: true,
    auto: true,
    "automatic-resource": false,
    name: "garden",
    jid,
    password: hide(password, jid),
    resource: "psi",
    ssl: "auto",
    "allow-plain": "over encryped",
    port: 5222,
    reconn: true,
  };
  const types = { boolean: "bool", string: "QString", number: "int" };
  const options = Object.entries(settings).map(([name, value]) =>
    `<${name} type="${types[typeof value as keyof typeof types]}">${value}</${name}>`
  );
  return `<!DOCTYPE accounts><accounts xmlns="http://psi-im.org/options" version="1.4">` +
    `<accounts><a0>${options.join("")}</a0></accounts></accounts>`;
}

/** A password as Psi stores it: each character XORed with one of the address, in hexadecimal. */
function hide(password: string, jid: string): string {
  return [...password].map((character, at) =>
    (character.charCodeAt(0) ^ jid.charCodeAt(at % jid.length)).toString(16).padStart(4, "0")
  ).join("");
}
