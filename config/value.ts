/**
 * One value of the configuration file, checked against its option.
 *
 * @module
 */
import { formatSeconds, parseDuration } from "./duration.ts";
import { type FormatContext, FormatError, formats } from "./formats.ts";
import type { Option, TextFormat } from "./option.ts";
import { at, type Report } from "./problem.ts";
import { Secret } from "./secret.ts";
import { didYouMean } from "./suggest.ts";
import type { TomlValue } from "./toml.ts";

/** What values are read with. */
export interface ValueContext extends FormatContext {
  /** The option's name, to begin a message with. */
  readonly name: string;
  /** Takes what is wrong. */
  readonly report: Report;
}

const either = new Intl.ListFormat("en-GB", { type: "disjunction" });

/** The range of an option in words, such as `from 1 to 65535`; empty where there is none. */
export function rangeOf(option: Option): string {
  switch (option.type) {
    case "integer":
    case "integers":
      return `from ${option.min} to ${option.max}`;
    case "duration": {
      const range = `from ${formatSeconds(option.min)} to ${formatSeconds(option.max)}`;
      return option.zero === undefined ? range : `0 or ${range}`;
    }
    case "choice":
      return either.format(option.choices.map((choice) => JSON.stringify(choice)));
    default:
      return "";
  }
}

/** Says what is wrong with a value and gives nothing in its place. */
type Refuse = (message: string, value: TomlValue) => undefined;

/** Reads a value, or reports what is wrong with it and returns `undefined`. */
export function readValue(option: Option, value: TomlValue, context: ValueContext): unknown {
  const refuse: Refuse = (message, wrong) => {
    context.report(at(wrong, `${context.name} ${message}`));
    return undefined;
  };
  switch (option.type) {
    case "text":
      return text(value, option.format, context, refuse);
    case "texts":
      return list(value, "texts", refuse, (item) => text(item, option.format, context, refuse));
    case "integer":
      return integer(value, option, refuse);
    case "integers":
      return list(value, "whole numbers", refuse, (item) => integer(item, option, refuse));
    case "duration":
      return duration(value, option, refuse);
    case "choice": {
      const word = value.kind === "string" ? value.value : "";
      if (option.choices.includes(word)) return word;
      const hint = didYouMean(word, option.choices);
      return refuse(`must be ${rangeOf(option)}${found(value)}${hint}`, value);
    }
    case "boolean":
      return value.kind === "boolean"
        ? value.value
        : refuse(`must be true or false${found(value)}`, value);
    case "secret":
      if (value.kind !== "string") return refuse("must be a text in quotes", value);
      return value.value === "" ? refuse("must not be empty", value) : new Secret(value.value);
  }
}

function integer(
  value: TomlValue,
  option: Option & { type: "integer" | "integers" },
  refuse: Refuse,
): number | undefined {
  const { min, max, type } = option;
  if (value.kind === "integer" && value.value >= min && value.value <= max) return value.value;
  const must = type === "integers" ? "must have whole numbers" : "must be a whole number";
  return refuse(`${must} ${rangeOf(option)}${found(value)}`, value);
}

function duration(
  value: TomlValue,
  option: Option & { type: "duration" },
  refuse: Refuse,
): number | undefined {
  const { min, max, zero } = option;
  const written = value.kind === "integer" || value.kind === "float" || value.kind === "string";
  const ms = written ? parseDuration(value.value) : undefined;
  const allowed = ms === 0 && zero !== undefined ||
    ms !== undefined && ms >= min * 1000 && ms <= max * 1000;
  if (allowed) return ms;
  const must = `must be a duration ${rangeOf(option)}, such as 90 (seconds), "90s", "10m" or "1h"`;
  return refuse(`${must}${found(value)}`, value);
}

function text(
  value: TomlValue,
  format: TextFormat | undefined,
  context: ValueContext,
  refuse: Refuse,
): string | undefined {
  if (value.kind !== "string") return refuse("must be a text in quotes", value);
  if (format === undefined) return value.value;
  try {
    return formats[format](value.value, context);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return refuse(error.message, value);
  }
}

function list<Item>(
  value: TomlValue,
  what: string,
  refuse: Refuse,
  read: (item: TomlValue) => Item | undefined,
): readonly Item[] | undefined {
  if (value.kind !== "list") return refuse(`must be a list of ${what} in [ ]`, value);
  const items = value.items.map(read).filter((item) => item !== undefined);
  return items.length === value.items.length ? Object.freeze([...new Set(items)]) : undefined;
}

/** The value as written, where that is short and no secret. */
function found(value: TomlValue): string {
  switch (value.kind) {
    case "string":
      return `: it is ${JSON.stringify(value.value)}`;
    case "boolean":
      return `: it is ${value.value}`;
    case "integer":
    case "float":
    case "date":
      return `: it is ${value.source}`;
    case "list":
    case "table":
      return `: it is a ${value.kind}`;
  }
}
