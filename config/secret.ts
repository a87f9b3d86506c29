/**
 * A secret that can't be printed by mistake.
 *
 * @module
 */

/**
 * Holds a secret so that printing, logging or serialising it (or whatever contains it) shows
 * `[secret]`; only {@linkcode Secret.reveal} gives the value.
 */
export class Secret {
  readonly #value: string;

  /** Wraps `value`. */
  constructor(value: string) {
    this.#value = value;
    Object.freeze(this);
  }

  /** The value itself. */
  reveal(): string {
    return this.#value;
  }

  /** `[secret]`, for templates and concatenation. */
  toString(): string {
    return "[secret]";
  }

  /** `[secret]`, for JSON. */
  toJSON(): string {
    return "[secret]";
  }
}
