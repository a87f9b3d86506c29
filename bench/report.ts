/**
 * What benchmarks print, and how they measure memory.
 *
 * @module
 */

import { delay } from "@std/async/delay";

/** On what a benchmark runs. */
export function machine(): string {
  return `${Deno.build.os} ${Deno.build.arch}, Deno ${Deno.version.deno}, V8 ${Deno.version.v8}, ` +
    `${navigator.hardwareConcurrency} cores`;
}

/** Prints one figure. */
export function row(name: string, value: number, unit: string): void {
  const size = Math.abs(value);
  const maximumFractionDigits = size < 10 ? 2 : size < 100 ? 1 : 0;
  const shown = value.toLocaleString("en", { maximumFractionDigits });
  console.log(`${name.padEnd(56)} ${shown.padStart(10)} ${unit}`);
}

/** A number with its thousands apart. */
export function count(n: number): string {
  return n.toLocaleString("en");
}

/** V8's own collector, from `--v8-flags=--expose-gc`. */
declare const gc: ((options: { readonly [option: string]: string }) => void) | undefined;

/** Collects all garbage, so that nobody has to do it in the time of the next. */
export function collectGarbage(): void {
  // The flavor "last-resort" would throw away compiled code as well.
  gc?.({ type: "major", execution: "sync" });
}

/**
 * The resident memory in bytes without garbage, once it has stopped shrinking.
 *
 * @param flavor `"last-resort"` throws away compiled code as well: what is measured next is slow.
 */
export async function residentMemory(flavor = "last-resort"): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < 5; i++) {
    gc?.({ type: "major", execution: "sync", flavor });
    await delay(100);
    least = Math.min(least, Deno.memoryUsage().rss);
  }
  return least;
}
