/**
 * The error that ends an XMPP stream.
 *
 * @module
 */

/** The defined conditions of RFC 6120 §4.9.3, one element name each. */
export type StreamErrorCondition =
  | "bad-format"
  | "bad-namespace-prefix"
  | "conflict"
  | "connection-timeout"
  | "host-gone"
  | "host-unknown"
  | "improper-addressing"
  | "internal-server-error"
  | "invalid-from"
  | "invalid-namespace"
  | "invalid-xml"
  | "not-authorized"
  | "not-well-formed"
  | "policy-violation"
  | "remote-connection-failed"
  | "reset"
  | "resource-constraint"
  | "restricted-xml"
  | "see-other-host"
  | "system-shutdown"
  | "undefined-condition"
  | "unsupported-encoding"
  | "unsupported-feature"
  | "unsupported-stanza-type"
  | "unsupported-version";

/**
 * A stream error (RFC 6120 §4.9): whoever finds it sends the condition and closes the stream.
 *
 * @example
 * ```ts
 * import { StanzaParser, StreamError } from "@roomkeeper/roomkeeper/xml";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const parser = await StanzaParser.create();
 * const bytes = new TextEncoder().encode("<!-- a comment -->");
 * const error = assertThrows(() => parser.push(bytes), StreamError);
 * assertEquals((error as StreamError).condition, "restricted-xml");
 * ```
 */
export class StreamError extends Error {
  /** The name of the class. */
  override readonly name = "StreamError";
  /** What went wrong, by the name that goes over the wire. */
  readonly condition: StreamErrorCondition;

  /**
   * Makes a stream error.
   *
   * @param condition The defined condition.
   * @param text What exactly was wrong, for people.
   */
  constructor(condition: StreamErrorCondition, text?: string) {
    super(text === undefined ? condition : `${condition}: ${text}`);
    this.condition = condition;
  }
}
