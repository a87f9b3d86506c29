/**
 * Reads the command line.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { didYouMean } from "../config/suggest.ts";
import {
  type Command,
  type CommandName,
  commandNames,
  commandTable,
  findCommand,
  type Flag,
  type Given,
} from "./commands.ts";

/** A command with what it is given. */
export type Invocation = {
  readonly [Name in CommandName]: { readonly command: Name; readonly given: Given<Name> };
}[CommandName];

/** A command line that makes no sense; the message tells why, and what may have been meant. */
export class UsageError extends Error {
  /** `UsageError` */
  override readonly name = "UsageError";
  /** The command whose help would help, if it is known. */
  readonly command: CommandName | undefined;

  /** Makes the error. */
  constructor(message: string, command?: CommandName) {
    super(message);
    this.command = command;
  }
}

/**
 * Reads the arguments of the program. `--help` anywhere asks for help, `--version` for the version.
 *
 * @param args The arguments, as in `Deno.args`.
 * @param names The commands that there are.
 * @throws {UsageError} If a command, flag or value is unknown or missing.
 *
 * @example
 * ```ts
 * import { readArguments } from "./args.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(readArguments(["run", "-c", "keeper.toml"]), {
 *   command: "run",
 *   given: { config: "keeper.toml" },
 * });
 * assertEquals(readArguments(["run", "--help"]), { command: "help", given: { argument: "run" } });
 * ```
 */
export function readArguments(
  args: readonly string[],
  names: readonly CommandName[] = commandNames,
): Invocation {
  const [name, ...rest] = args;
  if (name === undefined) throw new UsageError("no command is given");
  if (name === "--help" || name === "-h") return help(rest.find((arg) => findCommand(arg, names)));
  if (name === "--version" || name === "-V") return { command: "version", given: {} };
  if (name.startsWith("-")) {
    throw new UsageError(`the command comes first, before ${name.replace(/=.*/s, "")}`);
  }
  const command = findCommand(name, names);
  if (command === undefined) {
    throw new UsageError(`unknown command "${name}"${didYouMean(name, names)}`);
  }
  const end = rest.indexOf("--");
  if (rest.slice(0, end < 0 ? undefined : end).some((arg) => arg === "--help" || arg === "-h")) {
    return help(command);
  }
  // The table of commands has it that these flags belong to this command.
  return { command, given: readFlags(command, rest) } as Invocation;
}

function help(topic: string | undefined): Invocation {
  return { command: "help", given: { argument: topic } };
}

type FlagToken = {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
};

function readFlags(name: CommandName, args: readonly string[]): Record<string, unknown> {
  const command: Command = commandTable[name];
  const { tokens } = parseArgs({
    args: [...args],
    options: parserOptions(command),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const given = defaults(command);
  const refuse = (message: string): never => {
    throw new UsageError(message, name);
  };
  for (const token of tokens) {
    if (token.kind === "option") {
      const flag = Object.hasOwn(command.flags, token.name) ? command.flags[token.name] : undefined;
      if (!flag) {
        const known = Object.keys(command.flags);
        const hint = didYouMean(token.name, known).replace(/"(.*)"/, "--$1");
        return refuse(`roomkeeper ${name} has no flag ${token.rawName}${hint}`);
      }
      const value = readValue(flag, token, refuse);
      given[token.name] = flag.type === "texts" ? [...given[token.name] as string[], value] : value;
    } else if (token.kind === "positional") {
      if (command.argument === undefined || given.argument !== undefined) {
        return refuse(`roomkeeper ${name} takes no argument such as "${token.value}"`);
      }
      given.argument = token.value;
    }
  }
  return given;
}

function parserOptions({ flags }: Command) {
  return Object.fromEntries(
    Object.entries(flags).map(([key, { type, short }]) => [key, {
      type: type === "switch" ? "boolean" as const : "string" as const,
      multiple: true,
      ...short === undefined ? {} : { short },
    }]),
  );
}

function defaults({ flags, argument }: Command): Record<string, unknown> {
  const given: Record<string, unknown> = argument === undefined ? {} : { argument: undefined };
  for (const [key, flag] of Object.entries(flags)) {
    given[key] = flag.type === "switch"
      ? false
      : flag.type === "texts"
      ? []
      : flag.type === "text"
      ? flag.default
      : undefined;
  }
  return given;
}

function readValue(flag: Flag, token: FlagToken, refuse: (message: string) => never): unknown {
  const { rawName, value, inlineValue } = token;
  if (flag.type === "switch") {
    return value === undefined || refuse(`${rawName} takes no value, but got "${value}"`);
  }
  const forgotten = value === undefined || value === "" || !inlineValue && value.startsWith("-");
  if (forgotten) return refuse(`${rawName} needs a value: ${rawName} ${placeholder(flag)}`);
  if (flag.type === "choice" && !flag.choices.includes(value)) {
    const hint = didYouMean(value, flag.choices);
    return refuse(`${rawName} must be ${placeholder(flag)}, not "${value}"${hint}`);
  }
  if (flag.type !== "integer") return value;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
  if (number >= flag.min && number <= flag.max) return number;
  return refuse(
    `${rawName} must be a whole number from ${flag.min} to ${flag.max}, not "${value}"`,
  );
}

/** What stands for a flag's value in the help. */
export function placeholder(flag: Flag): string {
  switch (flag.type) {
    case "switch":
      return "";
    case "choice":
      return flag.choices.join("|");
    default:
      return flag.value;
  }
}
