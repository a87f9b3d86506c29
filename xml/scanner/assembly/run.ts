// @ts-nocheck: this is AssemblyScript

/*
 * Runs of ordinary characters, in text, attribute values and CDATA: passed 16 at a time.
 */

import { end } from "./state.ts";
import { faults, refuseBytes } from "./utf8.ts";

/**
 * Passes everything up to the first byte that is one of the three given (each spread over a
 * vector) or a control character, and checks the UTF-8 on the way. At the end of the input it
 * may have passed a sequence that is cut off there.
 */
export function pass(p: usize, a: v128, b: v128, c: v128): usize {
  while (true) {
    // One signed comparison finds control characters and all that is not ASCII.
    const bytes = v128.load(p);
    const stops = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(bytes, a), i8x16.eq(bytes, b)),
        v128.or(i8x16.eq(bytes, c), i8x16.lt_s(bytes, i8x16.splat(0x20))),
      ),
    );
    if (stops == 0) {
      p += 16;
      continue;
    }
    p += ctz(stops);
    if (load<i8>(p) >= 0) return p;

    let ascii: bool;
    do {
      const bytes = v128.load(p);
      const stops = i8x16.bitmask(
        v128.or(
          v128.or(i8x16.eq(bytes, a), i8x16.eq(bytes, b)),
          v128.or(i8x16.eq(bytes, c), i8x16.lt_u(bytes, i8x16.splat(0x20))),
        ),
      );
      const wrong = i8x16.bitmask(i8x16.ne(faults(p), i8x16.splat(0)));
      if ((stops | wrong) != 0) {
        const stop = ctz(stops);
        const fault = ctz(wrong);
        if (fault <= stop && p + fault < end) return refuseBytes(p + fault);
        return p + stop;
      }
      ascii = i8x16.bitmask(bytes) == 0;
      p += 16;
    } while (!ascii);
  }
}
