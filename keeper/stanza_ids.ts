/**
 * Ids of the stanzas that we send in the users' names.
 *
 * @module
 */
import { encodeBase64Url } from "@std/encoding";

/**
 * Makes ids with a common prefix of 120 random bits, by which the plugins know the answers. They
 * look alike to nobody else: a room learns only ids of questions that it was asked itself.
 */
export class StanzaIds {
  /** What all the ids begin with. */
  readonly prefix: string;
  #count = 0;

  /** Makes a new prefix, from `random` bytes. */
  constructor(random: Uint8Array = crypto.getRandomValues(new Uint8Array(15))) {
    this.prefix = `rk-${encodeBase64Url(random)}-`;
  }

  /** The next id. */
  next(): string {
    return this.prefix + (this.#count++).toString(36);
  }
}
