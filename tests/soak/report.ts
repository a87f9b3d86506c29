/** Says whether a soak went well, and shows it as a table. */

import { type Outcome, REPEATED_MS } from "./outcome.ts";
import type { Trend } from "./vitals.ts";

/** How much more memory the last third of a life may take than the first one, in MB. */
const HEAP_MB = 2;
const RSS_MB = 16;
/** How many more files and sockets may be open. */
const HANDLES = 2;
/** A shorter life tells nothing of the memory. */
const LIFE_MS = 60_000;

/** What was wrong; nothing should be. */
export function faultsOf({ faults, missed, life, heap, rss, handles }: Outcome): string[] {
  const grown = (what: string, { first, last }: Trend, most: number) =>
    life >= LIFE_MS && last - first > most
      ? [`The ${what} grew by ${(last - first).toFixed(1)} MB`]
      : [];
  return [
    ...faults,
    ...missed > 0 ? [`${missed} users are out and were not told`] : [],
    ...Deno.build.os === "linux" && life >= LIFE_MS && Number.isNaN(heap.last)
      ? ["The memory is not known"]
      : [],
    ...grown("live heap", heap, HEAP_MB),
    ...grown("memory", rss, RSS_MB),
    ...handles.last > handles.first + HANDLES
      ? [`Open handles grew by ${handles.last - handles.first}`]
      : [],
  ];
}

/** The figures of all soaks, side by side. */
export function table(outcomes: readonly Outcome[]): string {
  const rows: [name: string, ...values: (string | number)[]][] = [
    ["", ...outcomes.map(({ feed }) => feed)],
    ["joins at the end", ...outcomes.map(({ joins }) => joins)],
    ["comparisons with the truth", ...outcomes.map(({ comparisons }) => comparisons)],
    ["links cut", ...outcomes.map(({ counts }) => counts.cut)],
    ["links closed in good order", ...outcomes.map(({ counts }) => counts.close)],
    ["links lost unseen", ...outcomes.map(({ counts }) => counts.lose)],
    ["domains frozen or too slow", ...outcomes.map(({ counts }) => counts.stall)],
    ["all domains cut at once", ...outcomes.map(({ counts }) => counts["cut-all"])],
    ["domains away for good", ...outcomes.map(({ counts }) => counts.abandon)],
    ["server hung up", ...outcomes.map(({ counts }) => counts["hang-up"])],
    [
      "keeper restarted (kill -9)",
      ...outcomes.map(({ counts, kills }) => `${counts.restart} (${kills})`),
    ],
    ["users brought back", ...outcomes.map(({ back }) => back)],
    ["notices that were due, and came", ...outcomes.map(({ told }) => told)],
    ["users out and not told", ...outcomes.map(({ missed }) => missed)],
    ["notices that were false", ...outcomes.map(({ mistaken }) => mistaken)],
    ["notices doubled", ...outcomes.map(({ doubled }) => doubled)],
    [
      `notices less than ${REPEATED_MS} ms before kill -9`,
      ...outcomes.map(({ repeatable }) => repeatable),
    ],
    ["life of the last process, s", ...outcomes.map(({ life }) => Math.round(life / 1000))],
    ["what it was fed, stanzas", ...outcomes.map(({ fed }) => fed)],
    ["self-pings that it sent", ...outcomes.map(({ pings }) => pings)],
    ["its live heap, first and last third, MB", ...outcomes.map(({ heap }) => megabytes(heap))],
    ["its memory, first and last third, MB", ...outcomes.map(({ rss }) => megabytes(rss))],
    [
      "its open handles, first and last third",
      ...outcomes.map(({ handles }) => `${handles.first} ${handles.last}`),
    ],
    ["faults", ...outcomes.map((outcome) => faultsOf(outcome).length)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, ...values]) =>
    name.padEnd(width) + values.map((value) => String(value).padStart(14)).join("")
  ).join("\n");
}

function megabytes({ first, last }: Trend): string {
  return `${first.toFixed(1)} ${last.toFixed(1)}`;
}
