/**
 * Writes admin/assets.ts from the files in admin/page, so that Roomkeeper needs no permission to
 * read a file to show its pages, and can be compiled into one. With `--check` it writes nothing and
 * fails if the committed file is not what it would write.
 *
 * @module
 */

const folder = new URL("../admin/page/", import.meta.url);
const target = new URL("../admin/assets.ts", import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
const entries: string[] = [];
for (const name of names) {
  const type = TYPES[name.slice(name.lastIndexOf(".") + 1)];
  if (type === undefined) throw new Error(`admin/page/${name} has no type that a page could need`);
  const body = await Deno.readTextFile(new URL(name, folder));
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
  const tag = `"${new Uint8Array(hash).toHex().slice(0, 16)}"`;
  const fields = { type, tag, body };
  const lines = Object.entries(fields).map(([key, text]) => `    ${key}: ${literal(text)},`);
  entries.push(`  "/assets/${name}": {\n${lines.join("\n")}\n  },`);
}

function literal(text: string): string {
  if (!text.includes("\n")) return JSON.stringify(text);
  return `\`${text.replaceAll(/[\\`]|\$\{/g, "\\$&")}\``;
}

const generated = `/**
 * What the pages need, by path.
 * Made from admin/page by \`deno task build:page\`; do not edit.
 *
 * @module
 */

/** A file that a page needs. */
export interface Asset {
  /** Its media type. */
  readonly type: string;
  /** Its entity tag, which changes with it. */
  readonly tag: string;
  /** Itself. */
  readonly body: string;
}

/** The files that pages need, by path. */
// deno-fmt-ignore
export const ASSETS: Readonly<Record<string, Asset>> = {
${entries.join("\n")}
};
`;

if (Deno.args.includes("--check")) {
  if (await Deno.readTextFile(target).catch(() => "") !== generated) {
    console.error("admin/assets.ts is not what admin/page has: run deno task build:page");
    Deno.exit(1);
  }
} else {
  await Deno.writeTextFile(target, generated);
}
