/** What the tests of xml/ share: a stream around text, and parsing in pieces. */

import { StanzaParser, StreamError, type StreamEvent, type StreamLimits } from "../../xml/mod.ts";

export const STREAM_NS = "http://etherx.jabber.org/streams";
export const CONTENT_NS = "jabber:component:accept";
export const HEADER =
  `<stream:stream xmlns='${CONTENT_NS}' xmlns:stream='${STREAM_NS}' from='keeper.example'>`;
export const FOOTER = "</stream:stream>";

/** How a stream was read: its events, and the condition of the error if there was one. */
export interface Outcome {
  readonly events: StreamEvent[];
  readonly error?: string;
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Parses bytes in pieces of the given sizes, over and over. */
export async function parse(
  input: string | Uint8Array,
  sizes: readonly number[] = [Infinity],
  limits?: StreamLimits,
): Promise<Outcome> {
  const bytes = typeof input === "string" ? utf8(input) : input;
  const parser = await StanzaParser.create(limits);
  const events: StreamEvent[] = [];
  try {
    for (let at = 0, n = 0; at < bytes.length; n++) {
      const end = Math.min(at + (sizes[n % sizes.length] ?? 1), bytes.length);
      parser.push(bytes.subarray(at, end), events);
      at = end;
    }
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    return { events, error: error.condition };
  }
  return { events };
}

/** The outcome of a stanza, or whatever else, inside a stream that is closed after it. */
export function parseInside(
  text: string,
  sizes?: readonly number[],
  limits?: StreamLimits,
): Promise<Outcome> {
  return parse(HEADER + text + FOOTER, sizes, limits);
}
