/**
 * What is wrong with a configuration file, and where.
 *
 * @module
 */

/** A place in the configuration file. */
export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** One thing that is wrong. It never quotes a secret. */
export interface Problem extends Place {
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** Takes what is wrong. */
export type Report = (problem: Problem) => void;

/** A problem at a place. */
export function at({ line, column }: Place, message: string): Problem {
  return { line, column, message };
}

/** A configuration that can't be used, with everything that is wrong with it. */
export class ConfigError extends Error {
  /** `ConfigError` */
  override readonly name = "ConfigError";
  /** All of it, in the order of the file. */
  readonly problems: readonly Problem[];

  /** The message has a line `file:line:column: what is wrong` for each problem. */
  constructor(fileName: string, problems: readonly Problem[]) {
    const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    super(
      sorted.map((p) => `${fileName}:${p.line}:${p.column}: ${p.message}`).join("\n"),
    );
    this.problems = sorted;
  }
}

/** A configuration file that can't be read. */
export class ConfigFileError extends Error {
  /** `ConfigFileError` */
  override readonly name = "ConfigFileError";
}
