/**
 * The types of what we use of Deno's standard library, which comes from npm, where it has none.
 *
 * They are those of `@std/…` on JSR. Once import_map.json takes the library from there, this file
 * can go, and its line in deno.json.
 *
 * @module
 */

declare module "@std/assert" {
  // deno-lint-ignore no-explicit-any -- whatever a constructor of errors takes
  type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

  export function assert(expr: unknown, msg?: string): asserts expr;
  export function assertFalse(expr: unknown, msg?: string): asserts expr is false;
  export function assertEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertStrictEquals<T>(
    actual: unknown,
    expected: T,
    msg?: string,
  ): asserts actual is T;
  export function assertMatch(actual: string, expected: RegExp, msg?: string): void;
  export function assertStringIncludes(actual: string, expected: string, msg?: string): void;
  export function assertThrows(fn: () => unknown, msg?: string): unknown;
  export function assertThrows<E extends Error = Error>(
    fn: () => unknown,
    ErrorClass: ErrorClass<E>,
    msgIncludes?: string,
    msg?: string,
  ): E;
  export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
  export function assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    ErrorClass: ErrorClass<E>,
    msgIncludes?: string,
    msg?: string,
  ): Promise<E>;
}

declare module "@std/async/deadline" {
  export function deadline<T>(
    p: Promise<T>,
    ms: number,
    options?: { signal?: AbortSignal },
  ): Promise<T>;
}

declare module "@std/async/debounce" {
  export interface DebouncedFunction<T extends unknown[]> {
    (...args: T): void;
    clear(): void;
    flush(): void;
    readonly pending: boolean;
  }
  export function debounce<T extends unknown[]>(
    fn: (this: DebouncedFunction<T>, ...args: T) => void,
    wait: number,
    options?: { signal?: AbortSignal },
  ): DebouncedFunction<T>;
}

declare module "@std/async/delay" {
  export function delay(
    ms: number,
    options?: { signal?: AbortSignal; persistent?: boolean },
  ): Promise<void>;
}

declare module "@std/bytes/concat" {
  export function concat(buffers: readonly Uint8Array[]): Uint8Array<ArrayBuffer>;
}

declare module "@std/collections/chunk" {
  export function chunk<T>(iterable: Iterable<T>, size: number): T[][];
}

declare module "@std/encoding" {
  export function encodeBase64Url(data: ArrayBuffer | Uint8Array | string): string;
}

declare module "@std/fmt/colors" {
  export function bold(str: string): string;
  export function cyan(str: string): string;
  export function dim(str: string): string;
  export function green(str: string): string;
  export function red(str: string): string;
  export function yellow(str: string): string;
  export function setColorEnabled(value: boolean): void;
}

declare module "@std/streams" {
  export class TextLineStream extends TransformStream<string, string> {
    constructor(options?: { allowCR?: boolean });
  }
}

declare module "@std/text/closest-string" {
  export function closestString(
    givenWord: string,
    possibleWords: readonly string[],
    options?: { caseSensitive?: boolean; compareFn?: (a: string, b: string) => number },
  ): string;
}

declare module "@std/text/levenshtein-distance" {
  export function levenshteinDistance(str1: string, str2: string): number;
}

declare module "@std/toml/stringify" {
  export function stringify(obj: Record<string, unknown>): string;
}
