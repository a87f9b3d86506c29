/**
 * The flags that commands have, and how their values are read.
 *
 * @module
 */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";

/**
 * A flag that takes a text.
 *
 * @param names Its names and what stands for its value, such as `-c, --config <FILE>`.
 * @param doc What it does, in a sentence.
 */
export function text<Names extends string>(names: Names, doc: string) {
  return new Option(names, doc).argParser(readText);
}

/** A flag that takes a text and can be repeated. */
export function texts<Names extends string>(names: Names, doc: string) {
  return new Option(names, doc)
    .argParser((value, all: readonly string[] | undefined) => [...all ?? [], readText(value)]);
}

/** A flag that takes a port. */
export function port<Names extends string>(names: Names, doc: string) {
  return new Option(names, doc).argParser((value) => {
    const number = /^\d{1,5}$/.test(value) ? Number(value) : 0;
    if (number >= 1 && number <= 65_535) return number;
    throw new InvalidArgumentError("It must be a whole number from 1 to 65535.");
  });
}

/** The flag that names the configuration file. */
export function config() {
  return text("-c, --config <FILE>", "The configuration file.").default("roomkeeper.toml");
}

/** A value that was forgotten must not be read from the next flag. */
function readText(value: string): string {
  if (value !== "" && !value.startsWith("-")) return value;
  throw new InvalidArgumentError("Its value is missing.");
}
