/**
 * What commands print to and ask.
 *
 * @module
 */

/** Where a command talks to whoever runs it. */
export interface Terminal {
  /** Prints a result, to standard output. */
  print(text: string): void;
  /** Prints what went wrong or what happens meanwhile, to standard error. */
  complain(text: string): void;
  /** Whether somebody is there to answer. */
  readonly interactive: boolean;
  /**
   * Asks a question, with the suggestion in brackets: an empty line takes it.
   *
   * @param question Without mark or line end.
   * @param suggestion The answer if none is typed.
   * @returns What was typed, trimmed, or `undefined` if the input has ended.
   */
  ask(question: string, suggestion: string): string | undefined;
}

/** The terminal that the program was started from. */
export const terminal: Terminal = {
  print: (text) => console.log(text),
  complain: (text) => console.error(text),
  get interactive() {
    return Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  },
  ask(question, suggestion) {
    // A default of prompt() stands in the line already, so that what is typed is added to it.
    const shown = suggestion === "" ? "" : ` [${suggestion}]`;
    const typed = prompt(`${question}${shown}:`)?.trim();
    return typed === "" ? suggestion : typed;
  },
};
