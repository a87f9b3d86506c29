/** Virtual time for simulations without actors: what is due runs in order, at once. */
export class Timeline {
  now = Date.UTC(2025, 0, 1);
  #count = 0;
  #due: { readonly at: number; readonly order: number; readonly run: () => void }[] = [];

  /** How many things are still to happen. */
  get pending(): number {
    return this.#due.length;
  }

  /** Lets something happen at a time; returns what calls it off. */
  at(at: number, run: () => void): () => void {
    const entry = { at: Math.max(at, this.now), order: this.#count++, run };
    let index = this.#due.length;
    while (index > 0 && later(this.#due[index - 1]!, entry)) index--;
    this.#due.splice(index, 0, entry);
    return () => {
      const found = this.#due.indexOf(entry);
      if (found >= 0) this.#due.splice(found, 1);
    };
  }

  /** Lets `ms` milliseconds pass. */
  advance(ms: number): void {
    const end = this.now + ms;
    while (this.#due.length > 0 && this.#due[0]!.at <= end) this.step();
    this.now = end;
  }

  /** Lets the next thing happen. */
  step(): void {
    const next = this.#due.shift();
    if (next === undefined) return;
    this.now = next.at;
    next.run();
  }
}

function later(a: { at: number; order: number }, b: { at: number; order: number }): boolean {
  return a.at > b.at || (a.at === b.at && a.order > b.order);
}
