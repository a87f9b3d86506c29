/**
 * The command line: finds the command's handler and turns what goes wrong into a message and an
 * exit code.
 *
 * @module
 */
import { Command, CommanderError } from "@commander-js/extra-typings";
import { ConfigError, ConfigFileError } from "../config/problem.ts";
import { StoreError } from "../store/errors.ts";
import { type CommandName, commandNames, type Given, makeCommand } from "./commands.ts";
import { exitCodes, HELP_WIDTH, section } from "./help.ts";
import { programName } from "./program_name.ts";
import { type Terminal, terminal as ownTerminal } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

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

/** Flags that stand for a command. */
const COMMAND_OF_FLAG: ReadonlyMap<string, string> = new Map([
  ["-h", "help"],
  ["--help", "help"],
  ["-v", "version"],
  ["-V", "version"],
  ["--version", "version"],
]);

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
  };
  const root = rootCommand(terminal);
  let code = 0;
  for (const name of commandNames) {
    const load = handlers[name];
    if (load === undefined) continue;
    const command = makeCommand(name).copyInheritedSettings(root).action(async (given) => {
      // The flags of this command are what its handler takes.
      const handler = await load() as Handler<CommandName>;
      code = await handler(given as Given<CommandName>, terminal);
    });
    root.addCommand(command);
  }
  try {
    await root.parseAsync(commandFirst(args, root), { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return explain(error, terminal);
    if (error.exitCode === 0) return 0;
    // Without a command the help has been printed.
    if (error.code === "commander.help") return 2;
    return explain(usageError(error, commandNames.find((name) => name === args[0])), terminal);
  }
}

/** The program, without its commands. */
function rootCommand(terminal: Terminal): Command {
  return new Command("roomkeeper")
    .description(
      "Roomkeeper keeps the users of an XMPP server in their chat rooms: when the link to a " +
        "room's server is lost it verifies who is still in, and brings back those who are not.",
    )
    .usage("COMMAND [options]")
    .option("-v, --version", "tell the version")
    .helpOption("-h, --help", "explain a command")
    .helpCommand("help [COMMAND]", "explain a command")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.complain(text.trimEnd()),
      outputError: () => {},
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText(
      "after",
      [
        section("First steps", [
          ["roomkeeper demo", "see what it does"],
          ["roomkeeper init", "write a configuration, and the lines for your server"],
          ["roomkeeper check", "try it, and be told what is missing"],
          ["roomkeeper run", "start"],
        ]),
        section("Environment", [
          ["ROOMKEEPER_SECRET", "the component's secret; wins over the configuration file"],
          ["NO_COLOR", "no colours, if set"],
        ]),
        exitCodes(),
        "",
        "roomkeeper COMMAND --help explains a command.",
      ].join("\n"),
    ) as Command;
}

/** The arguments with the command that a flag stands for; what can't be explained is unknown. */
function commandFirst([first, ...rest]: readonly string[], root: Command): string[] {
  if (first === undefined) return [];
  const name = COMMAND_OF_FLAG.get(first) ?? first;
  const [topic] = rest;
  const unknown = topic !== undefined && !root.commands.some((known) => known.name() === topic);
  return name === "help" && unknown ? [topic] : [name, ...rest];
}

function usageError({ message }: CommanderError, command: CommandName | undefined): UsageError {
  const text = message.replace(/^error: /, "").replace(
    /\n\(Did you mean (.*)\)$/s,
    "; did you mean $1",
  );
  return new UsageError(text, command);
}

function explain(error: unknown, terminal: Terminal): number {
  if (error instanceof ConfigError) {
    terminal.complain(error.message);
    return 2;
  }
  terminal.complain(`roomkeeper: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof UsageError) {
    const command = error.command === undefined ? "" : `${error.command} `;
    terminal.complain(`Try: ${programName()} ${command}--help`);
    return 2;
  }
  if (error instanceof StoreError) return error.lasting ? 2 : 1;
  const restartHelps =
    !(error instanceof ConfigFileError || error instanceof Deno.errors.NotCapable);
  return restartHelps ? 1 : 2;
}
