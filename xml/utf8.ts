/**
 * UTF-8 (RFC 3629), one byte at a time.
 *
 * @module
 */

/** Returned by {@linkcode Utf8Decoder.next} in the middle of a character. */
export const INCOMPLETE = -1;
/** Returned by {@linkcode Utf8Decoder.next} for a byte that cannot come here. */
export const INVALID = -2;

/** Turns bytes into code points; overlong forms and surrogates are invalid. */
export class Utf8Decoder {
  #code = 0;
  #missing = 0;
  // The range of the next byte; only the second byte of a character has a narrower one.
  #low = 0x80;
  #high = 0xbf;

  /** The code point that this byte completes, {@linkcode INCOMPLETE} or {@linkcode INVALID}. */
  next(byte: number): number {
    if (this.#missing === 0) return this.#lead(byte);
    if (byte < this.#low || byte > this.#high) return INVALID;
    this.#low = 0x80;
    this.#high = 0xbf;
    this.#code = this.#code << 6 | byte & 0x3f;
    return --this.#missing === 0 ? this.#code : INCOMPLETE;
  }

  #lead(byte: number): number {
    if (byte < 0x80) return byte;
    if (byte < 0xc2 || byte > 0xf4) return INVALID;
    if (byte < 0xe0) return this.#begin(byte & 0x1f, 1);
    if (byte < 0xf0) {
      if (byte === 0xe0) this.#low = 0xa0;
      if (byte === 0xed) this.#high = 0x9f;
      return this.#begin(byte & 0x0f, 2);
    }
    if (byte === 0xf0) this.#low = 0x90;
    if (byte === 0xf4) this.#high = 0x8f;
    return this.#begin(byte & 0x07, 3);
  }

  #begin(bits: number, missing: number): number {
    this.#code = bits;
    this.#missing = missing;
    return INCOMPLETE;
  }
}
