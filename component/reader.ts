/**
 * The step from bytes to stream events as a port, so that the owner chooses the parser.
 *
 * @module
 */

import { StanzaParser, type StreamEvent, type StreamLimits } from "../xml/mod.ts";

/** Something complete in a stream, or the work that it made for whoever took it from the reader. */
export type ReaderEvent = StreamEvent | {
  /** Stanzas were taken before they were parsed. */
  readonly type: "taken";
  /** Nothing more is to be read before this has settled, if there is such work. */
  readonly busy: Promise<unknown> | undefined;
  /** Whether the server passed one of them on to us, rather than making it on the spot. */
  readonly routed: boolean;
};

/**
 * Makes stream events of the bytes of one stream. The socket is read straight into the reader's own
 * memory: {@linkcode StreamReader.input}, read, {@linkcode StreamReader.commit}, and so on.
 */
export interface StreamReader {
  /** Where the next bytes are to be written; never empty. Valid until the next commit. */
  input(): Uint8Array;
  /**
   * Takes the bytes that were written to the start of the input.
   *
   * @param length How many bytes.
   * @returns What they complete. It is used up before the next input is asked for.
   * @throws {StreamError} If the stream breaks the rules; also while the result is used up.
   */
  commit(length: number): Iterable<ReaderEvent>;
}

/** Makes the reader of each new stream. */
export type ReaderFactory = () => StreamReader | Promise<StreamReader>;

/** Bytes asked of the socket at a time. */
const INPUT_SIZE = 65_536;

/**
 * Readers that parse every stanza in full.
 *
 * @param limits The greatest depth and length of a stanza.
 */
export function parserReader(limits: StreamLimits = {}): ReaderFactory {
  return async () => {
    const parser = await StanzaParser.create(limits);
    const buffer = new Uint8Array(INPUT_SIZE);
    return {
      input: () => buffer,
      commit: (length) => parse(parser, buffer.subarray(0, length)),
    };
  };
}

/** The events of a chunk, then its error if it has one: what came before the error still counts. */
function* parse(parser: StanzaParser, chunk: Uint8Array): Generator<StreamEvent, void, void> {
  const events: StreamEvent[] = [];
  try {
    parser.push(chunk, events);
  } catch (error) {
    yield* events;
    throw error;
  }
  yield* events;
}
