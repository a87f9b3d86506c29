/** The memory and the open files of a process over its life. */

/** How often a process is looked at, in milliseconds. */
const INTERVAL_MS = 500;
/** The part of a life in which caches fill and code is compiled. */
const WARM_UP = 0.25;

interface Sample {
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
  readonly #samples: Sample[] = [];
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #born = performance.now();

  constructor(pid: number) {
    this.#pid = pid;
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

  #look(): void {
    try {
      const status = Deno.readTextFileSync(`/proc/${this.#pid}/status`);
      const [, kilobytes] = /^VmRSS:\s*(\d+) kB$/m.exec(status) ?? [];
      const handles = [...Deno.readDirSync(`/proc/${this.#pid}/fd`)].length;
      if (kilobytes !== undefined) this.#samples.push({ rss: Number(kilobytes) / 1024, handles });
    } catch (error) {
      // It is gone, or there is no such folder on this system.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
