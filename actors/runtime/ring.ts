/** How many items a queue has room for at first, and how many it keeps room for while empty. */
const SMALL = 8;
const LARGE = 32;

/** A first-in-first-out queue in a circular buffer that grows as needed. */
export class Ring<T> {
  // Made when first needed: many queues never are.
  #items: (T | undefined)[] = [];
  #head = 0;
  #length = 0;

  /** How many items wait. */
  get length(): number {
    return this.#length;
  }

  /** Adds an item at the end. */
  push(item: T): void {
    if (this.#length === this.#items.length) this.#resize(Math.max(SMALL, this.#length * 2));
    this.#items[(this.#head + this.#length) & (this.#items.length - 1)] = item;
    this.#length++;
  }

  /** The oldest item; only to be asked for when `length > 0`. */
  get first(): T {
    return this.#items[this.#head] as T;
  }

  /** Takes the oldest item; only to be called when `length > 0`. */
  shift(): T {
    const item = this.#items[this.#head] as T;
    this.#items[this.#head] = undefined; // or the message could not be collected
    this.#head = (this.#head + 1) & (this.#items.length - 1);
    // A burst must not hold its memory for ever.
    if (--this.#length === 0 && this.#items.length > LARGE) this.#resize(SMALL);
    return item;
  }

  #resize(size: number): void {
    const items: (T | undefined)[] = new Array(size);
    for (let i = 0; i < this.#length; i++) {
      items[i] = this.#items[(this.#head + i) & (this.#items.length - 1)];
    }
    this.#items = items;
    this.#head = 0;
  }
}
