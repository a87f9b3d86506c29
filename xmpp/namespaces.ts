/**
 * The XML namespaces of the protocols that Roomkeeper speaks.
 *
 * @module
 */

/** XML namespace URIs by short name. */
export const NS = {
  /** A component's stream (XEP-0114). */
  component: "jabber:component:accept",
  /** A client's stream (RFC 6120), and most stanzas that are forwarded. */
  client: "jabber:client",
  /** A server-to-server stream (RFC 6120). */
  server: "jabber:server",
  /** The stream element itself, and the features and errors of streams. */
  stream: "http://etherx.jabber.org/streams",
  /** The conditions of stream errors (RFC 6120 §4.9). */
  streamErrors: "urn:ietf:params:xml:ns:xmpp-streams",
  /** The conditions of stanza errors (RFC 6120 §8.3). */
  stanzaErrors: "urn:ietf:params:xml:ns:xmpp-stanzas",
  /** Multi-User Chat: what a client sends to join (XEP-0045). */
  muc: "http://jabber.org/protocol/muc",
  /** Multi-User Chat: what a room tells occupants (XEP-0045). */
  mucUser: "http://jabber.org/protocol/muc#user",
  /** Multi-User Chat: what the owner of a room asks of it (XEP-0045). */
  mucOwner: "http://jabber.org/protocol/muc#owner",
  /** The disco feature of a room that answers self-pings by itself (XEP-0410 §3.3). */
  selfPingOptimization: "http://jabber.org/protocol/muc#self-ping-optimization",
  /** Ping (XEP-0199). */
  ping: "urn:xmpp:ping",
  /** Stanza forwarding (XEP-0297). */
  forward: "urn:xmpp:forward:0",
  /** Delayed delivery (XEP-0203). */
  delay: "urn:xmpp:delay",
  /** Service discovery, information (XEP-0030). */
  discoInfo: "http://jabber.org/protocol/disco#info",
  /** Service discovery, items (XEP-0030). */
  discoItems: "http://jabber.org/protocol/disco#items",
  /** Ad-hoc commands (XEP-0050). */
  commands: "http://jabber.org/protocol/commands",
  /** Data forms (XEP-0004). */
  dataForms: "jabber:x:data",
  /** Software version (XEP-0092). */
  version: "jabber:iq:version",
  /** Notices between Roomkeeper and its server plugins. */
  plugin: "urn:x-roomkeeper:link:0",
} as const;
