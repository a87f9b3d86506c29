/**
 * Questions to whoever runs a command, each of which a flag can answer beforehand.
 *
 * @module
 */
import { FormatError } from "../config/formats.ts";
import type { CommandName } from "./commands.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

/** A question. */
export interface Question<Value> {
  /** The flag that answers it. */
  readonly flag: string;
  /** The question, without mark or line end. */
  readonly text: string;
  /** The answer if none is given; empty if one is needed. */
  readonly suggestion: string;
  /**
   * Reads an answer.
   *
   * @throws {FormatError} If it is none.
   */
  readonly read: (text: string) => Value;
}

/** Thrown when the input ends before the last answer. */
export class InputEnded extends Error {
  /** `InputEnded` */
  override readonly name = "InputEnded";

  /** Makes the error. */
  constructor() {
    super("the input ended before the last answer; nothing was written");
  }
}

/**
 * The answer to a question: what the flag told, else what is typed (asked until it makes sense),
 * else, with nobody there to ask, the suggestion.
 *
 * @throws {UsageError} If what the flag told is no answer, or there is no other.
 * @throws {InputEnded} If the input ends.
 */
export function answer<Value>(
  command: CommandName,
  { flag, text, suggestion, read }: Question<Value>,
  told: string | undefined,
  terminal: Terminal,
): Value {
  const given = told ?? (terminal.interactive ? undefined : suggestion);
  for (;;) {
    const typed = given ?? terminal.ask(text, suggestion);
    if (typed === undefined) throw new InputEnded();
    try {
      return read(typed);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      if (given !== undefined) throw new UsageError(`--${flag} ${error.message}`, command);
      terminal.complain(`It ${error.message}.`);
    }
  }
}
