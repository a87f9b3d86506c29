import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Element, xml } from "../../xml/mod.ts";
import {
  linkMessage,
  linkNotice,
  MalformedLinkNoticeError,
  parseLinkNotice,
  parseLinkNotices,
} from "../../xmpp/link.ts";
import type { LinkNotice } from "../../xmpp/link_notices.ts";
import { NS } from "../../xmpp/namespaces.ts";

const addresses = { from: "home.example", to: "keeper.home.example" };
const user = "romeo@home.example/phone";
const room = "garden@rooms.example";

const NOTICES: readonly LinkNotice[] = [
  { type: "keeper-hello", prefix: "rk-1f2e-" },
  { type: "plugin-hello", version: 1, software: "prosody", boot: "b1" },
  { type: "plugin-hello", version: 2, software: "", boot: "b1" },
  { type: "joined", user, room, nick: "Romeo & <co>" },
  { type: "joined", user, room: "#chan%irc@irc.home.example", nick: "r" },
  { type: "link", domain: "rooms.example", state: "up", direction: "in", clean: false },
  { type: "link", domain: "rooms.example", state: "down", direction: "out", clean: true },
  { type: "ended", user },
  { type: "synced" },
];

Deno.test("every notice is read as it was built, all in one message", () => {
  assertEquals(parseLinkNotices(linkMessage(addresses, NOTICES)), {
    notices: NOTICES,
    malformed: [],
  });
});

function notice(name: string, attrs: Record<string, string> = {}): Element {
  return xml(name, NS.link, attrs);
}

for (
  const [element, attribute] of [
    [notice("hello"), "version"],
    [notice("hello", { prefix: "" }), "prefix"],
    [notice("hello", { version: "one", boot: "b" }), "version"],
    [notice("hello", { version: "1", boot: "" }), "boot"],
    [notice("joined", { room, nick: "r" }), "user"],
    [notice("joined", { user: "romeo@home.example", room, nick: "r" }), "user"],
    [notice("joined", { user, room: `${room}/r`, nick: "r" }), "room"],
    [notice("joined", { user, room: "rooms.example", nick: "r" }), "room"],
    [notice("joined", { user, room, nick: "" }), "nick"],
    [notice("link", { state: "up", direction: "in" }), "domain"],
    [notice("link", { domain: "a@b", state: "up", direction: "in" }), "domain"],
    [notice("link", { domain: "b", state: "lost", direction: "in" }), "state"],
    [notice("link", { domain: "b", state: "up", direction: "both" }), "direction"],
    [notice("ended", { user: "home.example/x" }), "user"],
  ] as const
) {
  const { name, attrs } = element;
  Deno.test(`<${name}/> with ${JSON.stringify(attrs)} is malformed`, () => {
    const error = assertThrows(
      () => parseLinkNotice(element),
      MalformedLinkNoticeError,
      "install the plugin that came with this version",
    );
    assertEquals(error.notice, name);
    assertEquals([error.attribute, error.value], [attribute, attrs[attribute]]);
  });
}

Deno.test("one malformed notice does not spoil the others", () => {
  const message = xml(
    "message",
    NS.component,
    addresses,
    notice("ended", { user }),
    notice("ended"),
    notice("synced"),
  );
  const { notices, malformed } = parseLinkNotices(message);
  assertEquals(notices, [{ type: "ended", user }, { type: "synced" }]);
  assertEquals(malformed.length, 1);
  assert(malformed[0] instanceof MalformedLinkNoticeError);
});

Deno.test("notices that a later version may add are passed over", () => {
  const message = xml(
    "message",
    NS.component,
    addresses,
    notice("weather", { sky: "blue" }),
    xml("synced", "urn:example:other"),
    xml("body", NS.component, {}, "Hello"),
    notice("synced"),
  );
  assertEquals(parseLinkNotices(message), { notices: [{ type: "synced" }], malformed: [] });
});

Deno.test("a message that came back as an error says nothing, nor does another stanza", () => {
  const children = [linkNotice({ type: "keeper-hello", prefix: "rk-" }), notice("ended")];
  const nothing = { notices: [], malformed: [] };
  const bounced = xml("message", NS.component, { ...addresses, type: "error" }, ...children);
  assertEquals(parseLinkNotices(bounced), nothing);
  assertEquals(parseLinkNotices(xml("iq", NS.component, addresses, ...children)), nothing);
});

Deno.test("clean may be written in both ways of XML Schema", () => {
  const base = { domain: "b", state: "down", direction: "out" };
  const clean = (text: string): unknown => {
    const parsed = parseLinkNotice(notice("link", { ...base, clean: text }));
    return parsed?.type === "link" && parsed.clean;
  };
  assertEquals(["true", "1", "false", "0", ""].map(clean), [true, true, false, false, false]);
});
