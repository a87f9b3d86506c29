/**
 * What a configuration file gives, option by option, on the way to a {@linkcode Config}.
 *
 * @module
 */
import { type FormatContext, formats } from "./formats.ts";
import type { Place } from "./problem.ts";
import { sections } from "./schema.ts";
import type { Header } from "./toml.ts";

/** Values by section and key, with their places in the file. */
export class Given {
  readonly #values = new Map<string, { value: unknown; place: Place }>();
  readonly #headers: readonly Header[];
  readonly #context: FormatContext;

  /** Starts with no value. */
  constructor(headers: readonly Header[], context: FormatContext) {
    this.#headers = headers;
    this.#context = context;
  }

  /** Notes what the file says; `undefined` if it is wrong. */
  set(section: string, key: string, value: unknown, place: Place): void {
    this.#values.set(`${section}.${key}`, { value, place });
  }

  /** Whether the option is in the file, right or wrong. */
  has(section: string, key: string): boolean {
    return this.#values.has(`${section}.${key}`);
  }

  /** The value or the default; `undefined` if it is wrong, or missing without default. */
  get(section: string, key: string): unknown {
    const given = this.#values.get(`${section}.${key}`);
    if (given) return given.value;
    const option = sections[section]!.options[key]!;
    if (!("default" in option)) return undefined;
    if (option.type === "duration") return option.default * 1000;
    if (option.type !== "text" || !option.format) return option.default;
    return formats[option.format](option.default ?? "", this.#context);
  }

  /** Where the option is, or should be. */
  place(section: string, key: string): Place {
    return this.#values.get(`${section}.${key}`)?.place ??
      this.#headers.find((header) => header.path.length === 1 && header.path[0] === section) ??
      { line: 1, column: 1 };
  }
}
