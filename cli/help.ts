/**
 * The texts of `--help`.
 *
 * @module
 */
import { placeholder } from "./args.ts";
import { type CommandName, commandNames, commandTable, exitCodes, type Flag } from "./commands.ts";

const WIDTH = 80;

/** The help of the whole program, with the commands that there are. */
export function programHelp(names: readonly CommandName[] = commandNames): string {
  return page(
    "Roomkeeper keeps the users of an XMPP server in their chat rooms: when the link to a room's " +
      "server is lost it verifies who is still in, and tells the clients of those who are not.",
    [
      ["Usage", ["roomkeeper COMMAND [FLAGS]"]],
      [
        "Commands",
        columns(names.map((name) => [name, commandTable[name].summary])),
      ],
      [
        "First steps",
        columns([
          ["roomkeeper demo", "see what it does"],
          ["roomkeeper init", "write a configuration, and the lines for your server"],
          ["roomkeeper check", "try it, and be told what is missing"],
          ["roomkeeper run", "start"],
        ]),
      ],
      [
        "Environment",
        columns([
          ["ROOMKEEPER_SECRET", "the component's secret; wins over the configuration file"],
          ["NO_COLOR", "no colours, if set"],
        ]),
      ],
      ["Exit codes", columns(Object.entries(exitCodes))],
    ],
    "roomkeeper COMMAND --help explains a command.",
  );
}

/** The help of one command. */
export function commandHelp(name: CommandName): string {
  const { about, flags, argument, examples, exits } = commandTable[name];
  const hasFlags = Object.keys(flags).length > 0;
  const usage = `roomkeeper ${name}${hasFlags ? " [FLAGS]" : ""}${
    argument ? ` [${argument}]` : ""
  }`;
  return page(about.join("\n"), [
    ["Usage", [usage]],
    ["Flags", columns(Object.entries(flags).map(([key, flag]) => flagHelp(key, flag)))],
    ["Examples", columns(examples)],
    ["Exit codes", columns(Object.entries({ ...exitCodes, ...exits }))],
  ]);
}

function flagHelp(key: string, flag: Flag): readonly [string, string] {
  const short = flag.short === undefined ? "    " : `-${flag.short}, `;
  const standard = flag.type === "text" && flag.default !== undefined
    ? ` Default: ${flag.default}.`
    : "";
  return [`${short}--${key} ${placeholder(flag)}`.trimEnd(), `${flag.doc}${standard}`];
}

type Part = readonly [title: string, lines: readonly string[]];

function page(about: string, parts: readonly Part[], end?: string): string {
  const blocks = parts.filter(([, lines]) => lines.length > 0).map(([title, lines]) =>
    [`${title}:`, ...lines.map((line) => `  ${line}`)].join("\n")
  );
  const paragraphs = about.split("\n").map((text) => wrap(text, WIDTH).join("\n"));
  return [...paragraphs, ...blocks, ...end === undefined ? [] : [end]].join("\n\n") + "\n";
}

/** Two columns; where the left one is too wide its text goes below. */
function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const widest = Math.max(0, ...rows.map(([left]) => left.length));
  const gap = Math.min(widest, 26) + 2;
  return rows.flatMap(([left, right]) => {
    const text = wrap(right, WIDTH - 2 - gap);
    const indented = text.map((line) => " ".repeat(gap) + line);
    if (right === "") return [left];
    if (left.length > gap - 2) return [left, ...indented];
    return [left.padEnd(gap) + text[0], ...indented.slice(1)];
  });
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}
