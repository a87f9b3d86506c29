/** The scanner against saxes: one seed, one case. */

import { assertEquals } from "@std/assert";
import { stream } from "./generator.ts";
import { consult } from "./oracle.ts";
import { Random } from "./random.ts";
import { type Outcome, scan, type Snapshot } from "./snapshot.ts";

/** How many cases ended how. */
export interface Tally {
  accepted: number;
  refused: number;
  undecided: number;
  records: number;
  unusual: number;
}

/** Runs cases from the seed on; throws at the first difference. */
export function compare(seed: number, cases: number): Tally {
  const tally: Tally = { accepted: 0, refused: 0, undecided: 0, records: 0, unusual: 0 };
  for (let n = seed; n < seed + cases; n++) {
    try {
      compareOne(new Random(n), tally);
    } catch (error) {
      throw new Error(`Seed ${n} makes a difference: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
  return tally;
}

function compareOne(random: Random, tally: Tally): void {
  const bytes = stream(random);
  const whole = scan(bytes);
  const pieces = sizes(random);
  same(outcomeInPieces(bytes, pieces, whole), whole, `pieces of ${pieces}`);

  const verdict = consult(bytes);
  if (verdict.undecided) {
    tally.undecided++;
    return;
  }
  const why = `scanner: ${whole.why || "accepted"}; saxes: ${verdict.refused ?? "accepted"}`;
  assertEquals(whole.records.length, verdict.records.length, why);
  for (const [i, record] of whole.records.entries()) {
    tally.records++;
    if (record.unusual) tally.unusual++;
    same(comparable(record, record), comparable(verdict.records[i]!, record), why);
  }
  const agreed = (whole.refused === undefined) === (verdict.refused === undefined);
  // In a part that the end of the stream cuts off the scanner may see earlier that it is wrong.
  if (!agreed && !(verdict.refused === undefined && verdict.cut)) throw new Error(why);
  if (whole.refused === undefined) tally.accepted++;
  else tally.refused++;
}

/** Compares as text, which is fast, and only explains by comparing in full. */
function same(actual: unknown, expected: unknown, why: string): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) assertEquals(actual, expected, why);
}

/** Sizes of pieces: now and then single bytes only. */
function sizes(random: Random): number[] {
  if (random.oneIn(4)) return [1];
  return Array.from({ length: 1 + random.below(6) }, () => 1 + random.below(random.pick([3, 60])));
}

/** The outcome in pieces. A tag that is wrong, and cut off by the end, is seen by what follows. */
function outcomeInPieces(bytes: Uint8Array, pieces: number[], whole: Outcome): Outcome {
  const outcome = scan(bytes, pieces);
  if (outcome.refused !== undefined || whole.refused === undefined) return outcome;
  return scan(Uint8Array.from([...bytes, 0x3c]), pieces);
}

/** What has to be the same: of an unusual record only kind and extent. */
function comparable(record: Snapshot, scanned: Snapshot): Partial<Snapshot> {
  if (scanned.unusual) return { kind: record.kind, text: record.text };
  return { ...record };
}
