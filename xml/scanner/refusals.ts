/**
 * Why the scanner refuses a stream, in the words of RFC 6120 §4.9.3 and in plain ones.
 *
 * @module
 */

import type { StreamErrorCondition } from "../stream_error.ts";
import { Refusal } from "./vocabulary.ts";

/** The condition and the text of each refusal. */
export const REFUSALS: Readonly<Record<Refusal, readonly [StreamErrorCondition, string]>> = {
  [Refusal.None]: ["undefined-condition", "nothing is wrong"],
  [Refusal.Syntax]: ["not-well-formed", "a byte that does not belong there"],
  [Refusal.Character]: ["not-well-formed", "a character that XML does not allow"],
  [Refusal.Mismatch]: ["not-well-formed", "an end tag that does not match its start tag"],
  [Refusal.Twin]: ["not-well-formed", "an attribute that comes twice in a tag"],
  [Refusal.CdataEnd]: ["not-well-formed", "']]>' in text"],
  [Refusal.NamespaceRule]: ["not-well-formed", "a namespace declaration that is not allowed"],
  [Refusal.UndeclaredPrefix]: ["bad-namespace-prefix", "a prefix that is not declared"],
  [Refusal.Utf8]: ["unsupported-encoding", "bytes that are not UTF-8"],
  [Refusal.Encoding]: ["unsupported-encoding", "an XML declaration that says it is not UTF-8"],
  [Refusal.Restricted]: [
    "restricted-xml",
    "a comment, a processing instruction or a document type",
  ],
  [Refusal.Reference]: ["not-well-formed", "a reference to a character that is none in XML"],
  [Refusal.Entity]: ["restricted-xml", "a reference to an entity that is not predefined"],
  [Refusal.Declaration]: ["not-well-formed", "an XML declaration that is wrong or out of place"],
  [Refusal.Text]: ["invalid-xml", "text between stanzas"],
  [Refusal.Root]: ["bad-format", "the root is not 'stream'"],
  [Refusal.StreamNamespace]: [
    "invalid-namespace",
    "the namespace of the root or of its content is not that of an XMPP stream",
  ],
  [Refusal.AfterEnd]: ["not-well-formed", "something behind the end of the stream"],
  [Refusal.TooLong]: ["policy-violation", "a stanza or stream header that is too long"],
  [Refusal.TooDeep]: ["policy-violation", "elements nested too deep"],
  [Refusal.TooManyAttributes]: ["policy-violation", "too many attributes in a tag"],
  [Refusal.TooManyPrefixes]: ["policy-violation", "too many prefixes declared at a time"],
  [Refusal.ReferenceTooLong]: ["policy-violation", "a reference that is too long"],
};
