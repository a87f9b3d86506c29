/**
 * Sets up the logs of the program: for people on a terminal, one JSON object a line otherwise.
 *
 * @module
 */
import {
  configureSync,
  getAnsiColorFormatter,
  getJsonLinesFormatter,
  getTextFormatter,
  type LogRecord,
  type TextFormatter,
} from "@logtape/logtape";
import type { Secret } from "../config/secret.ts";

/** How to log. */
export interface LoggingOptions {
  /** The least severe level to log. */
  readonly level: "trace" | "debug" | "info" | "warning" | "error" | "fatal";
  /** `auto` is text on a terminal and JSON otherwise. */
  readonly format: "auto" | "text" | "json";
  /** What must never be printed. */
  readonly secrets?: readonly (Secret | undefined)[];
  /** Whether the output is a terminal. @default {Deno.stderr.isTerminal()} */
  readonly terminal?: boolean;
  /** Whether to do without colours. @default {Deno.noColor} */
  readonly noColor?: boolean;
  /** Takes each line, with its line end. @default {standard error} */
  readonly write?: (line: string) => void;
}

/**
 * Sends the logs of Roomkeeper, and the warnings of the logging itself, to standard error. May be
 * called again, for example once the configuration is known.
 *
 * @example
 * ```ts
 * import { getLogger } from "@logtape/logtape";
 * import { setUpLogging } from "./logging.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * setUpLogging({ level: "info", format: "json", write: (line) => lines.push(line) });
 * getLogger(["roomkeeper", "component"]).info("Connected", { port: 5347 });
 * assertEquals(JSON.parse(lines[0]!).properties, { port: 5347 });
 * ```
 */
export function setUpLogging(options: LoggingOptions): void {
  const { level, write = writeToStandardError } = options;
  const format = logFormatter(options);
  configureSync({
    reset: true,
    sinks: { main: (record) => write(format(record)) },
    loggers: [
      { category: "roomkeeper", lowestLevel: level, sinks: ["main"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["main"] },
    ],
  });
}

/** The formatter for these options; no line that it makes has a secret in it. */
function logFormatter(options: LoggingOptions): TextFormatter {
  const { format, terminal = Deno.stderr.isTerminal(), noColor = Deno.noColor } = options;
  const text = format === "text" || format === "auto" && terminal;
  const secrets = (options.secrets ?? []).flatMap((secret) => {
    const plain = secret?.reveal();
    return plain ? writtenForms(plain, text).map(pattern) : [];
  });
  const write = text ? textFormatter(terminal && !noColor) : getJsonLinesFormatter();
  return (record) =>
    secrets.reduce((line, secret) => line.replaceAll(secret, "[secret]"), write(tidy(record)));
}

/** A secret as it may appear in a line: as it is, in quotes, or in quotes within quotes. */
function writtenForms(plain: string, text: boolean): string[] {
  const quoted = JSON.stringify(plain).slice(1, -1);
  const twice = JSON.stringify(quoted).slice(1, -1);
  // In JSON the plain form, if it differs, could only be syntax.
  return text ? [twice, quoted, plain] : [twice, quoted];
}

/** Shorter secrets are looked for as words of their own, as they may well be a part of others. */
const LONG_SECRET = 8;

function pattern(secret: string): RegExp {
  return secret.length < LONG_SECRET ? word(secret) : new RegExp(RegExp.escape(secret), "gu");
}

/** A text where it is no part of another word, and not the name of a field. */
function word(text: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}_])${RegExp.escape(text)}(?![\\p{L}\\p{N}_]|":)`, "gu");
}

function textFormatter(colour: boolean): TextFormatter {
  const make = colour ? getAnsiColorFormatter : getTextFormatter;
  const dim = (text: string) => colour && text !== "" ? `\x1b[2m${text}\x1b[0m` : text;
  return make({
    timestamp: "time",
    timeZone: null,
    // The first part is always "roomkeeper".
    category: (category) => category.slice(1).join("."),
    sanitize: { sgr: "escape", newlines: "escape" },
    format({ timestamp, level, category, message, record }) {
      const origin = record.category.length > 1 ? `${category}: ` : "";
      const { fields, stacks } = rest(record, message);
      return `${timestamp} [${level}] ${origin}${message}${dim(fields)}${dim(stacks)}`;
    },
  });
}

/** A record with its message in words, fields that have a value, and stacks of defects alone. */
function tidy(record: LogRecord): LogRecord {
  const { rawMessage, message } = record;
  const keys = typeof rawMessage === "string" ? [...rawMessage.matchAll(/\{\{|\{([^}]*)\}/g)] : [];
  const names = keys.flatMap(([, name]) => name === undefined ? [] : [name.trim()]);
  const words = message.map((part, index) =>
    index % 2 === 0 ? String(part) : worded(names[(index - 1) / 2], part)
  );
  const properties = Object.entries(record.properties)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key, plainError(rounded(value))]);
  return { ...record, message: [words.join("")], properties: Object.fromEntries(properties) };
}

/** A value in a message. What went wrong is a sentence of ours, and needs no quotes. */
function worded(name: string | undefined, value: unknown): string {
  if (value instanceof Error) return printable(value.message);
  return name === "error" ? printable(String(value)) : show(rounded(value));
}

/** A number as precise as anybody needs it. */
function rounded(value: unknown): unknown {
  return typeof value === "number" && Number.isFinite(value) ? Math.round(value * 10) / 10 : value;
}

/** The errors of the language itself: those of them that come here are defects. */
const DEFECTS = new Set([
  "AggregateError",
  "Error",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
]);

/** An error without its stack, unless it is a defect. Everything else stays. */
function plainError(value: unknown): unknown {
  if (!(value instanceof Error) || DEFECTS.has(value.name)) return value;
  return new Failure(value);
}

/** An error that was to be expected: what it says, and what caused it. */
class Failure {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly cause?: unknown;

  constructor({ name, message, cause, ...rest }: Error & { readonly code?: unknown }) {
    this.name = name;
    this.message = message;
    if (rest.code !== undefined) this.code = rest.code;
    if (cause !== undefined) this.cause = plainError(cause);
  }

  toString(): string {
    return `${this.name}: ${this.message}`;
  }
}

/** The fields that the message itself doesn't tell, and the stacks of errors among them. */
function rest(
  { rawMessage, properties }: LogRecord,
  message: string,
): { fields: string; stacks: string } {
  let fields = "";
  let stacks = "";
  for (const [key, value] of Object.entries(properties)) {
    stacks += stackOf(value);
    if (typeof rawMessage === "string" && rawMessage.includes(`{${key}}`)) continue;
    // The word for programs; people have the message.
    if (key === "event") continue;
    const text = show(value);
    if (typeof value === "string" && word(text).test(message)) continue;
    fields += ` ${key}=${text}`;
  }
  return { fields, stacks };
}

/** The stack of a defect, or of the one that caused a failure. */
function stackOf(value: unknown): string {
  if (value instanceof Failure) return stackOf(value.cause);
  if (!(value instanceof Error)) return "";
  const frames = value.stack?.split("\n").filter((line) => /^\s+at /.test(line)) ?? [];
  return frames.map((frame) => `\n    ${printable(frame.trim())}`).join("");
}

function show(value: unknown): string {
  const isError = value instanceof Error || value instanceof Failure;
  const text = typeof value === "string"
    ? value
    : isError || typeof value === "bigint"
    ? String(value)
    : JSON.stringify(value) ?? String(value);
  const plain = typeof value !== "string" && !isError || /^[^\s"=\p{C}]+$/u.test(text);
  return printable(plain ? text : JSON.stringify(text));
}

/** Writes what could move a terminal's cursor, or turn the direction of text, as its code. */
function printable(text: string): string {
  return text.replaceAll(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

const encoder = new TextEncoder();

/** Writes all at once, so that nothing is lost when the program ends. */
function writeToStandardError(line: string): void {
  let bytes = encoder.encode(line);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
  } catch {
    // Whoever read the logs is gone; that is no reason to stop.
  }
}
