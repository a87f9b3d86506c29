/**
 * Lists of the vocabulary as arrays.
 *
 * @module
 */

/** The words of a list in `vocabulary.ts`. */
export function words(list: string): string[] {
  return list.trim().split(/\s+/);
}
