/**
 * The stanza scanner: the bytes of an XMPP stream to one small record for each stanza, without
 * making a single string or object on the way.
 *
 * Most stanzas that a server copies to a component need a glance, not a parse. The scanner reads
 * every byte of them, in WebAssembly with vectors of 16 bytes, as strictly as a full parser: a
 * stream is well-formed with namespaces, valid UTF-8 and free of what RFC 6120 §11 forbids, or it
 * is refused with the stream error that fits. Then it tells where stanzas start and end, and
 * what they are, in records of 128 bytes:
 *
 * | byte | bytes | what |
 * |---|---|---|
 * | 0 | 4 | address of the stanza |
 * | 4 | 4 | its length |
 * | 8 | 4 | {@linkcode Flag}s |
 * | 12 | 4 | status codes of muc#user, one bit each |
 * | 16 | 1 | {@linkcode Kind} |
 * | 17 | 1 | {@linkcode Type} |
 * | 18 | 1 | kind of the stanza inside `<forwarded/>` |
 * | 19 | 1 | its type |
 * | 20 | 1 | error condition, its place in the list of RFC 6120 §8.3.3 |
 * | 21 | 1 | {@linkcode ErrorType} |
 * | 22 | 1 | {@linkcode Affiliation} of the muc#user item |
 * | 23 | 1 | {@linkcode Role} of the muc#user item |
 * | 24 | 8 | offset and length of the stanza inside `<forwarded/>` |
 * | 32 | 8 each | offset and length of each {@linkcode Field}, as written |
 *
 * The *subject* of a record is the stanza inside `<forwarded/>` (XEP-0297), or where there is none
 * the stanza itself. Status codes, item, error, delay and ping are the subject's, and count only as
 * its own children.
 *
 * A record is right, or it is flagged {@linkcode Flag.Unusual}: references or tabs in a value that
 * it points to, or something twice that should be there once. Then only its kind and extent hold,
 * and the stanza has to be parsed in full. Prefixes and namespaces are resolved here as in any
 * parser, and are never a cause.
 *
 * It deliberately keeps no text: what is between tags is checked and passed over.
 *
 * The source is in `assembly/` (AssemblyScript, `deno task build:wasm`), from the outside in:
 * `stream` is the loop over the input, `tag` the start and end tags, `attributes`, `name`, `text`
 * and `reference` their parts, `run` and `utf8` the vectors, `prefixes` the namespaces, `record`
 * the meaning. `vocabulary.ts` is shared by both sides.
 *
 * @module
 */

export { StanzaScanner } from "./scanner.ts";
export {
  Affiliation,
  BATCH,
  ErrorType,
  Field,
  Flag,
  Kind,
  MAX_DEPTH,
  MAX_STANZA_BYTES,
  READ_BYTES,
  Role,
  Type,
} from "./vocabulary.ts";
