/** A small seeded source of chance (xorshift32), so that a case can be made again from its seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Neighbouring seeds must not give similar sequences.
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) || 1;
    for (let i = 0; i < 4; i++) this.next();
  }

  /** A 32 bit integer. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  /** A number from 0 (included) to 1 (excluded). */
  fraction(): number {
    return this.next() / 2 ** 32;
  }

  /** An integer from 0 up to but not including n. */
  below(n: number): number {
    return this.next() % n;
  }

  /** True once in n times. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}
