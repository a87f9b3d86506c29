/**
 * The configuration reference and the sample file, generated from the schema.
 *
 * @module
 */
import { formatSeconds } from "./duration.ts";
import type { Option } from "./option.ts";
import { sections } from "./schema.ts";
import { rangeOf } from "./value.ts";

/** The text of `docs/configuration.md`. */
export function configurationMarkdown(): string {
  const contents = Object.entries(sections).map(([name, { doc }]) =>
    `- [\`[${name}]\`](#${name}): ${doc}`
  );
  return [
    "<!-- deno-fmt-ignore-file -->",
    "<!-- Generated from config/schema.ts by `deno task docs:config`; change it there. -->",
    "",
    "# Configuration",
    "",
    "Roomkeeper reads one TOML file: `roomkeeper.toml` in the current folder, or what `--config` " +
    "names. [roomkeeper.sample.toml](roomkeeper.sample.toml) has every option with its default.",
    "",
    "An option or section that doesn't exist, a value of the wrong type and one out of range are " +
    "refused, all at once, each with its line. Durations are a number of seconds, or a text of one " +
    'number and one unit: `"500ms"`, `"90s"`, `"10m"`, `"1h"`, `"1d"`. ' +
    "Relative paths start from the folder of the configuration file.",
    "",
    ...contents,
    ...Object.entries(sections).flatMap(([name, { doc, options }]) => [
      "",
      `## [${name}]`,
      "",
      doc,
      ...Object.entries(options).flatMap(([key, option]) => optionMarkdown(key, option)),
    ]),
    "",
  ].join("\n");
}

/** The text of `docs/roomkeeper.sample.toml`: what is needed, and the rest in comments. */
export function sampleToml(): string {
  return [
    "# A sample configuration of Roomkeeper with every option.",
    "# What is commented out shows the default, or an example where that is nothing.",
    "# Generated from config/schema.ts by `deno task docs:config`; change it there.",
    ...Object.entries(sections).flatMap(([name, { doc, options }]) => [
      "",
      ...comment(doc),
      `[${name}]`,
      ...Object.entries(options).flatMap(([key, option]) => optionToml(key, option)),
    ]),
    "",
  ].join("\n");
}

/** A default value as TOML: durations in their shortest form. */
export function defaultToml(option: Option): string | undefined {
  if (!("default" in option) || option.default === undefined) return undefined;
  if (option.type === "duration") {
    return option.default === 0 ? "0" : JSON.stringify(formatSeconds(option.default));
  }
  if (Array.isArray(option.default)) {
    return `[${option.default.map((item) => JSON.stringify(item)).join(", ")}]`;
  }
  return JSON.stringify(option.default);
}

function optionMarkdown(key: string, option: Option): string[] {
  const value = defaultToml(option);
  const none = option.required ? "needed" : "none by default";
  const standard = value === undefined ? none : `default \`${value}\``;
  const example = option.example === undefined ? "" : `; example \`${option.example}\``;
  return ["", `### ${key}`, "", `${kind(option)}; ${standard}${example}.`, "", meaning(option)];
}

function optionToml(key: string, option: Option): string[] {
  // The secret is needed too, but each way to give it is as good as the others.
  const needed = option.required && option.type !== "secret";
  const value = option.example ?? defaultToml(option);
  const about = [...comment(plain(meaning(option))), ...comment(`${plain(kind(option))}.`)];
  return ["", ...about, `${needed ? "" : "# "}${key} = ${value}`];
}

function meaning(option: Option): string {
  return option.type === "duration" && option.zero !== undefined
    ? `${option.doc} 0: ${option.zero}.`
    : option.doc;
}

/** Type, unit and range in a few words. */
function kind(option: Option): string {
  const type = {
    text: "Text",
    texts: "List of texts",
    integer: "Whole number",
    integers: "List of whole numbers",
    duration: "Duration",
    choice: "One of",
    boolean: "`true` or `false`",
    secret: "Text",
  }[option.type];
  const unit = option.type === "integer" && option.unit ? ` of ${option.unit}` : "";
  const range = rangeOf(option) && ` ${rangeOf(option)}`;
  return `${type}${unit}${range}`;
}

function plain(markdown: string): string {
  return markdown.replaceAll("`", "");
}

/** Wraps a text into comment lines of at most 100 characters. */
function comment(text: string): string[] {
  const lines: string[] = [];
  let line = "#";
  for (const word of text.split(" ")) {
    if (line.length + 1 + word.length > 100) {
      lines.push(line);
      line = "#";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
