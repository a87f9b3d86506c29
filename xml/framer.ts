/**
 * Cuts the bytes of a stream into frames: the header, each stanza, the closing tag.
 *
 * @module
 */

import { Lexer, Mark } from "./lexer.ts";
import { StreamError } from "./stream_error.ts";
import { INCOMPLETE, INVALID, Utf8Decoder } from "./utf8.ts";

/** What a {@linkcode Framer} calls a frame. */
export type FrameKind =
  | typeof Mark.Header
  | typeof Mark.EmptyStream
  | typeof Mark.Stanza
  | typeof Mark.Close;

/** Takes a frame; the bytes are only lent for the call. */
export type FrameHandler = (kind: FrameKind, bytes: Uint8Array) => void;

const NOT_IN_FRAME = -1;

/** Checks bytes by the {@linkcode Lexer}'s grammar and hands on each frame when it is complete. */
export class Framer {
  readonly #maxBytes: number;
  readonly #lexer: Lexer;
  readonly #utf8 = new Utf8Decoder();
  readonly #onFrame: FrameHandler;
  /** The part of the present frame that came with earlier chunks. */
  #kept = new Uint8Array(1024);
  #keptBytes = 0;
  #inFrame = false;

  /**
   * Makes a framer at the start of a stream.
   *
   * @param maxDepth How deep elements may be nested in the stream.
   * @param maxBytes How many bytes a frame may have.
   * @param onFrame Called with each frame in turn.
   */
  constructor(maxDepth: number, maxBytes: number, onFrame: FrameHandler) {
    this.#lexer = new Lexer(maxDepth);
    this.#maxBytes = maxBytes;
    this.#onFrame = onFrame;
  }

  /**
   * Takes the next bytes, split anywhere.
   *
   * @throws {StreamError} At the first byte that no stream can go on with.
   */
  push(chunk: Uint8Array): void {
    let start = this.#inFrame ? 0 : NOT_IN_FRAME;
    let limit = this.#inFrame ? this.#maxBytes - this.#keptBytes : Infinity;
    for (let i = 0; i < chunk.length; i++) {
      if (i >= limit) {
        throw new StreamError("policy-violation", `a stanza has over ${this.#maxBytes} bytes`);
      }
      const code = this.#utf8.next(chunk[i]!);
      if (code === INCOMPLETE) continue;
      assertCharacter(code);
      const mark = this.#lexer.next(code);
      if (mark === Mark.None) continue;
      if (mark === Mark.Begin) {
        start = i;
        limit = i + this.#maxBytes;
        this.#inFrame = true;
        continue;
      }
      if (mark !== Mark.Declaration) this.#onFrame(mark, this.#frame(chunk, start, i + 1));
      this.#keptBytes = 0;
      this.#inFrame = false;
      start = NOT_IN_FRAME;
      limit = Infinity;
    }
    if (start !== NOT_IN_FRAME) this.#keep(chunk.subarray(start));
  }

  #frame(chunk: Uint8Array, start: number, end: number): Uint8Array {
    const last = chunk.subarray(start, end);
    if (this.#keptBytes === 0) return last;
    this.#keep(last);
    return this.#kept.subarray(0, this.#keptBytes);
  }

  #keep(bytes: Uint8Array): void {
    const needed = this.#keptBytes + bytes.length;
    if (needed > this.#kept.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#kept.length));
      larger.set(this.#kept.subarray(0, this.#keptBytes));
      this.#kept = larger;
    }
    this.#kept.set(bytes, this.#keptBytes);
    this.#keptBytes = needed;
  }
}

function assertCharacter(code: number): void {
  if (code >= 0x20 && code < 0xfffe || code > 0xffff) return;
  if (code === INVALID) throw new StreamError("unsupported-encoding", "bytes that are not UTF-8");
  if (code === 0x09 || code === 0x0a || code === 0x0d) return;
  throw new StreamError("not-well-formed", "a character that XML does not allow");
}
