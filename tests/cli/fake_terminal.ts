import type { Terminal } from "../../cli/terminal.ts";

/** A terminal that keeps what is printed and types what it is given, then ends its input. */
export class FakeTerminal implements Terminal {
  /** What was printed. */
  out = "";
  /** What was complained. */
  err = "";
  /** The questions, with their suggestions. */
  readonly asked: [question: string, suggestion: string][] = [];
  readonly #answers: string[] | undefined;

  /** Interactive if there are answers; the answer "" takes the suggestion. */
  constructor(answers?: readonly string[]) {
    this.#answers = answers && [...answers];
  }

  get interactive(): boolean {
    return this.#answers !== undefined;
  }

  print(text: string): void {
    this.out += `${text}\n`;
  }

  complain(text: string): void {
    this.err += `${text}\n`;
  }

  ask(question: string, suggestion: string): string | undefined {
    this.asked.push([question, suggestion]);
    const answer = this.#answers?.shift();
    return answer === "" ? suggestion : answer;
  }
}
