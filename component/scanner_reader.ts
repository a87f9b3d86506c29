/**
 * Readers that scan every stanza, and parse only those that are not taken at a filter.
 *
 * @module
 */

import { StanzaParser, type StreamLimits } from "../xml/mod.ts";
import { Kind, StanzaScanner, Type } from "../xml/scanner/mod.ts";
import type { ReaderEvent, ReaderFactory } from "./reader.ts";

/** After so many stanzas taken the stream may see whether others should have their turn. */
const TAKEN_AT_ONCE = 32;

/** Looks at scanned stanzas before they are parsed. */
export interface StanzaFilter {
  /** Begins with a batch of records; they are good until the next call. */
  begin(scanner: StanzaScanner, records: number): void;
  /**
   * Takes a stanza, or leaves it to be parsed.
   *
   * @param record Which record of the batch.
   * @returns Whether it is taken; a promise: it is, and nothing more is to be read before that has
   *   settled. It must not reject.
   */
  take(record: number): boolean | Promise<unknown>;
}

/**
 * Readers that scan every stanza in WebAssembly. Both the scanner and the full parser behind it
 * refuse what is no XML or forbidden by RFC 6120 §11, the scanner in the stream's own memory and
 * before a single string is made.
 *
 * @param glance Who may take stanzas before they are parsed.
 * @param limits The greatest depth and length of a stanza.
 */
export function scannerReader(filter: StanzaFilter, limits: StreamLimits = {}): ReaderFactory {
  return async () => {
    const scanner = StanzaScanner.create(limits);
    const parser = await StanzaParser.create(limits);
    return {
      input: () => scanner.input(),
      commit: (length) => read(scanner, parser, filter, length),
    };
  };
}

function* read(
  scanner: StanzaScanner,
  parser: StanzaParser,
  filter: StanzaFilter,
  length: number,
): Generator<ReaderEvent, void, void> {
  for (let records = scanner.commit(length); records > 0; records = scanner.more()) {
    filter.begin(scanner, records);
    let routed = false;
    for (let record = 0; record < records; record++) {
      const taken = scanner.kind(record) < Kind.Open && filter.take(record);
      if (taken === false) {
        yield* parser.push(scanner.bytes(record));
        continue;
      }
      routed ||= isRouted(scanner, record);
      if (taken === true && record % TAKEN_AT_ONCE !== 0) continue;
      yield { type: "taken", busy: taken === true ? undefined : taken, routed };
      routed = false;
    }
    if (routed) yield { type: "taken", busy: undefined, routed };
  }
}

/** Errors and results may be made by the server itself. */
function isRouted(scanner: StanzaScanner, record: number): boolean {
  const type = scanner.type(record);
  return type !== Type.Error && type !== Type.Result;
}
