/**
 * Writes xml/sax_wasm_binary.ts from the npm package sax-wasm that import_map.json pins, so that
 * Roomkeeper needs no permission to read a file when it parses. With `--check` it writes nothing
 * and fails if the committed file is not what it would write.
 *
 * @module
 */

// Imported only so that its place on the disk can be resolved below.
import "sax-wasm";

const target = new URL("../xml/sax_wasm_binary.ts", import.meta.url);
const packageRoot = new URL("../../", import.meta.resolve("sax-wasm"));

const { version } = JSON.parse(await Deno.readTextFile(new URL("package.json", packageRoot)));
const licence = await Deno.readTextFile(new URL("LICENSE", packageRoot));
const binary = await Deno.readFile(new URL("lib/sax-wasm.wasm", packageRoot));

const lines = binary.toBase64().match(/.{1,100}/g) ?? [];
const notice = licence.trim().split("\n").map((line) => ` * ${line}`.trimEnd()).join("\n");
const generated = `/**
 * The WebAssembly module of sax-wasm ${version}, in base64.
 * Made by \`deno task build:sax-wasm\`; do not edit.
 *
${notice}
 *
 * @module
 */

// deno-fmt-ignore
export const SAX_WASM_BASE64: string = \`
${lines.join("\n")}
\`;
`;

if (Deno.args.includes("--check")) {
  if (await Deno.readTextFile(target).catch(() => "") !== generated) {
    console.error(
      `xml/sax_wasm_binary.ts is not sax-wasm ${version}: run deno task build:sax-wasm`,
    );
    Deno.exit(1);
  }
} else {
  await Deno.writeTextFile(target, generated);
}
