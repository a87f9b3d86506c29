/**
 * XML as XMPP uses it: immutable elements, a strict streaming parser, a serializer that writes only
 * what can be read back, and conversion to and from a DOM.
 *
 * It deliberately reads no documents with comments, processing instructions or document types
 * (RFC 6120 §11.1).
 *
 * @example Read a stanza and write it again
 * ```ts
 * import { serialize, StanzaParser } from "@roomkeeper/roomkeeper/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const parser = await StanzaParser.create();
 * const utf8 = new TextEncoder();
 * parser.push(utf8.encode(
 *   "<s:stream xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams'>",
 * ));
 * const [event] = parser.push(utf8.encode(`<iq id="1" type='get'><q xmlns="urn:x"></q></iq>`));
 *
 * assertEquals(
 *   event?.type === "stanza" && serialize(event.element, { ns: "jabber:client" }),
 *   "<iq id='1' type='get'><q xmlns='urn:x'/></iq>",
 * );
 * ```
 *
 * @module
 */

export { Element, xml, type XmlNode } from "./element.ts";
export {
  escapeAttr,
  escapeText,
  serialize,
  type SerializeScope,
  UnserializableError,
} from "./serialize.ts";
export { StanzaParser, type StreamEvent, type StreamLimits } from "./stanza_parser.ts";
export { StreamError, type StreamErrorCondition } from "./stream_error.ts";
