import { join, relative } from "node:path";

/** The folder of the project. */
export const ROOT: string = join(import.meta.dirname!, "../..");

/** One document. */
export interface Document {
  /** Its path in the project. */
  readonly path: string;
  /** Its text. */
  readonly text: string;
}

/** A block of code in a document. */
export interface CodeBlock {
  /** The path of the document. */
  readonly path: string;
  /** What follows the fence; empty for an indented block. */
  readonly language: string;
  /** The code, without the indentation of the block. */
  readonly code: string;
}

const PLACES = ["", "docs", "packaging", "servers/prosody", "servers/ejabberd", "bench", "admin"];

/** Every document of the project. */
export function documents(): Document[] {
  return PLACES.flatMap((place) => {
    const folder = join(ROOT, place);
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    return names.filter((name) => name.endsWith(".md")).map((name) => {
      const path = relative(ROOT, join(folder, name));
      return { path, text: Deno.readTextFileSync(join(ROOT, path)) };
    });
  });
}

/** The blocks of code of a document, fenced and indented ones. */
export function codeBlocks({ path, text }: Document): CodeBlock[] {
  const fence = /^( *)```([^\n]*)\n(.*?)^\1```$/gms;
  const fenced = [...text.matchAll(fence)].map(([, indent, language, code]) => ({
    path,
    language: language!.trim(),
    code: code!.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
  const indented = text.replaceAll(fence, "").matchAll(/(?<=\n\n)(?: {4}.*\n)+/g);
  return [
    ...fenced,
    ...[...indented].map(([code]) => ({
      path,
      language: "",
      code: code.replaceAll(/^ {4}/gm, ""),
    })),
  ];
}

/** The commands of a document that are meant for a shell, one by one, without their line breaks. */
export function commands(document: Document): string[] {
  return codeBlocks(document)
    .filter(({ language }) => ["", "sh", "bash", "console", "shell"].includes(language))
    .flatMap(({ code }) => code.replaceAll(/\s*\\\n\s*/g, " ").split("\n"))
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
