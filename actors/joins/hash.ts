/**
 * Numbers that stand for strings.
 *
 * @module
 */

/**
 * HalfSipHash-1-3 of a text in UTF-16, little-endian: 32 bits, of which the upper 30 are returned,
 * since these fit into a pointer wherever V8 runs. Whoever does not know the key can't make texts
 * that meet more often than by chance.
 *
 * A `Map` would hash strings by itself, but it makes V8 enter every key in its table of all known
 * strings, and each full collection of garbage goes through that while nothing else can run.
 *
 * ```ts
 * import { keyedHash } from "./hash.ts";
 * import { assertEquals, assertNotEquals } from "@std/assert";
 *
 * const hash = keyedHash(1, 2);
 * assertEquals(hash("ann@home.example/phone"), hash("ann@home.example/phone"));
 * assertNotEquals(hash("ann@home.example/phone"), keyedHash(1, 3)("ann@home.example/phone"));
 * ```
 */
export function keyedHash(key0: number, key1: number): (text: string) => number {
  return (text) => {
    const pairs = text.length >> 1;
    let v0 = key0 | 0, v1 = key1 | 0, v2 = key0 ^ 0x6c796765, v3 = key1 ^ 0x74656462;
    // One round for each pair of characters, one for the rest and the length, and three to finish.
    for (let i = 0; i < pairs + 4; i++) {
      let word = 0;
      if (i < pairs) word = text.charCodeAt(2 * i) | text.charCodeAt(2 * i + 1) << 16;
      else if (i === pairs) word = (text.length & 1 && text.charCodeAt(2 * i)) | text.length << 25;
      else if (i === pairs + 1) v2 ^= 0xff;
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v1 = (v1 << 5 | v1 >>> 27) ^ v0;
      v0 = v0 << 16 | v0 >>> 16;
      v2 = (v2 + v3) | 0;
      v3 = (v3 << 8 | v3 >>> 24) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = (v3 << 7 | v3 >>> 25) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = (v1 << 13 | v1 >>> 19) ^ v2;
      v2 = v2 << 16 | v2 >>> 16;
      v0 ^= word;
    }
    return (v1 ^ v3) >>> 2;
  };
}

/** A {@linkcode keyedHash} whose key nobody knows. */
export function randomHash(): (text: string) => number {
  const [key0, key1] = crypto.getRandomValues(new Int32Array(2));
  return keyedHash(key0!, key1!);
}
