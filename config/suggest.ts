/**
 * "Did you mean …?"
 *
 * @module
 */
import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";

/**
 * The one of `known` that somebody who wrote `word` most likely meant.
 *
 * @returns `undefined` if none is close: more than one edit in three letters away, or in two for
 * words of up to four.
 */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const closest: string = closestString(word, known);
  const distance: number = levenshteinDistance(word.toLowerCase(), closest.toLowerCase());
  return distance <= Math.max(word.length < 5 ? 2 : 1, Math.floor(word.length / 3))
    ? closest
    : undefined;
}

/** `; did you mean "port"?`, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = suggest(word, known);
  return meant === undefined ? "" : `; did you mean ${JSON.stringify(meant)}?`;
}
