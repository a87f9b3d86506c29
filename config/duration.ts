/**
 * Spans of time as the configuration file has them.
 *
 * @module
 */

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d+(?:\.\d+)?) ?(ms|s|m|h|d)$/;

/**
 * Reads a number of seconds, or a text of one number and one unit: `ms`, `s`, `m`, `h` or `d`.
 *
 * @returns Milliseconds, or `undefined` if it is no duration.
 *
 * @example
 * ```ts
 * import { parseDuration } from "./duration.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseDuration(1.5), 1500);
 * assertEquals(parseDuration("10m"), 600_000);
 * assertEquals(parseDuration("soon"), undefined);
 * ```
 */
export function parseDuration(value: string | number): number | undefined {
  if (typeof value === "number") {
    return Number.isFinite(value) && value >= 0 ? Math.round(value * 1000) : undefined;
  }
  const [, digits, unit] = DURATION.exec(value) ?? [];
  if (unit === undefined) return undefined;
  return Math.round(Number(digits) * UNITS[unit as keyof typeof UNITS]);
}

/** A whole number of seconds as the shortest text: `600` is `10m`. */
export function formatSeconds(seconds: number): string {
  for (const [unit, size] of [["d", 86_400], ["h", 3600], ["m", 60]] as const) {
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}
