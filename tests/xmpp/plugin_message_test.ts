import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Element, xml } from "../../xml/mod.ts";
import {
  MalformedPluginEventError,
  parsePluginEvent,
  parsePluginEvents,
  pluginElement,
  pluginMessage,
} from "../../xmpp/plugin_message.ts";
import type { PluginPayload } from "../../xmpp/plugin_events.ts";
import { NS } from "../../xmpp/namespaces.ts";

const addresses = { from: "home.example", to: "keeper.home.example" };
const user = "romeo@home.example/phone";
const room = "garden@rooms.example";

const PAYLOADS: readonly PluginPayload[] = [
  { type: "keeper-hello", prefix: "rk-1f2e-", version: 1, rejoins: false },
  { type: "keeper-hello", prefix: "rk-1f2e-", version: 2, rejoins: true },
  { type: "rejoin", id: "rk-1f2e-1", user, room },
  { type: "rejoining", id: "rk-1f2e-1" },
  { type: "norejoin", id: "rk-1f2e-1", reason: "joining" },
  { type: "probe", id: "rk-1f2e-2", domain: "rooms.example" },
  { type: "probed", id: "rk-1f2e-2", reached: true },
  { type: "probed", id: "rk-1f2e-2", reached: false },
  { type: "plugin-hello", version: 1, software: "prosody", boot: "b1" },
  { type: "plugin-hello", version: 2, software: "", boot: "b1" },
  { type: "joined", user, room, nick: "Romeo & <co>" },
  { type: "joined", user, room: "#chan%irc@irc.home.example", nick: "r" },
  { type: "link", domain: "rooms.example", state: "up", direction: "in", clean: false },
  { type: "link", domain: "rooms.example", state: "down", direction: "out", clean: true },
  { type: "ended", user },
  { type: "dropped", user: "ann@home.example/phone", room: "garden@rooms.example" },
  { type: "synced" },
];

Deno.test("every event is read as it was built, all in one message", () => {
  assertEquals(parsePluginEvents(pluginMessage(addresses, PAYLOADS)), {
    events: PAYLOADS,
    malformed: [],
  });
});

const LONG = "é".repeat(512);

function event(name: string, attrs: Record<string, string> = {}): Element {
  return xml(name, NS.plugin, attrs);
}

for (
  const [element, attribute] of [
    [event("hello"), "version"],
    [event("hello", { prefix: "" }), "prefix"],
    [event("hello", { version: "one", boot: "b" }), "version"],
    [event("hello", { version: "1", boot: "" }), "boot"],
    [event("joined", { room, nick: "r" }), "user"],
    [event("joined", { user: "romeo@home.example", room, nick: "r" }), "user"],
    [event("joined", { user, room: `${room}/r`, nick: "r" }), "room"],
    [event("joined", { user, room: "rooms.example", nick: "r" }), "room"],
    [event("joined", { user, room, nick: "" }), "nick"],
    [event("joined", { user, room, nick: LONG }), "nick"],
    [event("joined", { user: `${LONG}@home.example/x`, room, nick: "r" }), "user"],
    [event("joined", { user: `r@home.example/${LONG}`, room, nick: "r" }), "user"],
    [event("joined", { user, room: `${LONG}@rooms.example`, nick: "r" }), "room"],
    [event("link", { domain: LONG, state: "up", direction: "in" }), "domain"],
    [event("rejoining", { id: LONG }), "id"],
    [event("link", { state: "up", direction: "in" }), "domain"],
    [event("link", { domain: "a@b", state: "up", direction: "in" }), "domain"],
    [event("link", { domain: "b", state: "lost", direction: "in" }), "state"],
    [event("link", { domain: "b", state: "up", direction: "both" }), "direction"],
    [event("ended", { user: "home.example/x" }), "user"],
    [event("hello", { prefix: "rk-", version: "two" }), "version"],
    [event("rejoin", { user, room }), "id"],
    [event("rejoin", { id: "rk-1", user: "romeo@home.example", room }), "user"],
    [event("rejoin", { id: "rk-1", user, room: "rooms.example" }), "room"],
    [event("rejoining", { id: "" }), "id"],
    [event("norejoin", { id: "rk-1", reason: "tired" }), "reason"],
    [event("probe", { id: "rk-1", domain: "a@b" }), "domain"],
    [event("probed", { id: "rk-1", reached: "maybe" }), "reached"],
  ] as const
) {
  const { name, attrs } = element;
  Deno.test(`<${name}/> with ${JSON.stringify(attrs).replaceAll(LONG, "1,024 bytes")} is malformed`, () => {
    const error = assertThrows(
      () => parsePluginEvent(element),
      MalformedPluginEventError,
      "install the plugin that came with this version",
    );
    assertEquals(error.event, name);
    assertEquals([error.attribute, error.value], [attribute, attrs[attribute]]);
  });
}

Deno.test("one malformed event does not spoil the others", () => {
  const message = xml(
    "message",
    NS.component,
    addresses,
    event("ended", { user }),
    event("ended"),
    event("synced"),
  );
  const { events, malformed } = parsePluginEvents(message);
  assertEquals(events, [{ type: "ended", user }, { type: "synced" }]);
  assertEquals(malformed.length, 1);
  assert(malformed[0] instanceof MalformedPluginEventError);
});

Deno.test("events that a later version may add are passed over", () => {
  const message = xml(
    "message",
    NS.component,
    addresses,
    event("weather", { sky: "blue" }),
    xml("synced", "urn:example:other"),
    xml("body", NS.component, {}, "Hello"),
    event("synced"),
  );
  assertEquals(parsePluginEvents(message), { events: [{ type: "synced" }], malformed: [] });
});

Deno.test("a message that came back as an error says nothing, nor does another stanza", () => {
  const children = [
    pluginElement({ type: "keeper-hello", prefix: "rk-", version: 2, rejoins: false }),
    event("ended"),
  ];
  const nothing = { events: [], malformed: [] };
  const bounced = xml("message", NS.component, { ...addresses, type: "error" }, ...children);
  assertEquals(parsePluginEvents(bounced), nothing);
  assertEquals(parsePluginEvents(xml("iq", NS.component, addresses, ...children)), nothing);
});

Deno.test("clean may be written in both ways of XML Schema", () => {
  const base = { domain: "b", state: "down", direction: "out" };
  const clean = (text: string): unknown => {
    const parsed = parsePluginEvent(event("link", { ...base, clean: text }));
    return parsed?.type === "link" && parsed.clean;
  };
  assertEquals(["true", "1", "false", "0", ""].map(clean), [true, true, false, false, false]);
});
