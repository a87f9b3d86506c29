/**
 * The streams of real servers, such as those in tests/captures, for the XML benchmark.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import { Kind, READ_BYTES, StanzaScanner } from "../xml/scanner/mod.ts";
import type { Corpus } from "./xml_corpus.ts";

/**
 * Makes a stream of the stanzas of another one, over and over.
 *
 * @param capture The stream, which may end anywhere.
 * @param length About how many bytes.
 */
export function repeatCapture(capture: Uint8Array, length: number): Corpus {
  let header: Uint8Array | undefined;
  const stanzas: Uint8Array[] = [];
  const scanner = StanzaScanner.create();
  for (let at = 0; at < capture.length; at += READ_BYTES) {
    const chunk = capture.subarray(at, at + READ_BYTES);
    scanner.input().set(chunk);
    for (let count = scanner.commit(chunk.length); count > 0; count = scanner.more()) {
      for (let i = 0; i < count; i++) {
        const kind = scanner.kind(i);
        if (kind === Kind.Open) header = scanner.bytes(i).slice();
        else if (STANZAS.includes(kind)) stanzas.push(scanner.bytes(i).slice());
      }
    }
  }
  if (header === undefined || stanzas.length === 0) throw new Error("There are no stanzas in it");
  const parts = [header];
  let size = header.length;
  for (let i = 0; size < length; i++) {
    const stanza = stanzas[i % stanzas.length]!;
    parts.push(stanza);
    size += stanza.length;
  }
  const count = parts.length - 1;
  parts.push(new TextEncoder().encode("</stream:stream>"));
  return { bytes: concat(parts), stanzas: count };
}

const STANZAS: readonly Kind[] = [Kind.Message, Kind.Presence, Kind.Iq];
