/**
 * How V8 collects Roomkeeper's garbage.
 *
 * @module
 */

/**
 * Options for `deno run` and `deno compile` that keep pauses short when thousands of links are lost
 * at once. By default the space for new objects grows to 16 MiB, and what is alive there is copied
 * while everything waits; and objects of kinds that once lived long are made among the old ones,
 * where only a full collection finds those that do not. Without these options all works the same,
 * with longer pauses.
 */
export const V8_FLAGS = "--v8-flags=" + [
  "--max-semi-space-size=4",
  "--page-promotion-threshold=20",
  "--no-allocation-site-pretenuring",
].join(",");
