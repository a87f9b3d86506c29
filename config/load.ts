/**
 * Reads `roomkeeper.toml`: a text becomes a checked, frozen {@linkcode Config}, or an error that
 * tells everything that is wrong with it, each with its line.
 *
 * @module
 */
import { dirname } from "node:path";
import { Given } from "./given.ts";
import { camel } from "./option.ts";
import { at, ConfigError, type Problem, type Report } from "./problem.ts";
import { checkTogether, requireOptions } from "./rules.ts";
import { type Config, sections } from "./schema.ts";
import { type SecretSources, takeSecrets } from "./secret_sources.ts";
import { didYouMean } from "./suggest.ts";
import { type Document, parseDocument } from "./toml.ts";
import { readValue } from "./value.ts";

/** What {@linkcode parseConfig} needs besides the text. */
export interface ParseOptions extends SecretSources {
  /** The file's name, for messages; relative paths in it start from its folder. */
  readonly fileName: string;
}

/**
 * Reads a configuration.
 *
 * @throws {ConfigError} If anything is wrong with it; no message has a secret in it.
 *
 * @example
 * ```ts
 * import { parseConfig } from "./load.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const text = `
 * [server]
 * domain = "keeper.home.example"
 * watch = ["home.example"]
 * [keeper]
 * ping_delay = "2m"
 * `;
 * const config = parseConfig(text, {
 *   fileName: "roomkeeper.toml",
 *   env: (name) => name === "ROOMKEEPER_SECRET" ? "a secret" : undefined,
 *   readSecret: Deno.readTextFileSync,
 * });
 * assertEquals(config.keeper.pingDelay, 120_000);
 * assertEquals(config.server.secret.reveal(), "a secret");
 * ```
 */
export function parseConfig(text: string, options: ParseOptions): Config {
  const document = parseDocument(text);
  const problems: Problem[] = [...document.problems];
  // After a syntax error nothing is known about the rest.
  if (problems.length > 0 && document.headers.length + document.entries.length === 0) {
    throw new ConfigError(options.fileName, problems);
  }
  const report: Report = (problem) => void problems.push(problem);

  refuseUnknownHeaders(document, report);
  const given = readEntries(document, dirname(options.fileName), report);
  takeSecrets(given, options, report);
  requireOptions(given, report);
  checkTogether(given, report);
  if (problems.length > 0) throw new ConfigError(options.fileName, problems);
  return toConfig(given);
}

function refuseUnknownHeaders(document: Document, report: Report): void {
  for (const header of document.headers) {
    const [section = "", ...rest] = header.path;
    if (!Object.hasOwn(sections, section)) {
      const hint = didYouMean(section, Object.keys(sections));
      report(at(header, `unknown section [${section}]${hint}`));
    } else if (rest.length > 0) {
      report(at(header, `[${section}] has no sections inside: [${header.path.join(".")}]`));
    }
  }
}

function readEntries(document: Document, folder: string, report: Report): Given {
  const given = new Given(document.headers, { folder });
  for (const entry of document.entries) {
    const [section = "", key] = entry.path;
    if (key === undefined) {
      report(at(entry, `"${section}" is not in a section${whereIs(section)}`));
      continue;
    }
    // An unknown section has been refused once, at its header; dotted keys have none.
    if (!Object.hasOwn(sections, section)) {
      if (!document.headers.some((header) => header.path[0] === section)) {
        const hint = didYouMean(section, Object.keys(sections));
        report(at(entry, `unknown section "${section}"${hint}`));
      }
      continue;
    }
    const { options } = sections[section]!;
    const name = entry.path.slice(1).join(".");
    if (!Object.hasOwn(options, name) || entry.path.length > 2) {
      const hint = whereIs(name) || didYouMean(name, Object.keys(options));
      report(at(entry, `unknown option "${name}" in [${section}]${hint}`));
      continue;
    }
    const value = readValue(options[key]!, entry.value, { name: key, folder, report });
    given.set(section, key, value, entry);
  }
  return given;
}

/** Points at the section that has an option of this name. */
function whereIs(key: string): string {
  const owner = Object.keys(sections).find((name) => Object.hasOwn(sections[name]!.options, key));
  return owner === undefined ? "" : `; it belongs in [${owner}]`;
}

function toConfig(given: Given): Config {
  const config = Object.entries(sections).map(([section, { options }]) => {
    const values = Object.keys(options).map((key) => [camel(key), given.get(section, key)]);
    return [section, Object.freeze(Object.fromEntries(values))];
  });
  return Object.freeze(Object.fromEntries(config)) as Config;
}
