/** The memory, without garbage, and the open files of a process over its life. */

import { liveHeap } from "./heap.ts";

/** How often a process is looked at, in milliseconds. */
const INTERVAL_MS = 2_500;
/** The part of a life in which caches fill and code is compiled. */
const WARM_UP = 0.25;

interface Sample {
  /** Live memory of JavaScript, in MB. */
  readonly heap: number;
  /** Resident memory, in MB. */
  readonly rss: number;
  /** Open files, sockets and pipes. */
  readonly handles: number;
}

/** What is compared: the middle value of the first and of the last third after the warm-up. */
export interface Trend {
  readonly first: number;
  readonly last: number;
}

/** Looks at one process, as far as the system lets us (Linux). */
export class Vitals implements Disposable {
  readonly #pid: number;
  readonly #inspector: number;
  readonly #samples: Sample[] = [];
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #born = performance.now();

  /** @param inspector The port of the inspector of V8. */
  constructor(pid: number, inspector: number) {
    this.#pid = pid;
    this.#inspector = inspector;
    this.#timer = setInterval(() => this.#look(), INTERVAL_MS);
  }

  /** What it was like when it was looked at last. */
  get latest(): Sample | undefined {
    return this.#samples.at(-1);
  }

  /** How long it has been looked at, in milliseconds. */
  get age(): number {
    return performance.now() - this.#born;
  }

  /** How one of the figures has developed. */
  trend(figure: keyof Sample): Trend {
    const values = this.#samples.map((sample) => sample[figure]);
    const warm = values.slice(Math.floor(values.length * WARM_UP));
    const third = Math.ceil(warm.length / 3);
    return { first: middle(warm.slice(0, third)), last: middle(warm.slice(-third)) };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    try {
      const heap = await liveHeap(this.#inspector);
      const status = Deno.readTextFileSync(`/proc/${this.#pid}/status`);
      const [, kilobytes] = /^VmRSS:\s*(\d+) kB$/m.exec(status) ?? [];
      const handles = [...Deno.readDirSync(`/proc/${this.#pid}/fd`)].length;
      if (kilobytes === undefined) return;
      this.#samples.push({ heap, rss: Number(kilobytes) / 1024, handles });
    } catch (error) {
      // It has not begun, or it is gone; too few samples are a fault in themselves.
      if (error instanceof Deno.errors.NotCapable) throw error;
    }
  }
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
