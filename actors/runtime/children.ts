import { NameTakenError } from "./errors.ts";

/** What can be a child: a named thing that stops. */
interface Child {
  readonly name: string;
  stop(): Promise<void>;
}

/** The living children of an actor or of the system, by name, in the order they were started. */
export class Children<C extends Child> {
  // Made when first needed: most actors never have any.
  #byName: Map<string, C> | undefined;
  #unnamed = 0;

  /** All of them, the first started first. */
  [Symbol.iterator](): IterableIterator<C> {
    return (this.#byName ?? new Map<string, C>()).values();
  }

  /** A name for a child; throws if the wanted one is in use. `at` is the parent's path. */
  name(at: string, wanted: string | undefined): string {
    if (wanted === undefined) return `$${++this.#unnamed}`;
    if (wanted === "") throw new RangeError("Cannot spawn an actor as its 'name' is empty");
    if (this.#byName?.has(wanted)) throw new NameTakenError(`${at}/${wanted}`);
    return wanted;
  }

  /** Adds a child under its name. */
  add(child: C): void {
    (this.#byName ??= new Map()).set(child.name, child);
  }

  /** Forgets a child that has stopped. */
  remove(child: Child): void {
    if (this.#byName?.get(child.name) === child) this.#byName.delete(child.name);
  }

  /** Stops all, one after the other, the last started first. */
  async stop(): Promise<void> {
    for (const child of [...this].reverse()) await child.stop();
  }
}
