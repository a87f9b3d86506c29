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
    return plain ? writtenForms(plain, text) : [];
  });
  const write = text ? textFormatter(terminal && !noColor) : getJsonLinesFormatter();
  return (record) =>
    secrets.reduce((line, secret) => line.replaceAll(secret, "[secret]"), write(record));
}

/** A secret as it may appear in a line: as it is, in quotes, or in quotes within quotes. */
function writtenForms(plain: string, text: boolean): string[] {
  const quoted = JSON.stringify(plain).slice(1, -1);
  const twice = JSON.stringify(quoted).slice(1, -1);
  // In JSON the plain form, if it differs, could only be syntax.
  return text ? [twice, quoted, plain] : [twice, quoted];
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
      const { fields, stacks } = rest(record);
      return `${timestamp} [${level}] ${origin}${message}${dim(fields)}${dim(stacks)}`;
    },
  });
}

/** The fields that the message itself doesn't show, and the stacks of errors among them. */
function rest({ rawMessage, properties }: LogRecord): { fields: string; stacks: string } {
  let fields = "";
  let stacks = "";
  for (const [key, value] of Object.entries(properties)) {
    if (typeof rawMessage === "string" && rawMessage.includes(`{${key}}`)) continue;
    fields += ` ${key}=${show(value)}`;
    if (!(value instanceof Error)) continue;
    const frames = value.stack?.split("\n").filter((line) => /^\s+at /.test(line)) ?? [];
    stacks += frames.map((frame) => `\n    ${printable(frame.trim())}`).join("");
  }
  return { fields, stacks };
}

function show(value: unknown): string {
  const text = typeof value === "string"
    ? value
    : value instanceof Error || typeof value === "bigint"
    ? String(value)
    : JSON.stringify(value) ?? String(value);
  const plain = typeof value !== "string" && !(value instanceof Error) ||
    /^[^\s"=\p{C}]+$/u.test(text);
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
