/**
 * What one configuration option is, as data, and the TypeScript type its value has.
 *
 * @module
 */
import type { Secret } from "./secret.ts";

/** What every option has. */
export interface OptionBase {
  /** What it does, in a sentence or two of Markdown. */
  readonly doc: string;
  /** Set where Roomkeeper can't run without it; such an option has an example, not a default. */
  readonly required?: true;
  /** A likely value, as TOML, where the default says little or there is none. */
  readonly example?: string;
}

/** How a text must look; see {@linkcode formats}. */
export type TextFormat = "host" | "domain" | "jid" | "listen" | "path";

/** One option: its type, default and range. */
export type Option =
  & OptionBase
  & (
    | { readonly type: "text"; readonly format?: TextFormat; readonly default?: string }
    | { readonly type: "texts"; readonly format?: TextFormat; readonly default?: readonly string[] }
    | {
      readonly type: "integer";
      readonly default: number;
      readonly min: number;
      readonly max: number;
      /** What is counted. */
      readonly unit?: string;
    }
    | {
      readonly type: "integers";
      readonly default: readonly number[];
      readonly min: number;
      readonly max: number;
    }
    | {
      readonly type: "duration";
      /** In seconds, as are `min` and `max`. */
      readonly default: number;
      readonly min: number;
      readonly max: number;
      /** What 0 means, where 0 is allowed although it is below `min`. */
      readonly zero?: string;
    }
    | { readonly type: "choice"; readonly choices: readonly string[]; readonly default: string }
    | { readonly type: "boolean"; readonly default: boolean }
    | { readonly type: "secret" }
  );

/** One `[section]` of the configuration file. */
export interface Section {
  /** What its options are about. */
  readonly doc: string;
  /** The options, by the name they have in the file. */
  readonly options: Readonly<Record<string, Option>>;
}

/** `ping_delay` to `pingDelay`, as a type. */
export type Camel<Key extends string> = Key extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Key;

/** `ping_delay` to `pingDelay`: the name that an option of the file has in {@linkcode Config}. */
export function camel<Key extends string>(key: Key): Camel<Key> {
  return key.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()) as Camel<Key>;
}

/** The type of an option's value once read: durations are milliseconds. */
export type ValueOf<O> = O extends { type: "text" } ? string
  : O extends { type: "texts" } ? readonly string[]
  : O extends { type: "integer" | "duration" } ? number
  : O extends { type: "integers" } ? readonly number[]
  : O extends { type: "choice"; choices: readonly (infer Choice)[] } ? Choice
  : O extends { type: "boolean" } ? boolean
  : O extends { type: "secret"; required: true } ? Secret
  : O extends { type: "secret" } ? Secret | undefined
  : never;
