/**
 * The two ways from bytes to events, held against each other: scanned records with a full parse of
 * those that need it, and a full parse of everything.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { RecordTap } from "../../../feed/record_tap.ts";
import { tap, type TapContext, type Tapped } from "../../../feed/tap.ts";
import { scannerReader } from "../../../component/mod.ts";
import { StanzaParser, type StreamEvent } from "../../../xml/mod.ts";
import { scan } from "../../xml/scanner/snapshot.ts";

/** What is believed: the hosts and the prefix that all tests use. */
const CONTEXT: TapContext = {
  watched: new Set(["home.example", "rooms.example"]),
  prefix: "rk-",
};

/** What a stream came to, one way. */
export interface Way {
  /** What the tap made of each stanza. */
  readonly tapped: Tapped[];
  /** Why the stream was ended, if it was. */
  readonly refused?: Error;
}

/** What a stream came to, both ways. */
export interface BothWays extends Way {
  /** How many of the stanzas needed no full parse. */
  readonly glances: number;
}

/**
 * Taps a stream both ways.
 *
 * @param bytes The stream, which may end anywhere.
 * @param sizes In pieces of these sizes, over and over, it is read by the scanner.
 * @throws {AssertionError} If they differ; the message has the stanza.
 */
export async function tapBothWays(bytes: Uint8Array, sizes: readonly number[]): Promise<BothWays> {
  const full = await parsed(bytes);
  const quick = await glanced(bytes, sizes);
  const count = quick.refused === undefined && full.refused === undefined
    ? Math.max(quick.tapped.length, full.tapped.length)
    // The scanner has a few limits of its own, and then ends the stream earlier.
    : quick.tapped.length;
  for (let i = 0; i < count; i++) {
    const [one, other] = [quick.tapped[i], full.tapped[i]].map(plain);
    if (JSON.stringify(one) === JSON.stringify(other)) continue;
    assertEquals(one, other, `The two ways differ (pieces of ${sizes}) over ${stanza(bytes, i)}`);
  }
  return quick;
}

/** By the reader of the product. */
async function glanced(bytes: Uint8Array, sizes: readonly number[]): Promise<BothWays> {
  const records = new RecordTap(CONTEXT);
  const tapped: Tapped[] = [];
  let glances = 0;
  const reader = await scannerReader({
    begin: (scanner, count) => records.begin(scanner, count),
    take(record) {
      const seen = records.tap(record);
      if (seen === undefined) return false;
      glances++;
      tapped.push(seen);
      return true;
    },
  })();
  try {
    for (let at = 0, n = 0; at < bytes.length; n++) {
      const input = reader.input();
      const piece = bytes.subarray(at, at + Math.min(sizes[n % sizes.length]!, input.length));
      input.set(piece);
      at += piece.length;
      for (const event of reader.commit(piece.length)) {
        if (event.type === "stanza") tapped.push(tap(event.element, CONTEXT));
      }
    }
  } catch (error) {
    return { tapped, glances, refused: error as Error };
  }
  return { tapped, glances };
}

/** With every stanza parsed in full. */
async function parsed(bytes: Uint8Array): Promise<Way> {
  const parser = await StanzaParser.create();
  const events: StreamEvent[] = [];
  let refused: Error | undefined;
  try {
    parser.push(bytes, events);
  } catch (error) {
    refused = error as Error;
  }
  const tapped = events.flatMap((event) =>
    event.type === "stanza" ? [tap(event.element, CONTEXT)] : []
  );
  return { tapped, ...refused && { refused } };
}

/** Without what only differs in where it was thrown. */
function plain(tapped: Tapped | undefined): unknown {
  const text = JSON.stringify(
    tapped ?? "nothing",
    (_, value) => value instanceof Error ? { ...value, message: value.message } : value,
  );
  return JSON.parse(text);
}

/** The text of a stanza, by its number. */
function stanza(bytes: Uint8Array, number: number): string {
  const stanzas = scan(bytes).records.filter(({ kind }) => kind !== "Open" && kind !== "Close");
  return stanzas[number]?.text ?? "a stanza that the scanner did not find";
}
