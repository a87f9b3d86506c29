// @ts-nocheck: this is AssemblyScript

/*
 * The map of the scanner's memory, whose size never changes.
 *
 * Below FLOOR live the compiler's static strings. Everything else has a fixed place.
 */

import {
  BATCH,
  FIELDS,
  MAX_ATTRIBUTES,
  MAX_DEPTH,
  MAX_HEADER_BYTES,
  MAX_PREFIXES,
  MAX_STANZA_BYTES,
  READ_BYTES,
  RECORD_BYTES,
} from "../vocabulary.ts";

const FLOOR: usize = 0x4000;

/** 16 bytes of ones, then 16 of zeros: a load at MASKS + 16 - n keeps n bytes. */
export const MASKS: usize = FLOOR;

/** 1024 places for words, 64 bytes each: see words.ts. */
export const WORDS: usize = MASKS + 64;

/** 256 places for names of attributes: see attribute_names.ts. */
export const ATTRIBUTES: usize = WORDS + 1024 * 64;
export const ATTRIBUTE_BYTES: usize = 48;

/** Open elements by depth: name u32, name length u32, declarations u8, namespace u8, part u8. */
export const STACK: usize = ATTRIBUTES + 256 * ATTRIBUTE_BYTES;
export const STACK_ENTRY: usize = 16;

/** Declared prefixes: prefix u32, its length u32, URI u32, its length u32, namespace u32. */
export const PREFIXES: usize = STACK + (MAX_DEPTH + 2) * STACK_ENTRY;
export const PREFIX_ENTRY: usize = 20;
/** The text of declared prefixes and their URIs, one declaration after the other. */
export const PREFIX_TEXT: usize = PREFIXES + MAX_PREFIXES * PREFIX_ENTRY;
export const PREFIX_TEXT_BYTES: usize = 8192;

/** Values of the known attributes of the current tag, by number: start u32, end u32. */
export const KNOWN: usize = PREFIX_TEXT + PREFIX_TEXT_BYTES + 16;

/** The other attributes of the current tag: name u32, its length u32, its prefix's length u32. */
export const OTHERS: usize = KNOWN + 32 * 8;
export const OTHER_ENTRY: usize = 12;

/** The finished records, and one more that is being written. */
export const RECORDS: usize = (OTHERS + MAX_ATTRIBUTES * OTHER_ENTRY + 15) & ~15;

/** The stream header, kept for its prefixes and for the name of its end tag. */
export const HEADER: usize = RECORDS + (BATCH + 1) * RECORD_BYTES;

/** What the socket gave us. See `room` in stream.ts for why this is always enough. */
export const INPUT: usize = HEADER + MAX_HEADER_BYTES;
export const INPUT_BYTES: usize = 2 * MAX_STANZA_BYTES + READ_BYTES;

/** Strings gathered for the host; between scans also a scratch pad. 64 spare bytes end INPUT. */
export const GATHER: usize = INPUT + INPUT_BYTES + 64;
export const GATHER_BYTES: usize = INPUT_BYTES + BATCH * 48;

/** The lengths of gathered strings, i32, and where the others are: start u32, length u32. */
export const LENGTHS: usize = (GATHER + GATHER_BYTES + 64 + 7) & ~7;
export const FOREIGN: usize = LENGTHS + BATCH * FIELDS * 4;

/** The end of the map. */
export const TOP: usize = FOREIGN + BATCH * FIELDS * 8;
