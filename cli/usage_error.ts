/**
 * What is wrong with a command line.
 *
 * @module
 */
import type { CommandName } from "./commands.ts";

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
