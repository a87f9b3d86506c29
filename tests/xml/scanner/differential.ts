/** The scanner against saxes: one seed, one case. */

import { assertEquals } from "@std/assert";
import { completions } from "./completions.ts";
import { stream } from "./generator.ts";
import { consult } from "./oracle.ts";
import { Random } from "./random.ts";
import { type Outcome, scan, type Snapshot } from "./snapshot.ts";

/** How many cases ended how. */
export interface Tally {
  accepted: number;
  refused: number;
  /** How many of the refused saxes would have refused only when there is more. */
  early: number;
  records: number;
  unusual: number;
}

/** A tally with nothing in it. */
export function noTally(): Tally {
  return { accepted: 0, refused: 0, early: 0, records: 0, unusual: 0 };
}

/** Runs cases from the seed on; throws at the first difference. */
export function compare(seed: number, cases: number): Tally {
  const tally = noTally();
  for (let n = seed; n < seed + cases; n++) {
    try {
      const random = new Random(n);
      const bytes = stream(random);
      compareStream(bytes, sizes(random), tally);
    } catch (error) {
      throw new Error(`Seed ${n} makes a difference: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
  return tally;
}

/** Compares what comes of one stream, whole and in pieces of the given sizes, over and over. */
export function compareStream(
  bytes: Uint8Array,
  pieces: readonly number[],
  tally: Tally = noTally(),
): void {
  const whole = scan(bytes);
  same(outcomeInPieces(bytes, pieces, whole), whole, `pieces of ${pieces}`);

  const verdict = consult(bytes);
  const why = `scanner: ${whole.why || "accepted"}; saxes: ${verdict.refused ?? "accepted"}`;
  assertEquals(whole.records.length, verdict.records.length, why);
  for (const [i, record] of whole.records.entries()) {
    tally.records++;
    if (record.unusual) tally.unusual++;
    same(comparable(record, record), comparable(verdict.records[i]!, record), why);
  }
  if (whole.refused === undefined) tally.accepted++;
  else tally.refused++;
  if ((whole.refused === undefined) === (verdict.refused === undefined)) return;
  // In a part that the end of the stream cuts off the scanner may see earlier that it is wrong;
  // then no more bytes make it right.
  if (whole.refused === undefined || !verdict.cut) throw new Error(why);
  tally.early++;
  for (const more of completions(verdict)) {
    const { refused, cut } = consult(Uint8Array.from([...bytes, ...more]));
    if (refused === undefined && !cut) {
      throw new Error(`${why}, followed by ${JSON.stringify(new TextDecoder().decode(more))}`);
    }
  }
}

/** Compares as text, which is fast, and only explains by comparing in full. */
function same(actual: unknown, expected: unknown, why: string): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) assertEquals(actual, expected, why);
}

/** Sizes of pieces: now and then single bytes only. */
export function sizes(random: Random): number[] {
  if (random.oneIn(4)) return [1];
  return Array.from({ length: 1 + random.below(6) }, () => 1 + random.below(random.pick([3, 60])));
}

/** The outcome in pieces. A tag that is wrong, and cut off by the end, is seen by what follows. */
function outcomeInPieces(bytes: Uint8Array, pieces: readonly number[], whole: Outcome): Outcome {
  const outcome = scan(bytes, pieces);
  if (outcome.refused !== undefined || whole.refused === undefined) return outcome;
  return scan(Uint8Array.from([...bytes, 0x3c]), pieces);
}

/** What has to be the same: of an unusual record only kind and extent. */
function comparable(record: Snapshot, scanned: Snapshot): Partial<Snapshot> {
  if (scanned.unusual) return { kind: record.kind, text: record.text };
  return { ...record };
}
