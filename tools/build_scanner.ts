/**
 * Compiles the scanner in xml/scanner/assembly to xml/scanner/scanner_binary.ts. With `--check` it
 * writes nothing and fails if the committed file is not what it would write.
 *
 * @module
 */

import asc from "assemblyscript/asc";

const OPTIONS = [
  "--runtime=stub", // no allocations, so no collector
  "--use=abort=", // no imports
  "--enable=simd",
  "--noAssert",
  "-O3",
  "--converge",
  "--initialMemory=36", // pages of 64 KiB; `memory.ts` says what for
  "--maximumMemory=36",
  "--disableWarning=112,201", // vectors stay inside; addresses are 32 bits wide
];

const here = new URL("../xml/scanner/", import.meta.url);
const target = new URL("scanner_binary.ts", here);

let wasm: Uint8Array | undefined;
const { error, stderr } = await asc.main(
  ["assembly/stream.ts", "--outFile=scanner.wasm", ...OPTIONS],
  {
    readFile: (name: string) => {
      try {
        // Formatters do not know decorators of functions, so they are comments in the source.
        const source = Deno.readTextFileSync(new URL(name, here));
        return source.replaceAll(/^\/\/ (@inline)$/gm, "$1");
      } catch {
        return null;
      }
    },
    writeFile: (name: string, contents: string | Uint8Array) => {
      if (name === "scanner.wasm" && contents instanceof Uint8Array) wasm = contents;
    },
    listFiles: () => [],
  },
);
if (error !== null || wasm === undefined) {
  console.error(stderr.toString());
  Deno.exit(1);
}

const lines = wasm.toBase64().match(/.{1,92}/g) ?? [];
const source = `/**
 * The scanner's WebAssembly, ${wasm.length} bytes; made from assembly/ by \`deno task build:wasm\`.
 *
 * @module
 */

/** The binary in base64. */
export const SCANNER_BINARY: string = [
${lines.map((line: string) => `  "${line}",`).join("\n")}
].join("");
`;

if (!Deno.args.includes("--check")) {
  await Deno.writeTextFile(target, source);
  console.log(`scanner_binary.ts: ${wasm.length} bytes of WebAssembly`);
} else if (await Deno.readTextFile(target) !== source) {
  console.error("scanner_binary.ts is not what assembly/ compiles to: run `deno task build:wasm`");
  Deno.exit(1);
}
