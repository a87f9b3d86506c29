/**
 * The command line: finds the command's handler and turns what goes wrong into a message and an
 * exit code.
 *
 * @module
 */
import { ConfigError, ConfigFileError } from "../config/problem.ts";
import { StoreError } from "../store/errors.ts";
import { readArguments, UsageError } from "./args.ts";
import { type CommandName, commandNames, findCommand, type Given } from "./commands.ts";
import { didYouMean } from "../config/suggest.ts";
import { commandHelp, programHelp } from "./help.ts";
import { type Terminal, terminal as ownTerminal } from "./terminal.ts";

/** Carries out a command and returns the exit code. */
export type Handler<Name extends CommandName> = (
  given: Given<Name>,
  terminal: Terminal,
) => number | Promise<number>;

/** Loads a handler only when its command is given, so that others start fast. */
export type Handlers<Names extends CommandName> = {
  readonly [Name in Names]: () => Promise<Handler<Name>>;
};

/** The commands that start the program's parts; whoever puts it together brings their handlers. */
export type ProgramCommand = "run" | "check" | "demo" | "status";

/** Their handlers. A command without one is as if it didn't exist. */
export type ProgramHandlers = Partial<Handlers<ProgramCommand>>;

/**
 * Runs the command line.
 *
 * @param args The arguments, as in `Deno.args`.
 * @param program Handlers for the commands that start the program's parts.
 * @param terminal Where to print and ask.
 * @returns The exit code: 0, 1, or 2 as `--help` tells. Never rejects.
 */
export async function main(
  args: readonly string[],
  program: ProgramHandlers,
  terminal: Terminal = ownTerminal,
): Promise<number> {
  const handlers: Partial<Handlers<CommandName>> = {
    ...program,
    init: async () => (await import("./init.ts")).init,
    version: async () => (await import("./version.ts")).version,
    help: () => Promise.resolve((given, terminal) => help(given, terminal, names)),
  };
  const names = commandNames.filter((name) => handlers[name] !== undefined);
  try {
    const { command, given } = readArguments(args, names);
    const handler = await handlers[command]!() as Handler<CommandName>;
    return await handler(given, terminal);
  } catch (error) {
    if (args.length === 0) terminal.complain(programHelp(names));
    return explain(error, terminal);
  }
}

function help(
  { argument }: Given<"help">,
  terminal: Terminal,
  names: readonly CommandName[],
): number {
  const topic = findCommand(argument, names);
  if (argument !== undefined && topic === undefined) {
    const hint = didYouMean(argument, names);
    throw new UsageError(`there is no command "${argument}" to explain${hint}`);
  }
  terminal.print((topic === undefined ? programHelp(names) : commandHelp(topic)).trimEnd());
  return 0;
}

function explain(error: unknown, terminal: Terminal): number {
  if (error instanceof ConfigError) {
    terminal.complain(error.message);
    return 2;
  }
  terminal.complain(`roomkeeper: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof UsageError) {
    const command = error.command === undefined ? "" : `${error.command} `;
    terminal.complain(`Try: roomkeeper ${command}--help`);
    return 2;
  }
  if (error instanceof StoreError) return error.lasting ? 2 : 1;
  const restartHelps =
    !(error instanceof ConfigFileError || error instanceof Deno.errors.NotCapable);
  return restartHelps ? 1 : 2;
}
