import { assertEquals } from "@std/assert";
import { xml } from "../../xml/mod.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { errorReply, parseStanzaError, stanzaError } from "../../xmpp/stanza_error.ts";

const { client: ns, stanzaErrors } = NS;

Deno.test("parseStanzaError() tells type, condition, author and text", () => {
  const stanza = xml(
    "message",
    ns,
    { type: "error" },
    xml("body", ns, {}, "Hello"),
    xml(
      "error",
      ns,
      { type: "wait", by: "home.example", code: "504" },
      // The order of the two is free.
      xml("text", stanzaErrors, {}, "Server-to-server connection failed"),
      xml("remote-server-timeout", stanzaErrors),
      xml("detail", "urn:example:detail"),
    ),
  );
  assertEquals(parseStanzaError(stanza), {
    type: "wait",
    condition: "remote-server-timeout",
    by: "home.example",
    text: "Server-to-server connection failed",
    uri: undefined,
  });
});

Deno.test("parseStanzaError() tells the address that gone and redirect carry", () => {
  const gone = xml("gone", stanzaErrors, {}, " xmpp:park@rooms.example ");
  const stanza = xml("iq", ns, { type: "error" }, xml("error", ns, { type: "cancel" }, gone));
  assertEquals(parseStanzaError(stanza)?.uri, "xmpp:park@rooms.example");
});

Deno.test("parseStanzaError() makes do with errors that say little", () => {
  const bare = { type: "cancel", condition: "undefined-condition" };
  for (
    const children of [
      [],
      [xml("error", ns)],
      [xml("error", ns, { type: "fatal", code: "500" }, "no condition")],
    ]
  ) {
    const { type, condition } = parseStanzaError(xml("iq", ns, { type: "error" }, ...children))!;
    assertEquals({ type, condition }, bare);
  }
});

Deno.test("parseStanzaError() finds none in a stanza of another type", () => {
  const error = stanzaError({ type: "cancel", condition: "conflict" }, ns);
  assertEquals(parseStanzaError(xml("presence", ns, {}, error)), undefined);
});

Deno.test("what errorReply() builds goes back and is read as it was meant", () => {
  const error = {
    type: "modify",
    condition: "redirect",
    by: "keeper.example",
    text: "Not here",
    uri: "xmpp:there.example",
  } as const;
  const asked = xml(
    "iq",
    ns,
    { type: "get", id: "q", from: "a@b/c", to: "keeper.example" },
    xml("query", NS.version),
  );
  const reply = errorReply(asked, error);
  assertEquals({ ...reply.attrs }, { type: "error", id: "q", from: "keeper.example", to: "a@b/c" });
  assertEquals(reply.child("query", NS.version), undefined);
  assertEquals(parseStanzaError(reply), error);
});

Deno.test("a stanza without addresses is answered without", () => {
  const reply = errorReply(xml("message", ns), { type: "cancel", condition: "not-allowed" });
  assertEquals({ ...reply.attrs }, { type: "error" });
});
