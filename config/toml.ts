/**
 * A TOML text as sections of options, each with its place in the text.
 *
 * @module
 */
import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import type { Place, Problem } from "./problem.ts";

/** A value, with its place in the text. */
export type TomlValue =
  & Place
  & (
    | { readonly kind: "string"; readonly value: string }
    | { readonly kind: "integer" | "float"; readonly value: number; readonly source: string }
    | { readonly kind: "boolean"; readonly value: boolean }
    | { readonly kind: "date"; readonly source: string }
    | { readonly kind: "list"; readonly items: readonly TomlValue[] }
    | { readonly kind: "table" }
  );

/** One `key = value`. */
export interface Entry extends Place {
  /** Section, key, and what follows where keys are nested deeper. */
  readonly path: readonly string[];
  /** The value, which has a place of its own. */
  readonly value: TomlValue;
}

/** One `[section]`, also an empty one. */
export interface Header extends Place {
  /** The section's name, and what follows where it has dots. */
  readonly path: readonly string[];
}

/** A parsed configuration file. */
export interface Document {
  /** The options, in order; `[a]` with `b = 1`, `a.b = 1` and `a = { b = 1 }` are the same. */
  readonly entries: readonly Entry[];
  /** The sections' headers, in order. */
  readonly headers: readonly Header[];
  /** A syntax error (then there is nothing else), and tables that Roomkeeper has no use for. */
  readonly problems: readonly Problem[];
}

/** Parses TOML 1.0. Never throws. */
export function parseDocument(text: string): Document {
  try {
    return collect(parseTOML(text));
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const problem = {
      line: error.lineNumber,
      column: error.column + 1,
      message: `this is not TOML: ${error.message.charAt(0).toLowerCase()}${
        error.message.slice(1)
      }`,
    };
    return { entries: [], headers: [], problems: [problem] };
  }
}

function collect(program: AST.TOMLProgram): Document {
  const entries: Entry[] = [];
  const headers: Header[] = [];
  const problems: Problem[] = [];

  function add(above: readonly string[], { key, value }: AST.TOMLKeyValue): void {
    const path = [...above, ...names(key)];
    if (value.type !== "TOMLInlineTable") {
      entries.push({ path, value: convert(value), ...placeOf(key) });
      return;
    }
    headers.push({ path, ...placeOf(key) });
    for (const inner of value.body) add(path, inner);
  }

  for (const node of program.body[0].body) {
    if (node.type === "TOMLKeyValue") {
      add([], node);
      continue;
    }
    const path = names(node.key);
    if (node.kind === "array") {
      const name = path.join(".");
      const message = `[[${name}]] is a list of tables, which has no meaning here; write [${name}]`;
      problems.push({ message, ...placeOf(node) });
      continue;
    }
    headers.push({ path, ...placeOf(node) });
    for (const inner of node.body) add(path, inner);
  }
  return { entries, headers, problems };
}

function names(key: AST.TOMLKey): string[] {
  return key.keys.map((part) => part.type === "TOMLBare" ? part.name : part.value);
}

function convert(node: AST.TOMLContentNode): TomlValue {
  const place = placeOf(node);
  if (node.type === "TOMLInlineTable") return { kind: "table", ...place };
  if (node.type === "TOMLArray") {
    return { kind: "list", items: node.elements.map(convert), ...place };
  }
  switch (node.kind) {
    case "string":
      return { kind: node.kind, value: node.value, ...place };
    case "boolean":
      return { kind: node.kind, value: node.value, ...place };
    case "integer":
    case "float":
      return { kind: node.kind, value: node.value, source: node.number, ...place };
    default:
      return { kind: "date", source: node.datetime, ...place };
  }
}

function placeOf(node: AST.TOMLNode): Place {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}
