import { assertEquals } from "@std/assert";
import { roomOfUri } from "../../xmpp/xmpp_uri.ts";

Deno.test("roomOfUri() takes the bare JID out of an XMPP URI", () => {
  assertEquals(roomOfUri("xmpp:garden@rooms.example?join"), "garden@rooms.example");
  assertEquals(roomOfUri("xmpp:Garden@Rooms.Example/nick"), "garden@rooms.example");
  assertEquals(roomOfUri("xmpp:caf%C3%A9@rooms.example"), "café@rooms.example");
});

Deno.test("roomOfUri() is undefined for what names no room", () => {
  const others = [
    "",
    "xmpp:",
    "xmpp:rooms.example",
    "https://a@rooms.example",
    "xmpp:%@b",
    "xmpp:a b@c",
  ];
  for (const uri of others) assertEquals(roomOfUri(uri), undefined, uri);
});
