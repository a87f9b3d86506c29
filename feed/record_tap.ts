/**
 * The tap on scanned records: the same events as {@linkcode tap} makes of parsed stanzas, mostly
 * without making a string.
 *
 * @module
 */
import { Field, Flag, Kind, type StanzaScanner, Type } from "../xml/scanner/mod.ts";
import type { RoomError } from "../actors/messages/events.ts";
import type { IqAnswer } from "../xmpp/iq.ts";
import { scanPluginEvents } from "../xmpp/plugin_event_scanner.ts";
import type { CopiedStanza, StanzaKind } from "./copied_stanza.ts";
import { type TapContext, tapCopy, type Tapped } from "./tap.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const OTHER: Tapped = { type: "other" };
const FIELDS = [Field.InnerFrom, Field.InnerTo] as const;
const KINDS: StanzaKind[] = [];
KINDS[Kind.Message] = "message";
KINDS[Kind.Presence] = "presence";
KINDS[Kind.Iq] = "iq";
/** The types that make a difference to the tap; any other one is as good as none of them. */
const TYPES: (string | undefined)[] = new Array(Type.Other + 1).fill("other");
TYPES[Type.None] = undefined;
TYPES[Type.Groupchat] = "groupchat";
TYPES[Type.Error] = "error";
TYPES[Type.Unavailable] = "unavailable";
TYPES[Type.Get] = "get";
TYPES[Type.Result] = "result";

/** Taps the records of one batch after the other. */
export class RecordTap {
  readonly #context: TapContext;
  readonly #copy: RecordCopy;
  #scanner: StanzaScanner | undefined;
  #strings: readonly string[] = [];
  /** The watched host that sent the last copy, and its bytes. */
  #host = "";
  #hostBytes: Uint8Array | undefined;

  /** Believes what `context` says. */
  constructor(context: TapContext) {
    this.#context = context;
    this.#copy = new RecordCopy(encoder.encode(context.prefix));
  }

  /** Starts on a batch of records. */
  begin(scanner: StanzaScanner, records: number): void {
    this.#scanner = scanner;
    this.#strings = scanner.gather(records, FIELDS);
  }

  /**
   * Says what a record means to the keeper; undefined: that can't be said without a full parse, or
   * is not for the tap to say.
   */
  tap(record: number): Tapped | undefined {
    const scanner = this.#scanner!;
    const flags = scanner.flags(record);
    const kind = scanner.kind(record);
    if (kind === Kind.Iq || (flags & Flag.Unusual) !== 0) return undefined;
    if ((flags & Flag.Link) !== 0) return this.#tapPluginEvents(record, flags);
    // What is no copy is chatter, and a copy in an error is our own stanza come back.
    if (kind === Kind.Presence || (flags & Flag.Forwarded) === 0) return OTHER;
    if (scanner.innerKind(record) === Kind.None) return undefined;
    if (scanner.type(record) === Type.Error) return OTHER;
    const forged = this.#checkSender(record);
    if (forged !== undefined) return forged;
    this.#copy.look(scanner, record, this.#strings, record * FIELDS.length);
    const tapped = tapCopy(this.#copy, this.#host, this.#context.prefix);
    if (tapped.type !== "feed") return tapped;
    switch (tapped.event?.type) {
      case "answered":
        // There is more to an error than its record tells.
        return tapped.event.answer.type === "result" ? tapped : undefined;
      case "refused":
        return undefined;
      case "joined":
      case "renamed":
        // What a join keeps must not share the memory of the batch's strings.
        this.#copy.detach();
        return tapCopy(this.#copy, this.#host, this.#context.prefix);
      default:
        return tapped;
    }
  }

  /** Who is watched becomes the host. */
  #checkSender(record: number): Tapped | undefined {
    const scanner = this.#scanner!;
    // Nearly all copies come from one host, whose name need not be made a string again.
    if (
      this.#hostBytes !== undefined && scanner.fieldIs(record, Field.From, this.#hostBytes)
    ) return undefined;
    const from = scanner.field(record, Field.From) ?? "";
    if (!this.#context.watched.has(from)) return { type: "forged", from };
    this.#host = from;
    this.#hostBytes = encoder.encode(from);
    return undefined;
  }

  /** A server plugin tells us something. */
  #tapPluginEvents(record: number, flags: number): Tapped | undefined {
    const scanner = this.#scanner!;
    if (scanner.kind(record) !== Kind.Message || (flags & Flag.Forwarded) !== 0) return undefined;
    if (scanner.type(record) === Type.Error) return undefined;
    const told = scanPluginEvents(decoder.decode(scanner.bytes(record)));
    if (told === undefined) return undefined;
    const forged = this.#checkSender(record);
    if (forged !== undefined) return forged;
    const { events, malformed } = told;
    return { type: "feed", host: this.#host, kind: "link", pluginEvents: events, malformed };
  }
}

/** The stanza inside a scanned record. */
class RecordCopy implements CopiedStanza {
  /** What the ids of our own questions begin with. */
  readonly #prefix: Uint8Array;
  #scanner: StanzaScanner | undefined;
  #record = 0;
  kind: StanzaKind = "message";
  from = "";
  to = "";
  type: string | undefined;

  constructor(prefix: Uint8Array) {
    this.#prefix = prefix;
  }

  /** Looks at a record whose strings begin at `at`. */
  look(scanner: StanzaScanner, record: number, strings: readonly string[], at: number): void {
    this.#scanner = scanner;
    this.#record = record;
    this.kind = KINDS[scanner.innerKind(record)]!;
    this.type = TYPES[scanner.innerType(record)];
    this.from = strings[at]!;
    this.to = strings[at + 1]!;
  }

  /** Makes the addresses strings of their own. */
  detach(): void {
    this.from = this.#scanner!.field(this.#record, Field.InnerFrom) ?? "";
    this.to = this.#scanner!.field(this.#record, Field.InnerTo) ?? "";
  }

  get fromSession(): boolean {
    return this.#scanner!.has(this.#record, Flag.FromSession);
  }

  get toSession(): boolean {
    return this.#scanner!.has(this.#record, Flag.ToSession);
  }

  get id(): string {
    return this.#scanner!.field(this.#record, Field.InnerId) ?? "";
  }

  get condition(): string | undefined {
    return this.type === "error"
      ? this.#scanner!.condition(this.#record) ?? "undefined-condition"
      : undefined;
  }

  get fromRoom(): boolean {
    return this.#scanner!.has(this.#record, Flag.MucUser);
  }

  get itemNick(): string | undefined {
    return this.#scanner!.field(this.#record, Field.Nick);
  }

  get isDestroyed(): boolean {
    return this.#scanner!.has(this.#record, Flag.Destroy);
  }

  get isPing(): boolean {
    return this.kind === "iq" && this.type === "get" &&
      this.#scanner!.has(this.#record, Flag.Ping);
  }

  /** No other prefix is ever asked for. */
  idStartsWith(): boolean {
    return this.#scanner!.fieldStartsWith(this.#record, Field.InnerId, this.#prefix);
  }

  hasStatus(code: number): boolean {
    return this.#scanner!.hasStatus(this.#record, code);
  }

  answer(): Exclude<IqAnswer, { type: "timeout" }> | undefined {
    const { type } = this;
    return type === "result" ? { type } : this.error();
  }

  /** Only whether there is an error matters: it is read by the full parser. */
  error(): RoomError | undefined {
    const { condition } = this;
    return condition === undefined ? undefined : { type: "error", condition, errorType: "cancel" };
  }
}
