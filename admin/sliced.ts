/**
 * Work in slices, each short enough that nobody else waits for it.
 *
 * @module
 */

/**
 * Work that stops wherever it yields, so that others can have a turn before it goes on. What it looks
 * at may have changed by then.
 */
export type Sliced<Result> = Generator<void, Result>;

/** How many items of a list are one slice. */
const ITEMS = 256;

/** The items one after the other, with an end of a slice now and then. */
export function* eachSliced<Item>(
  items: Iterable<Item>,
  take: (item: Item) => void,
): Sliced<void> {
  let count = 0;
  for (const item of items) {
    take(item);
    if (++count % ITEMS === 0) yield;
  }
}

/** Does all of it now. */
export function atOnce<Result>(work: Sliced<Result>): Result {
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value;
}
