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
   * Asks a question.
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
  ask: (question, suggestion) => prompt(`${question}:`, suggestion)?.trim(),
};
