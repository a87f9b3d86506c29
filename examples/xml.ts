/**
 * The XML core alone: reads the stanzas of an XMPP stream that comes in pieces, and answers each.
 *
 *     deno run examples/xml.ts
 */
import { serialize, StanzaParser, StreamError, xml } from "@roomkeeper/roomkeeper/xml";

const NS = "jabber:client";
const stream = `<s:stream xmlns='${NS}' xmlns:s='http://etherx.jabber.org/streams'>` +
  "<message from='ann@home.example' to='bob@home.example'><body>1 &lt; 2 &amp; ☕</body></message>" +
  "<message from='cleo@home.example'><body><!-- forbidden --></body></message>";

const parser = await StanzaParser.create({ maxDepth: 16, maxStanzaBytes: 10_000 });
const bytes = new TextEncoder().encode(stream);
try {
  for (let at = 0; at < bytes.length; at += 7) {
    for (const event of parser.push(bytes.subarray(at, at + 7))) {
      if (event.type !== "stanza") continue;
      const { element } = event;
      const said = element.child("body")?.text;
      const body = xml("body", NS, {}, `You said: ${said}`);
      const answer = xml("message", NS, { to: element.attr("from") }, body);
      console.log(serialize(answer, { ns: NS }));
    }
  }
} catch (error) {
  if (!(error instanceof StreamError)) throw error;
  console.log(`the stream ends: ${error.message}`);
}
