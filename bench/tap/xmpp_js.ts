// The same job on xmpp.js: parse, look up, count.
import { component, type Element } from "@xmpp/component";

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
xmpp.on("stanza", (stanza) => {
  if (stanza.name !== "message" || stanza.attrs.from !== "home.example") return;
  const copy = stanza.getChild("forwarded", FORWARD)?.getChildElements()[0];
  if (copy === undefined) return;
  known.get(copy.attrs.to!);
  const type = eventOf(copy);
  if (type !== undefined) counts.set(type, (counts.get(type) ?? 0) + 1);
});
xmpp.on("error", () => Deno.exit(0));
xmpp.on("disconnect", () => Deno.exit(0));
await xmpp.start();

function eventOf(copy: Element): string | undefined {
  const { type } = copy.attrs;
  if (copy.name === "message") return type === "groupchat" ? "seen" : undefined;
  if (copy.name !== "presence") return undefined;
  const x = copy.getChild("x", MUC_USER);
  if (x === undefined) return undefined;
  const codes = x.getChildren("status").map((status) => status.attrs.code);
  if (!codes.includes("110")) return "seen";
  if (type === undefined) return "joined";
  return codes.includes("303") ? "renamed" : "left";
}
