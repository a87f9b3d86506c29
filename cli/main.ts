/**
 * The command line: finds the command's handler and turns what goes wrong into a message and an
 * exit code.
 *
 * @module
 */
import { ConfigError, ConfigFileError } from "../config/problem.ts";
import { readArguments, UsageError } from "./args.ts";
import { type CommandName, commandTable, type Given, isCommand } from "./commands.ts";
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
export type ProgramHandlers = Handlers<"run" | "check" | "demo" | "status">;

/** The other commands. */
const builtIn: Handlers<Exclude<CommandName, keyof ProgramHandlers>> = {
  init: async () => (await import("./init.ts")).init,
  version: async () => (await import("./version.ts")).version,
  help: () => Promise.resolve(help),
};

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
  const handlers: Handlers<CommandName> = { ...program, ...builtIn };
  try {
    const { command, given } = readArguments(args);
    const handler = await handlers[command]() as Handler<CommandName>;
    return await handler(given, terminal);
  } catch (error) {
    return explain(error, args, terminal);
  }
}

function explain(error: unknown, args: readonly string[], terminal: Terminal): number {
  if (error instanceof UsageError) {
    terminal.complain(`roomkeeper: ${error.message}\n`);
    terminal.complain(
      args.length === 0
        ? programHelp()
        : `Try: roomkeeper ${error.command === undefined ? "" : `${error.command} `}--help`,
    );
    return 2;
  }
  if (error instanceof ConfigError) {
    terminal.complain(error.message);
    return 2;
  }
  terminal.complain(`roomkeeper: ${error instanceof Error ? error.message : String(error)}`);
  const restartHelps =
    !(error instanceof ConfigFileError || error instanceof Deno.errors.NotCapable);
  return restartHelps ? 1 : 2;
}

function help({ argument }: Given<"help">, terminal: Terminal): number {
  if (argument === undefined) {
    terminal.print(programHelp().trimEnd());
  } else if (isCommand(argument)) {
    terminal.print(commandHelp(argument).trimEnd());
  } else {
    const hint = didYouMean(argument, Object.keys(commandTable));
    throw new UsageError(`there is no command "${argument}" to explain${hint}`);
  }
  return 0;
}
