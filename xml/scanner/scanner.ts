/**
 * The host's side of the scanner: its memory, seen as input, records and strings.
 *
 * @module
 */

import type { StreamLimits } from "../stanza_parser.ts";
import { StreamError } from "../stream_error.ts";
import { instantiate, type ScannerExports } from "./binary_module.ts";
import { REFUSALS } from "./refusals.ts";
import {
  type Affiliation,
  At,
  BATCH,
  CONDITIONS,
  type ErrorType,
  type Field,
  type Flag,
  type Kind,
  MAX_DEPTH,
  MAX_STANZA_BYTES,
  READ_BYTES,
  RECORD_BYTES,
  Refusal,
  type Role,
  STATUSES,
  type Type,
} from "./vocabulary.ts";
import { words } from "./word_list.ts";

const CONDITION_NAMES = words(CONDITIONS);
const STATUS_BITS = new Int32Array(1000);
for (const [i, code] of words(STATUSES).entries()) STATUS_BITS[Number(code)] = 1 << i;
// A byte order mark is a character like any other (RFC 6120 §11.6).
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Scans one XMPP stream. The module's documentation says what a record tells.
 *
 * Records are numbered from 0 in each batch, and live until the next call of `input` or `more`.
 *
 * @example
 * ```ts
 * import { Field, Flag, Kind, StanzaScanner } from "@roomkeeper/roomkeeper/xml/scanner";
 * import { assertEquals } from "@std/assert";
 *
 * const scanner = StanzaScanner.create();
 * // A socket would be read like this: scanner.commit(await conn.read(scanner.input()))
 * const { written } = new TextEncoder().encodeInto(
 *   "<stream:stream xmlns='jabber:component:accept' id='s1'" +
 *     " xmlns:stream='http://etherx.jabber.org/streams'>" +
 *     "<message from='home.example'><forwarded xmlns='urn:xmpp:forward:0'>" +
 *     "<presence xmlns='jabber:client' from='garden@rooms.example/Romeo'>" +
 *     "<x xmlns='http://jabber.org/protocol/muc#user'><status code='110'/></x>" +
 *     "</presence></forwarded></message><iq",
 *   scanner.input(),
 * );
 *
 * assertEquals(scanner.commit(written), 2);
 * assertEquals(scanner.kind(0), Kind.Open);
 * assertEquals(scanner.field(0, Field.Id), "s1");
 * assertEquals(scanner.innerKind(1), Kind.Presence);
 * assertEquals(scanner.has(1, Flag.Unusual), false);
 * assertEquals(scanner.hasStatus(1, 110), true);
 * assertEquals(scanner.gather(2, [Field.From, Field.InnerFrom]), [
 *   "", "", "home.example", "garden@rooms.example/Romeo",
 * ]);
 * assertEquals(scanner.more(), 0);
 * ```
 */
export class StanzaScanner {
  readonly #wasm: ScannerExports;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #records: number;
  readonly #gathered: number;
  readonly #lengths: number;
  #count = 0;
  #error: StreamError | undefined;

  private constructor(wasm: ScannerExports) {
    this.#wasm = wasm;
    this.#bytes = new Uint8Array(wasm.memory.buffer);
    this.#words = new Uint32Array(wasm.memory.buffer);
    this.#records = wasm.records.value;
    this.#gathered = wasm.gathered.value;
    this.#lengths = wasm.lengths.value / 4;
  }

  /**
   * Makes a scanner for one stream, with about 2.4 MB of memory that never grows.
   *
   * @param limits What a stanza may ask for: at most 262,144 bytes and a depth of 254, by default
   *   262,144 and 64.
   * @throws {RangeError} If a limit is out of its range.
   */
  static create(limits: StreamLimits = {}): StanzaScanner {
    const { maxDepth = 64, maxStanzaBytes = MAX_STANZA_BYTES } = limits;
    assertInteger("maxDepth", maxDepth, MAX_DEPTH);
    assertInteger("maxStanzaBytes", maxStanzaBytes, MAX_STANZA_BYTES);
    const wasm = instantiate();
    wasm.configure(maxStanzaBytes, maxDepth);
    return new StanzaScanner(wasm);
  }

  /**
   * Where the next bytes are to be written: 524,288 bytes of the scanner's own memory.
   *
   * @throws {StreamError} If the stream has been refused.
   * @throws {Error} If there may be more records: call `more` until it returns 0 first.
   */
  input(): Uint8Array {
    if (this.#error !== undefined) throw this.#error;
    if (this.#count === BATCH) throw new Error("Cannot take input before more() has returned 0");
    this.#count = 0;
    const start = this.#wasm.room();
    return this.#bytes.subarray(start, start + READ_BYTES);
  }

  /**
   * Takes the bytes that were written to the start of the input.
   *
   * @param length How many, at most 524,288.
   * @returns The number of records in the first batch, at most 256; `more` finds the next ones.
   * @throws {StreamError} If the stream is refused and there is no record before the place.
   */
  commit(length: number): number {
    assertInteger("length", length + 1, READ_BYTES + 1);
    this.#wasm.accept(length);
    return this.#scan();
  }

  /**
   * Finds the next batch of records in what was committed.
   *
   * @returns The number of records, 0 if all have been found.
   * @throws {StreamError} If the stream is refused, once all records before the place were given
   *   out. The records then are gone; every further call throws the same error.
   */
  more(): number {
    return this.#count === BATCH || this.#wasm.refusal.value !== Refusal.None ? this.#scan() : 0;
  }

  #scan(): number {
    if (this.#error !== undefined) throw this.#error;
    this.#count = this.#wasm.scan();
    if (this.#count > 0) return this.#count;
    const refusal: Refusal = this.#wasm.refusal.value;
    if (refusal === Refusal.None) return 0;
    const [condition, text] = REFUSALS[refusal];
    const place = this.#wasm.refusedAt.value;
    this.#error = new StreamError(condition, `${text}, at byte ${place} of the stanza`);
    throw this.#error;
  }

  /** What the record is about. */
  kind(record: number): Kind {
    return this.#byte(record, At.Kind);
  }

  /** The type of the stanza. */
  type(record: number): Type {
    return this.#byte(record, At.Type);
  }

  /** The kind of the stanza inside `<forwarded/>`, `Kind.None` if there is none. */
  innerKind(record: number): Kind {
    return this.#byte(record, At.InnerKind);
  }

  /** The type of the stanza inside `<forwarded/>`. */
  innerType(record: number): Type {
    return this.#byte(record, At.InnerType);
  }

  /** All {@linkcode Flag}s of the record. */
  flags(record: number): number {
    return this.#word(record, At.Flags);
  }

  /** Whether the record has the flag, or one of several combined by `|`. */
  has(record: number, flag: Flag): boolean {
    return (this.#word(record, At.Flags) & flag) !== 0;
  }

  /**
   * Whether the subject has a muc#user status with this code.
   *
   * @param code 100 to 104, 110, 170 to 174, 201, 210, 301, 303, 307, 321, 322, 330, 332 or 333;
   *   the flag `OtherStatus` tells that there are others.
   */
  hasStatus(record: number, code: number): boolean {
    return (this.#word(record, At.Statuses) & (STATUS_BITS[code] ?? 0)) !== 0;
  }

  /** The condition of the subject's error; `undefined` if there is none or it is not defined. */
  condition(record: number): string | undefined {
    return CONDITION_NAMES[this.#byte(record, At.Condition) - 1];
  }

  /** The type of the subject's error. */
  errorType(record: number): ErrorType {
    return this.#byte(record, At.ErrorType);
  }

  /** The affiliation in the subject's muc#user item. */
  affiliation(record: number): Affiliation {
    return this.#byte(record, At.Affiliation);
  }

  /** The role in the subject's muc#user item. */
  role(record: number): Role {
    return this.#byte(record, At.Role);
  }

  /** One string of the record, `undefined` if it is absent. */
  field(record: number, field: Field): string | undefined {
    const offset = this.#word(record, At.Fields + 8 * field);
    if (offset === 0) return undefined;
    const start = this.#word(record, At.Start) + offset;
    const length = this.#word(record, At.Fields + 8 * field + 4);
    return this.#decode(start, start + length);
  }

  /** Whether the bytes of a field, as written, are these; an absent one has no bytes. */
  fieldIs(record: number, field: Field, bytes: Uint8Array): boolean {
    return this.#word(record, At.Fields + 8 * field + 4) === bytes.length &&
      this.fieldStartsWith(record, field, bytes);
  }

  /** Whether the bytes of a field, as written, begin with these; an absent one has no bytes. */
  fieldStartsWith(record: number, field: Field, bytes: Uint8Array): boolean {
    if (this.#word(record, At.Fields + 8 * field + 4) < bytes.length) return false;
    const start = this.#word(record, At.Start) + this.#word(record, At.Fields + 8 * field);
    for (let i = 0; i < bytes.length; i++) {
      if (this.#bytes[start + i] !== bytes[i]) return false;
    }
    return true;
  }

  /**
   * Fields of the first records of the batch, decoded in one go: far cheaper than one by one.
   *
   * The strings may share memory; one that is kept for long is better asked for by `field`.
   *
   * @param records For how many records.
   * @param fields Which fields, each once and in the order of their numbers.
   * @returns The fields of the first record, then those of the second, and so on; `""` for absent.
   */
  gather(records: number, fields: readonly Field[]): string[] {
    let mask = 0;
    for (const field of fields) mask |= 1 << field;
    if (records > this.#count) throw new RangeError(`There are only ${this.#count} records`);
    if (records === 0 || mask === 0) return [];
    const stop = this.#gathered + this.#wasm.gather(records, mask);
    const middle = this.#gathered + this.#wasm.asciiBytes.value;
    const ascii = this.#decode(this.#gathered, middle);
    // Each ends with a zero byte, which XML does not allow.
    const others = middle === stop ? [] : this.#decode(middle, stop).split("\0");
    const strings: string[] = new Array(records * fields.length);
    let at = 0;
    let other = 0;
    for (let i = 0; i < strings.length; i++) {
      const length = this.#words[this.#lengths + i]! | 0;
      strings[i] = length < 0 ? others[other++]! : ascii.slice(at, at += length);
    }
    return strings;
  }

  /** The bytes of the whole stanza, of the stream header, or of the end tag of the stream. */
  bytes(record: number): Uint8Array {
    const start = this.#word(record, At.Start);
    return this.#bytes.subarray(start, start + this.#word(record, At.Length));
  }

  /** The bytes of the stanza inside `<forwarded/>`; empty if there is none. */
  innerBytes(record: number): Uint8Array {
    const start = this.#word(record, At.Start) + this.#word(record, At.InnerStart);
    return this.#bytes.subarray(start, start + this.#word(record, At.InnerLength));
  }

  #decode(start: number, stop: number): string {
    return utf8.decode(this.#bytes.subarray(start, stop));
  }

  #byte(record: number, at: At): number {
    return this.#bytes[this.#records + record * RECORD_BYTES + at]!;
  }

  #word(record: number, at: number): number {
    return this.#words[(this.#records + record * RECORD_BYTES + at) >>> 2]!;
  }
}

function assertInteger(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max) {
    throw new RangeError(`${name} must be an integer from 1 to ${max}: current value is ${value}`);
  }
}
