import { assertEquals } from "@std/assert";
import { xml } from "../../xml/mod.ts";
import { forward, unwrapForwarded } from "../../xmpp/forward.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { errorReply } from "../../xmpp/stanza_error.ts";

const addresses = { from: "home.example", to: "keeper.home.example" };
const stanza = xml("message", NS.client, { from: "a@b/c", type: "error" }, "text");

Deno.test("a stanza comes out as it was put in", () => {
  assertEquals(unwrapForwarded(forward(stanza, addresses)), stanza);
  assertEquals({ ...forward(stanza, { ...addresses, id: "f1" }).attrs }, {
    ...addresses,
    id: "f1",
  });
});

Deno.test("a delay before the stanza, and the namespace of another stream, do no harm", () => {
  for (const ns of [NS.client, NS.server, NS.component]) {
    const presence = xml("presence", ns, { from: "a@b/c" });
    const delay = xml("delay", NS.delay, { stamp: "2025-01-01T00:00:00Z" });
    const message = xml(
      "message",
      NS.component,
      addresses,
      xml("forwarded", NS.forward, {}, delay, presence),
    );
    assertEquals(unwrapForwarded(message), presence);
  }
});

Deno.test("a copy that came back as an error carries nothing", () => {
  const { from, to } = addresses;
  const sent = forward(stanza, { from: to, to: from });
  const bounced = errorReply(sent, { type: "cancel", condition: "service-unavailable" });
  const withContent = xml(
    "message",
    NS.component,
    bounced.attrs,
    ...sent.children,
    ...bounced.children,
  );
  assertEquals(unwrapForwarded(withContent), undefined);
});

Deno.test("what forwards no stanza has none", () => {
  const wrap = (name: string, ns: string): ReturnType<typeof xml> =>
    xml("message", NS.component, addresses, xml("forwarded", NS.forward, {}, xml(name, ns)));
  assertEquals(unwrapForwarded(stanza), undefined);
  assertEquals(unwrapForwarded(wrap("body", NS.client)), undefined);
  assertEquals(unwrapForwarded(wrap("message", "urn:example:other")), undefined);
  assertEquals(
    unwrapForwarded(xml("iq", NS.component, {}, xml("forwarded", NS.forward, {}, stanza))),
    undefined,
  );
});
