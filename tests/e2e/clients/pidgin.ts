/** Pidgin: a client for the desktop. */
import { packageVersion } from "./debian.ts";
import { Desktop, type Part, type Spot } from "./desktop.ts";
import { Guest } from "./guest.ts";
import type { Account, ClientKind } from "./real_client.ts";
import { roomOn } from "./room_on_desktop.ts";

const MESSAGES: Part = { left: 10, top: 95, right: 115, bottom: 95 };
const OCCUPANTS: Part = { left: 910, top: 95, right: 0, bottom: 95 };
const INPUT: Spot = { x: 400, y: -35 };
export const pidgin: ClientKind = {
  name: "pidgin",
  version: () => packageVersion("pidgin"),
  async start(account) {
    const guest = new Guest();
    guest.write(".purple/accounts.xml", accounts(account));
    guest.write(".purple/blist.xml", buddies(account));
    guest.write(".purple/prefs.xml", "<pref version='1' name='/'/>");
    const desktop = await Desktop.start(guest, ["pidgin"]);
    await desktop.show(new RegExp(`^${account.room.split("@")[0]}$`));
    return roomOn(desktop, { input: INPUT, messages: MESSAGES, occupants: OCCUPANTS });
  },
};

function accounts({ jid, password }: Account): string {
  return `<account version='1.0'><account>
<protocol>prpl-jabber</protocol><name>${jid}/pidgin</name><password>${password}</password>
<statuses><status type='available' name='Available' active='true'><attributes/></status></statuses>
<settings>
<setting name='connection_security' type='string'>opportunistic_tls</setting>
</settings>
<settings ui='gtk-gaim'><setting name='auto-login' type='bool'>1</setting></settings>
</account></account>`;
}

function buddies({ jid, room, nick }: Account): string {
  const [name, domain] = room.split("@");
  return `<purple version='1.0'><blist><group name='Chats'>
<chat proto='prpl-jabber' account='${jid}/pidgin'><alias>${name}</alias>
<component name='handle'>${nick}</component>
<component name='room'>${name}</component>
<component name='server'>${domain}</component>
<setting name='gtk-autojoin' type='bool'>1</setting>
</chat></group></blist></purple>`;
}
