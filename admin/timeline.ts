/**
 * What happened in the last 24 hours, counted in slots of a quarter of an hour.
 *
 * @module
 */

/** What a timeline counts. */
export type Counted = "losses" | "unreached" | "joined" | "back" | "notified";

/** All that a timeline counts, in the order in which it is stored. */
export const COUNTED = ["losses", "unreached", "joined", "back", "notified"] as const;

/** How long a slot is, in milliseconds. */
export const SLOT_MS = 900_000;

/** How many slots there are. */
export const SLOTS = 96;

/** The most that a slot can count. */
const MOST = 65_535;

/** A slot in which something happened: how many slots ago, and how often what. */
export type Slot = { readonly ago: number } & { readonly [What in Counted]?: number };

/**
 * Counts of events by the time they happened. Takes 960 bytes, however much happens.
 *
 * @example
 * ```ts
 * import { SLOT_MS, Timeline } from "./timeline.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const timeline = new Timeline();
 * timeline.count("losses", 0);
 * timeline.count("back", SLOT_MS, 3);
 * assertEquals(timeline.slots(SLOT_MS), [{ ago: 1, losses: 1 }, { ago: 0, back: 3 }]);
 * ```
 */
export class Timeline {
  readonly #counts = new Uint16Array(SLOTS * COUNTED.length);
  /** The latest slot, counted from the epoch. */
  #latest = 0;

  /** Counts something that happened at `at`, in milliseconds since the epoch. */
  count(what: Counted, at: number, times = 1): void {
    this.#advance(at);
    const slot = Math.floor(at / SLOT_MS);
    if (slot <= this.#latest - SLOTS) return;
    const index = this.#index(slot) + COUNTED.indexOf(what);
    this.#counts[index] = Math.min(MOST, this.#counts[index]! + times);
  }

  /** The slots of the 24 hours before `now` in which something happened, oldest first. */
  slots(now: number): Slot[] {
    this.#advance(now);
    const slots: Slot[] = [];
    for (let ago = SLOTS - 1; ago >= 0; ago--) {
      const start = this.#index(this.#latest - ago);
      const counts = COUNTED.flatMap((what, offset) => {
        const count = this.#counts[start + offset]!;
        return count > 0 ? [[what, count] as const] : [];
      });
      if (counts.length > 0) slots.push({ ago, ...Object.fromEntries(counts) });
    }
    return slots;
  }

  #advance(now: number): void {
    const slot = Math.floor(now / SLOT_MS);
    for (let next = Math.max(this.#latest + 1, slot - SLOTS + 1); next <= slot; next++) {
      const start = this.#index(next);
      this.#counts.fill(0, start, start + COUNTED.length);
    }
    this.#latest = Math.max(this.#latest, slot);
  }

  #index(slot: number): number {
    return ((slot % SLOTS) + SLOTS) % SLOTS * COUNTED.length;
  }
}
