/** What a scanner tells about a stream, as plain objects that can be compared. */

import {
  Affiliation,
  ErrorType,
  Field,
  Flag,
  Kind,
  READ_BYTES,
  Role,
  StanzaScanner,
  Type,
} from "../../../xml/scanner/mod.ts";
import { STATUSES } from "../../../xml/scanner/vocabulary.ts";
import { words } from "../../../xml/scanner/word_list.ts";
import { StreamError, type StreamLimits } from "../../../xml/mod.ts";

/** The names of all fields, in their order. */
export const FIELDS: readonly (keyof typeof Field)[] = [
  "From",
  "To",
  "Id",
  "InnerFrom",
  "InnerTo",
  "InnerId",
  "Nick",
  "ItemJid",
  "ErrorBy",
  "Stamp",
];

/** The names of all flags but Unusual. */
export const FLAGS: readonly (keyof typeof Flag)[] = [
  "Forwarded",
  "Link",
  "MucUser",
  "Item",
  "OtherStatus",
  "Destroy",
  "Muc",
  "History",
  "Error",
  "Delay",
  "Ping",
  "FromSession",
  "ToSession",
];

/** One record, in words. */
export interface Snapshot {
  kind: string;
  /** The stanza as text. */
  text: string;
  unusual: boolean;
  type: string;
  innerKind: string;
  innerType: string;
  /** Whether the range of the forwarded stanza holds such a stanza. */
  inner: string;
  flags: string[];
  statuses: string[];
  condition: string;
  errorType: string;
  affiliation: string;
  role: string;
  fields: Record<string, string>;
}

/** All that came of a stream. */
export interface Outcome {
  records: Snapshot[];
  /** The condition of the stream error, if there was one. */
  refused: string | undefined;
  /** The text of the stream error. */
  why: string;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function snapshot(scanner: StanzaScanner, i: number): Snapshot {
  const fields: Record<string, string> = {};
  for (const name of FIELDS) {
    const value = scanner.field(i, Field[name]);
    if (value !== undefined) fields[name] = value;
  }
  return {
    kind: Kind[scanner.kind(i)]!,
    text: decoder.decode(scanner.bytes(i)),
    unusual: scanner.has(i, Flag.Unusual),
    type: Type[scanner.type(i)]!,
    innerKind: Kind[scanner.innerKind(i)]!,
    innerType: Type[scanner.innerType(i)]!,
    inner: decoder.decode(scanner.innerBytes(i)),
    flags: FLAGS.filter((flag) => scanner.has(i, Flag[flag])),
    statuses: words(STATUSES).filter((code) => scanner.hasStatus(i, Number(code))),
    condition: scanner.condition(i) ?? "",
    errorType: ErrorType[scanner.errorType(i)]!,
    affiliation: Affiliation[scanner.affiliation(i)]!,
    role: Role[scanner.role(i)]!,
    fields,
  };
}

/** Scans bytes in pieces of the given sizes, over and over. */
export function scan(
  bytes: Uint8Array,
  sizes: readonly number[] = [READ_BYTES],
  limits?: StreamLimits,
): Outcome {
  const scanner = StanzaScanner.create(limits);
  const records: Snapshot[] = [];
  try {
    for (let at = 0, n = 0; at < bytes.length; n++) {
      const piece = bytes.subarray(at, at + Math.min(sizes[n % sizes.length]!, READ_BYTES));
      scanner.input().set(piece);
      at += piece.length;
      for (let count = scanner.commit(piece.length); count > 0; count = scanner.more()) {
        for (let i = 0; i < count; i++) records.push(snapshot(scanner, i));
      }
    }
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    return { records, refused: error.condition, why: error.message };
  }
  return { records, refused: undefined, why: "" };
}
