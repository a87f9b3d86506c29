import { assertEquals } from "@std/assert";
import { type Element, serialize, xml } from "../../xml/mod.ts";
import { leaveNotice, parseMucPresence } from "../../xmpp/muc.ts";
import { NS } from "../../xmpp/namespaces.ts";

const user = "romeo@home.example/phone";
const room = "garden@rooms.example";

function presence(
  { type, codes = [], item = {}, more = [] }: {
    type?: string;
    codes?: readonly (number | string)[];
    item?: Record<string, string>;
    more?: readonly Element[];
  },
): Element {
  const ns = NS.mucUser;
  const statuses = codes.map((code) => xml("status", ns, { code: String(code) }));
  return xml(
    "presence",
    NS.client,
    { type, from: `${room}/Romeo`, to: user },
    xml("x", ns, {}, xml("item", ns, item), ...more, ...statuses),
  );
}

Deno.test("self-presence tells the room, the nick that the room gave, role and affiliation", () => {
  const parsed = parseMucPresence(
    presence({ codes: [110, 210, 100], item: { affiliation: "member", role: "visitor" } }),
  );
  assertEquals(parsed, {
    kind: "joined",
    user,
    room,
    nick: "Romeo",
    statuses: [110, 210, 100],
    affiliation: "member",
    role: "visitor",
  });
});

Deno.test("presence of others in the room is not about the user", () => {
  assertEquals(parseMucPresence(presence({}))?.kind, "other");
  assertEquals(parseMucPresence(presence({ type: "unavailable", codes: [307] }))?.kind, "other");
});

Deno.test("a nick change tells the new nick", () => {
  const parsed = parseMucPresence(
    presence({ type: "unavailable", codes: [303, 110], item: { nick: "Montague" } }),
  );
  assertEquals(parsed?.kind === "renamed" && parsed.newNick, "Montague");
});

Deno.test("a nick change without the new nick ends the stay; the next presence begins another", () => {
  assertEquals(
    parseMucPresence(presence({ type: "unavailable", codes: [303, 110] }))?.kind,
    "left",
  );
});

for (
  const [codes, cause] of [
    [[110], "left"],
    [[110, 301], "banned"],
    [[307, 110], "kicked"],
    [[110, 321], "removed"],
    [[110, 322], "removed"],
    [[110, 332], "shutdown"],
    [[110, 333], "error"],
    // Services that kick for technical reasons send both (XEP-0045 #service-error-kick).
    [[110, 307, 333], "error"],
  ] as const
) {
  Deno.test(`unavailable self-presence with ${codes}: ${cause}`, () => {
    const parsed = parseMucPresence(presence({ type: "unavailable", codes }));
    assertEquals(parsed?.kind === "left" && parsed.cause, cause);
  });
}

Deno.test("a destroyed room tells its reason", () => {
  const destroy = xml("destroy", NS.mucUser, {}, xml("reason", NS.mucUser, {}, "Moved"));
  const parsed = parseMucPresence(
    presence({ type: "unavailable", codes: [110], more: [destroy] }),
  );
  assertEquals(parsed?.kind === "left" && [parsed.cause, parsed.reason], ["destroyed", "Moved"]);
});

Deno.test("an error presence is a refusal, with or without muc content", () => {
  const stanza = xml(
    "presence",
    NS.client,
    { type: "error", from: `${room}/Romeo`, to: user },
    xml("error", NS.client, { type: "cancel", by: room }, xml("conflict", NS.stanzaErrors)),
  );
  const parsed = parseMucPresence(stanza);
  assertEquals(parsed?.kind === "refused" && parsed.error.condition, "conflict");
});

Deno.test("what is no presence of a room is none", () => {
  const x = xml("x", NS.mucUser, {}, xml("status", NS.mucUser, { code: "110" }));
  const from = `${room}/Romeo`;
  for (
    const stanza of [
      xml("message", NS.client, { from, to: user }, x),
      xml("presence", NS.client, { from, to: user }),
      xml("presence", NS.client, { from: room, to: user }, x),
      xml("presence", NS.client, { from: `${room}/`, to: user }, x),
      xml("presence", NS.client, { from }, x),
      xml("presence", NS.client, { to: user }, x),
      xml("presence", NS.client, { from, to: user, type: "subscribe" }, x),
      xml("presence", NS.client, { from, to: user }, xml("x", NS.muc)),
    ]
  ) assertEquals(parseMucPresence(stanza), undefined);
});

Deno.test("what is not three digits is no status code, and passed over", () => {
  const strange = [
    "x",
    "1.5",
    "",
    "0303",
    "303.0",
    " 303",
    "0x12f",
    "3e2",
    "33",
    "\u0663\u0660\u0663",
  ];
  const parsed = parseMucPresence(presence({ codes: [...strange, 110] }));
  assertEquals(parsed?.statuses, [110]);
  assertEquals(parseMucPresence(presence({ codes: strange.concat("0110") }))?.kind, "other");
});

Deno.test("the notice is the presence of XEP-0045's service error kick", () => {
  assertEquals(
    serialize(leaveNotice({ user, room, nick: "Romeo", id: "n1" }), { ns: NS.component }),
    "<presence type='unavailable' id='n1' from='garden@rooms.example/Romeo' " +
      "to='romeo@home.example/phone'>" +
      "<x xmlns='http://jabber.org/protocol/muc#user'>" +
      "<item affiliation='none' role='none'>" +
      "<reason>Connection to remote server lost</reason></item>" +
      "<status code='110'/><status code='330'/><status code='333'/></x></presence>",
  );
});

Deno.test("the notice carries the reason and the codes that are asked for", () => {
  const notice = leaveNotice({ user, room, nick: "R", id: "n1", reason: "Sorry", statuses: [333] });
  const parsed = parseMucPresence(notice)!;
  assertEquals(parsed.statuses, [110, 333]);
  assertEquals(parsed.kind === "left" && parsed.reason, "Sorry");
});

Deno.test("the notice of a room's end names the room to go to instead", () => {
  const destroyed = { alternate: "park@rooms.example" };
  const notice = leaveNotice({ user, room, nick: "R", id: "n1", reason: "Closed", destroyed });
  assertEquals(
    serialize(notice.child("x", NS.mucUser)!, { ns: NS.mucUser }),
    "<x><item affiliation='none' role='none'/>" +
      "<destroy jid='park@rooms.example'><reason>Closed</reason></destroy>" +
      "<status code='110'/></x>",
  );
  const parsed = parseMucPresence(leaveNotice({ user, room, nick: "R", id: "n1", destroyed: {} }));
  assertEquals(parsed?.kind === "left" && parsed.cause, "destroyed");
});
