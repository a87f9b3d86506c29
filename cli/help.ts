/**
 * What `--help` tells besides usage, commands and flags.
 *
 * @module
 */
import { Help } from "@commander-js/extra-typings";

/** The width of the help. */
export const HELP_WIDTH = 80;

/** Two columns. */
export type Rows = readonly (readonly [left: string, right: string])[];

/** A section with two columns. */
export function section(title: string, rows: Rows): string {
  const help = new Help();
  help.helpWidth = HELP_WIDTH;
  const width = Math.max(...rows.map(([left]) => left.length));
  const items = rows.map(([left, right]) => help.formatItem(left, width, right, help));
  return ["", `${title}:`, ...items].join("\n");
}

/** A section with uses worth showing, and what each does below it. */
export function exampleSection(rows: Rows): string {
  const lines = rows.flatMap(([use, what]) => [`  ${use}`, ...what ? [`      ${what}`] : []]);
  return ["", "Examples:", ...lines].join("\n");
}

/**
 * The section with the exit codes.
 *
 * @param own What they mean of this command, where that says more than what they mean of all.
 */
export function exitCodes(own: Readonly<Record<number, string>> = {}): string {
  const meanings = {
    0: "done, and all is well",
    1: "it went wrong, as the message says",
    2: "the command line or the configuration is wrong: starting again doesn't help",
    ...own,
  };
  return section("Exit codes", Object.entries(meanings));
}
