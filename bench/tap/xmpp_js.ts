// The same job on xmpp.js: parse, look up, count.
import { component } from "@xmpp/component";

const FORWARD = "urn:xmpp:forward:0";
const MUC_USER = "http://jabber.org/protocol/muc#user";
const known = new Map<string, number>();
const counts = new Map<string, number>();
const xmpp = component({
  service: `xmpp://127.0.0.1:${Deno.args[0]}`,
  domain: "keeper.home.example",
  password: "secret",
});
xmpp.iqCallee.get("urn:xmpp:ping", "ping", () => true);
// deno-lint-ignore no-explicit-any -- the library has no types of its own
xmpp.on("stanza", (stanza: any) => {
  if (stanza.name !== "message" || stanza.attrs.from !== "home.example") return;
  const copy = stanza.getChild("forwarded", FORWARD)?.getChildElements()[0];
  if (copy === undefined) return;
  known.get(copy.attrs.to);
  const type = eventOf(copy);
  if (type !== undefined) counts.set(type, (counts.get(type) ?? 0) + 1);
});
xmpp.on("error", () => Deno.exit(0));
xmpp.on("disconnect", () => Deno.exit(0));
await xmpp.start();

// deno-lint-ignore no-explicit-any -- the library has no types of its own
function eventOf(copy: any): string | undefined {
  const { type } = copy.attrs;
  if (copy.name === "message") return type === "groupchat" ? "seen" : undefined;
  if (copy.name !== "presence") return undefined;
  const x = copy.getChild("x", MUC_USER);
  if (x === undefined) return undefined;
  const codes = x.getChildren("status").map((status: { attrs: { code: string } }) =>
    status.attrs.code
  );
  if (!codes.includes("110")) return "seen";
  if (type === undefined) return "joined";
  return codes.includes("303") ? "renamed" : "left";
}
