/**
 * The words that the scanner knows, and the numbers it gives them in a record.
 *
 * This one file is compiled twice, by Deno and by AssemblyScript, so that the host and the
 * WebAssembly core cannot disagree. It keeps to what both languages have: enums, and lists of
 * words as strings, with white space between. The n-th word of a list (from 1) is the number n of the enum beside it; 0
 * means "none, or not one of these".
 *
 * @module
 */

/** The largest stanza that fits the scanner's fixed memory, in bytes. */
export const MAX_STANZA_BYTES = 262144;
/**
 * The most bytes that one socket read can put into the scanner's memory. A read costs the runtime
 * about 20 µs, however little it brings: nearly half the time that 64 KiB take to be read by us.
 */
export const READ_BYTES = 524288;
/** The deepest nesting of elements, the stanza itself included, that a limit can allow. */
export const MAX_DEPTH = 254;
/** The most attributes, namespace declarations included, that an element may carry. */
export const MAX_ATTRIBUTES = 64;
/** The most prefixes that may be declared at one place, those of the stream header included. */
export const MAX_PREFIXES = 64;
/** The largest stream header, in bytes. */
export const MAX_HEADER_BYTES = 16384;
/** The longest reference, such as `&#x1F600;`, in bytes without `;`: it may begin with many zeros. */
export const MAX_REFERENCE_BYTES = 256;
/** The most records found in one go. */
export const BATCH = 256;

/** The size of a record, in bytes. */
export const RECORD_BYTES = 128;
/** Where in a record things are, in bytes; the table in `mod.ts` explains them. */
export enum At {
  Start = 0,
  Length = 4,
  Flags = 8,
  Statuses = 12,
  Kind = 16,
  Type = 17,
  InnerKind = 18,
  InnerType = 19,
  Condition = 20,
  ErrorType = 21,
  Affiliation = 22,
  Role = 23,
  InnerStart = 24,
  InnerLength = 28,
  Fields = 32,
}

/** The strings that a record points to; each is an offset and a length, 0 and 0 if absent. */
export enum Field {
  /** `from` of the stanza, or of the stream header. */
  From = 0,
  /** `to` of the stanza, or of the stream header. */
  To = 1,
  /** `id` of the stanza, or of the stream header. */
  Id = 2,
  /** `from` of the stanza inside `<forwarded/>`. */
  InnerFrom = 3,
  /** `to` of the stanza inside `<forwarded/>`. */
  InnerTo = 4,
  /** `id` of the stanza inside `<forwarded/>`. */
  InnerId = 5,
  /** `nick` of the `<item/>` of muc#user. */
  Nick = 6,
  /** `jid` of the `<item/>` of muc#user. */
  ItemJid = 7,
  /** `by` of the `<error/>`: who made it. */
  ErrorBy = 8,
  /** `stamp` of the `<delay/>`. */
  Stamp = 9,
}

/** How many fields a record has. */
export const FIELDS = 10;

/** What a record is about. */
export enum Kind {
  /** Nothing: in `innerKind`, there is no forwarded stanza. */
  None = 0,
  /** `<message/>` */
  Message = 1,
  /** `<presence/>` */
  Presence = 2,
  /** `<iq/>` */
  Iq = 3,
  /** The stream header. */
  Open = 4,
  /** The end of the stream. */
  Close = 5,
  /** `<handshake/>` (XEP-0114). */
  Handshake = 6,
  /** `<stream:error/>` */
  StreamError = 7,
  /** Any other child of the stream. */
  Other = 8,
}

/** Facts about a record, one bit each. Those from MucUser to Ping are about its subject. */
export enum Flag {
  /** The scanner does not vouch for this record beyond kind and extent: parse the stanza. */
  Unusual = 1,
  /** There is a stanza inside `<forwarded xmlns='urn:xmpp:forward:0'/>`: it is the subject. */
  Forwarded = 2,
  /** At least one child in the namespace of the server plugins' notices. */
  Link = 4,
  /** `<x xmlns='http://jabber.org/protocol/muc#user'/>` */
  MucUser = 8,
  /** `<item/>` in muc#user. */
  Item = 16,
  /** A `<status/>` in muc#user with a code that the scanner has no bit for. */
  OtherStatus = 32,
  /** `<destroy/>` in muc#user: the room is being destroyed. */
  Destroy = 64,
  /** `<x xmlns='http://jabber.org/protocol/muc'/>`: asks to join. */
  Muc = 128,
  /** `<history/>` in muc: how much history is asked for. */
  History = 256,
  /** `<error/>` */
  Error = 512,
  /** `<delay xmlns='urn:xmpp:delay'/>`: from the past, such as a room's history. */
  Delay = 1024,
  /** `<ping xmlns='urn:xmpp:ping'/>` */
  Ping = 2048,
  /** `from` of the forwarded stanza is a session, `local@host/…`, of the host that forwards it. */
  FromSession = 4096,
  /** `to` of the forwarded stanza is such a session. */
  ToSession = 8192,
}

/** Types of stanzas. A missing `type` is 0 whatever the kind; `Other` is none of these. */
export enum Type {
  None = 0,
  Normal = 1,
  Chat = 2,
  Groupchat = 3,
  Headline = 4,
  Error = 5,
  Unavailable = 6,
  Subscribe = 7,
  Subscribed = 8,
  Unsubscribe = 9,
  Unsubscribed = 10,
  Probe = 11,
  Get = 12,
  Set = 13,
  Result = 14,
  Other = 15,
}
/** The words of {@linkcode Type}. */
export const TYPES: string = `
  normal chat groupchat headline error unavailable subscribe subscribed unsubscribe unsubscribed
  probe get set result
`;

/** Types of stanza errors (RFC 6120 §8.3.2). */
export enum ErrorType {
  None = 0,
  Auth = 1,
  Cancel = 2,
  Continue = 3,
  Modify = 4,
  Wait = 5,
  Other = 6,
}
/** The words of {@linkcode ErrorType}. */
export const ERROR_TYPES: string = "auth cancel continue modify wait";

/** Affiliations with a room (XEP-0045 §5.2). */
export enum Affiliation {
  Absent = 0,
  Owner = 1,
  Admin = 2,
  Member = 3,
  Outcast = 4,
  None = 5,
  Other = 6,
}
/** The words of {@linkcode Affiliation}. */
export const AFFILIATIONS: string = "owner admin member outcast none";

/** Roles in a room (XEP-0045 §5.1). */
export enum Role {
  Absent = 0,
  Moderator = 1,
  Participant = 2,
  Visitor = 3,
  None = 4,
  Other = 5,
}
/** The words of {@linkcode Role}. */
export const ROLES: string = "moderator participant visitor none";

/** The defined conditions of stanza errors (RFC 6120 §8.3.3); 255 is none of these. */
export const CONDITIONS: string = `
  bad-request conflict feature-not-implemented forbidden gone internal-server-error item-not-found
  jid-malformed not-acceptable not-allowed not-authorized policy-violation recipient-unavailable
  redirect registration-required remote-server-not-found remote-server-timeout resource-constraint
  service-unavailable subscription-required undefined-condition unexpected-request
`;
/** The number of a condition that is not in the list. */
export const OTHER_CONDITION = 255;

/** The status codes of muc#user that have a bit (XEP-0045 §15.6); the n-th has bit n - 1. */
export const STATUSES: string = `
  100 101 102 103 104 110 170 171 172 173 174 201 210 301 303 307 321 322 330 332 333
`;

/** Namespaces; a number above `Other` is one of the prefixes declared here and now. */
export enum Ns {
  None = 0,
  Component = 1,
  Client = 2,
  Server = 3,
  Stream = 4,
  Forward = 5,
  MucUser = 6,
  Muc = 7,
  StanzaErrors = 8,
  Ping = 9,
  Delay = 10,
  Link = 11,
  Xml = 12,
  Xmlns = 13,
  Other = 14,
}
/** The words of {@linkcode Ns}. */
export const NAMESPACES: string = `
  jabber:component:accept jabber:client jabber:server http://etherx.jabber.org/streams
  urn:xmpp:forward:0 http://jabber.org/protocol/muc#user http://jabber.org/protocol/muc
  urn:ietf:params:xml:ns:xmpp-stanzas urn:xmpp:ping urn:xmpp:delay urn:x-roomkeeper:link:0
  http://www.w3.org/XML/1998/namespace http://www.w3.org/2000/xmlns/
`;

/** Elements that mean something somewhere; the first three are those of {@linkcode Kind}. */
export enum Name {
  Unknown = 0,
  Message = 1,
  Presence = 2,
  Iq = 3,
  Stream = 4,
  Handshake = 5,
  Error = 6,
  Forwarded = 7,
  X = 8,
  Item = 9,
  Status = 10,
  Destroy = 11,
  History = 12,
  Delay = 13,
  Ping = 14,
  Text = 15,
}
/** The words of {@linkcode Name}. */
export const NAMES: string = `
  message presence iq stream handshake error forwarded x item status destroy history delay ping
  text
`;

/** Attributes that have a place of their own while a tag is read. */
export enum Attr {
  Unknown = 0,
  From = 1,
  To = 2,
  Id = 3,
  Type = 4,
  Xmlns = 5,
  Code = 6,
  Nick = 7,
  Affiliation = 8,
  Role = 9,
  By = 10,
  Stamp = 11,
  Jid = 12,
}
/** The words of {@linkcode Attr}; from `node` on they only make the search for twins short. */
export const ATTRS: string = `
  from to id type xmlns code nick affiliation role by stamp jid node ver hash name version xml:lang
`;

/** What an XML declaration can say, in this order. */
export const DECLARATION: string = "version encoding standalone";

/** Why a stream was refused. */
export enum Refusal {
  None = 0,
  Syntax = 1,
  Character = 2,
  Mismatch = 3,
  Twin = 4,
  CdataEnd = 5,
  NamespaceRule = 6,
  UndeclaredPrefix = 7,
  Utf8 = 8,
  Encoding = 9,
  Restricted = 10,
  Reference = 11,
  Entity = 12,
  Declaration = 13,
  Text = 14,
  Root = 15,
  StreamNamespace = 16,
  AfterEnd = 17,
  TooLong = 18,
  TooDeep = 19,
  TooManyAttributes = 20,
  TooManyPrefixes = 21,
  ReferenceTooLong = 22,
}
