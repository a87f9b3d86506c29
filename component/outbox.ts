/**
 * What waits to be written: two bounded lanes of stanzas.
 *
 * @module
 */

/**
 * A lane of the outbox. `"urgent"` goes before `"normal"`, and neither can fill the other up.
 */
export type Priority = "urgent" | "normal";

/** How much may wait in each lane, in characters of XML. */
export interface OutboxLimits {
  /**
   * For notices and what else must go soon.
   *
   * @default {8_388_608}
   */
  readonly urgent?: number;
  /**
   * For pings and the rest.
   *
   * @default {1_048_576}
   */
  readonly normal?: number;
}

/** How large a batch gets, in bytes: an urgent stanza waits for no more than one batch. */
const BATCH_BYTES = 16_384;

const encoder = new TextEncoder();

/**
 * Stanzas that wait to be written. They stay here until the whole of them is written, so that what
 * a broken connection cut off goes out whole over the next one.
 */
export class Outbox {
  readonly #lanes: Readonly<Record<"control" | Priority, LaneQueue>>;
  readonly #buffer = new Uint8Array(BATCH_BYTES);
  /** The lane and the end, in bytes, of each stanza in the batch that is being written. */
  #batch: { readonly lane: LaneQueue; readonly end: number }[] = [];
  #closed = false;

  /**
   * Makes an empty outbox.
   *
   * @throws {RangeError} If a limit is not a positive number.
   */
  constructor(limits: OutboxLimits = {}) {
    const { urgent = 8_388_608, normal = 1_048_576 } = limits;
    for (const [name, value] of Object.entries({ urgent, normal })) {
      if (!(value > 0)) {
        throw new RangeError(
          `Cannot queue as the limit '${name}' must be a positive number: current value is ${value}`,
        );
      }
    }
    this.#lanes = {
      control: new LaneQueue(Infinity),
      urgent: new LaneQueue(urgent),
      normal: new LaneQueue(normal),
    };
  }

  /** How many stanzas wait in each lane. */
  get waiting(): Readonly<Record<Priority, number>> {
    return { urgent: this.#lanes.urgent.length, normal: this.#lanes.normal.length };
  }

  /** Whether nothing at all waits. */
  get isEmpty(): boolean {
    return Object.values(this.#lanes).every((lane) => lane.length === 0);
  }

  /** Whether something that concerns only the present stream waits. */
  get hasControl(): boolean {
    return this.#lanes.control.length > 0;
  }

  /**
   * Takes a stanza, if there is room for it: a lane that is half empty has room for any.
   *
   * @returns Whether it was taken.
   */
  offer(text: string, lane: Priority): boolean {
    return this.#lanes[lane].offer(text);
  }

  /** Takes what concerns only the present stream, and goes first. */
  offerControl(text: string): void {
    this.#lanes.control.offer(text);
  }

  /** Forgets what concerned only the stream that has ended. */
  clearControl(): void {
    this.#lanes.control.clear();
  }

  /**
   * Resolves as soon as a lane has room again, which is when half of it is free; also when the
   * outbox is closed.
   */
  drained(lane: Priority): Promise<void> {
    return this.#closed ? Promise.resolve() : this.#lanes[lane].drained();
  }

  /**
   * Resolves when all that is in a lane now has been written; false: it will not be, as it was
   * withdrawn or the outbox closed before.
   */
  written(lane: Priority): Promise<boolean> {
    return this.#closed ? Promise.resolve(false) : this.#lanes[lane].written();
  }

  /** Forgets what waits in a lane; nothing of it may be under way. */
  withdraw(lane: Priority): void {
    this.#lanes[lane].clear();
    this.#lanes[lane].close();
  }

  /** Releases all who wait: for room there will be none, and what is left is not written. */
  close(): void {
    this.#closed = true;
    for (const lane of Object.values(this.#lanes)) lane.close();
  }

  /**
   * The bytes of the stanzas that should be written next, `undefined` if nothing waits. They are
   * valid until the next call; {@linkcode Outbox.commit} must come in between.
   */
  next(): Uint8Array | undefined {
    this.#batch = [];
    let end = 0;
    for (const lane of Object.values(this.#lanes)) {
      for (const text of lane) {
        const { read, written } = encoder.encodeInto(text, this.#buffer.subarray(end));
        if (read < text.length) {
          if (end > 0) return this.#buffer.subarray(0, end);
          const large = encoder.encode(text);
          this.#batch.push({ lane, end: large.length });
          return large;
        }
        end += written;
        this.#batch.push({ lane, end });
      }
    }
    return end === 0 ? undefined : this.#buffer.subarray(0, end);
  }

  /**
   * Takes out of the outbox what has been written of the last batch.
   *
   * @param length How many of the batch's bytes were written; a stanza cut by it stays.
   */
  commit(length: number): void {
    for (const { lane, end } of this.#batch) {
      if (end <= length) lane.shift();
    }
    this.#batch = [];
  }
}

/** A bounded queue of texts. */
class LaneQueue implements Iterable<string> {
  readonly #limit: number;
  #texts: string[] = [];
  #head = 0;
  #characters = 0;
  #waiters: (() => void)[] = [];
  /** How many texts were shifted out, and who waits for which number of them. */
  #shifted = 0;
  readonly #readers = new Map<number, ((written: boolean) => void)[]>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#texts.length - this.#head;
  }

  offer(text: string): boolean {
    // Whatever its length, one stanza fits once the lane is drained: who waited is never refused.
    const { length } = text;
    if (this.#characters > this.#limit / 2 && this.#characters + length > this.#limit) return false;
    this.#texts.push(text);
    this.#characters += length;
    return true;
  }

  shift(): void {
    this.#characters -= this.#texts[this.#head]!.length;
    this.#texts[this.#head++] = "";
    if (this.#head === this.#texts.length) this.clear();
    else if (this.#head > 1024 && this.#head * 2 > this.#texts.length) {
      this.#texts = this.#texts.slice(this.#head);
      this.#head = 0;
    }
    if (this.#characters <= this.#limit / 2) this.release();
    this.#shifted++;
    for (const resolve of this.#readers.get(this.#shifted) ?? []) resolve(true);
    this.#readers.delete(this.#shifted);
  }

  clear(): void {
    this.#texts = [];
    this.#head = 0;
    this.#characters = 0;
  }

  drained(): Promise<void> {
    if (this.#characters <= this.#limit / 2) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  written(): Promise<boolean> {
    if (this.length === 0) return Promise.resolve(true);
    const last = this.#shifted + this.length;
    return new Promise((resolve) => {
      const readers = this.#readers.get(last);
      if (readers === undefined) this.#readers.set(last, [resolve]);
      else readers.push(resolve);
    });
  }

  close(): void {
    this.release();
    for (const readers of this.#readers.values()) for (const resolve of readers) resolve(false);
    this.#readers.clear();
  }

  release(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  *[Symbol.iterator](): Iterator<string> {
    for (let i = this.#head; i < this.#texts.length; i++) yield this.#texts[i]!;
  }
}
