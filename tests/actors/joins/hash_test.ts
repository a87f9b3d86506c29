import { assertEquals } from "@std/assert";
import { keyedHash } from "../../../actors/joins/hash.ts";

/** HalfSipHash-1-3 of the bytes 0, 1, 2… up to the length, by Linux's lib/test_siphash.c. */
const VECTORS = new Map([
  [0, 0x5814c896],
  [2, 0xbc4b0e30],
  [4, 0x7e059ea6],
  [6, 0xa0080b65],
  [8, 0x577999b1],
  [10, 0xe4fa32cf],
  [12, 0x6b28096c],
  [62, 0x74c1ebf8],
]);

Deno.test("the hash is HalfSipHash-1-3", () => {
  const hash = keyedHash(0x03020100, 0x07060504);
  for (const [length, expected] of VECTORS) {
    const bytes = Uint8Array.from({ length }, (_, i) => i);
    assertEquals(hash(new TextDecoder("utf-16le").decode(bytes)), expected >>> 2, `${length}`);
  }
});
