/** How tests run the real program: what it is started with, and what its log says. */

import { join } from "node:path";
import { stringify } from "@std/toml/stringify";

const ROOT = join(import.meta.dirname!, "../..");

/** What Deno is started with for one of the program's commands; `flags` say what it may do. */
export function programArgs(flags: readonly string[], ...command: readonly string[]): string[] {
  return [
    ...["run", "--quiet", "--no-prompt", "--cached-only", "--no-check"],
    ...["--config", join(ROOT, "deno.json"), ...flags, join(ROOT, "main.ts"), ...command],
  ];
}

/** Writes a configuration, by section. */
export function writeConfig(path: string, sections: Readonly<Record<string, object>>): void {
  Deno.writeTextFileSync(path, stringify(sections), { mode: 0o600 });
}

/** One line of its log. */
export interface LogLine {
  /** Such as `info`; empty if the line is no JSON: an error that nobody has caught. */
  readonly level: string;
  /** The text. */
  readonly message: string;
  /** The fields. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Reads a line of its log. */
export function parseLine(line: string): LogLine {
  try {
    const { level = "", message = "", properties = {} } = JSON.parse(line);
    return { level: String(level).toLowerCase(), message: String(message), properties };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { level: "", message: line, properties: {} };
  }
}
