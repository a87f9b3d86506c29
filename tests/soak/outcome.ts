/** What came of a soak. */

import type { Trouble } from "./plan.ts";
import type { Trend } from "./vitals.ts";

/**
 * With the stock feed, a notice that was sent within so many milliseconds before kill -9 may be
 * sent again: nobody but the keeper knows of it.
 */
export const REPEATED_MS = 250;

/** What came of it. */
export interface Outcome {
  readonly feed: "plugin" | "stock";
  /** What went wrong; nothing should. */
  readonly faults: readonly string[];
  readonly joins: number;
  /** Users who were brought back. */
  readonly back: number;
  /** Notices that were due, and came. */
  readonly told: number;
  /** Users who are out and were neither brought back nor told. */
  readonly missed: number;
  /** Rejoins and notices that were not due, and notices that came again. */
  readonly mistaken: number;
  readonly doubled: number;
  /** Those that might have come again, as the keeper was killed right after them. */
  readonly repeatable: number;
  /** How often what happened. */
  readonly counts: Readonly<Record<Trouble["type"], number>>;
  readonly kills: number;
  readonly comparisons: number;
  /** Stanzas that the last process was fed, and self-pings that it sent. */
  readonly fed: number;
  readonly pings: number;
  /** The life of the last process, in milliseconds. */
  readonly life: number;
  readonly heap: Trend;
  readonly rss: Trend;
  readonly handles: Trend;
}
