/**
 * Compiles Roomkeeper into one binary for each target, in output/: `deno task compile [TARGET…]`.
 *
 * @module
 */

import { V8_FLAGS } from "./v8_flags.ts";

const ROOT = new URL("../", import.meta.url);

/** What `deno compile` offers for Linux and macOS. */
export const TARGETS: readonly string[] = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
];

/**
 * What a binary may do. It can't be told later where the server listens and where its files are,
 * so network and files are open; starting programs, loading libraries, importing code and asking
 * about the system are not.
 */
export const PERMISSIONS: readonly string[] = [
  "--no-prompt",
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env=ROOMKEEPER_SECRET",
];

/**
 * Data of the tests of a package that prom-client brings along: it looks like one endless sum in
 * JavaScript, at which `deno compile` runs out of stack when it reads all that it embeds.
 */
const UNREADABLE = "bintrees/1.0.2/test";

/** The arguments of `deno` that make the binary of one target. */
export async function compileArguments(target: string, output: string): Promise<string[]> {
  return [
    "compile",
    ...PERMISSIONS,
    V8_FLAGS,
    "--frozen",
    // Without this, the packages that only the tests and tools use come along.
    "--exclude-unused-npm",
    ...(await packageFolders()).map((folder) => `--exclude=${folder}/${UNREADABLE}`),
    `--target=${target}`,
    `--output=${output}`,
    "main.ts",
  ];
}

/** Where Deno keeps packages: a folder for each registry. */
async function packageFolders(): Promise<string[]> {
  await deno("cache", "--frozen", "main.ts");
  const { npmCache } = JSON.parse(await deno("info", "--json"));
  return Array.fromAsync(Deno.readDir(npmCache), ({ name }) => `${npmCache}/${name}`);
}

async function deno(...args: string[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stderr: "inherit" });
  const { success, stdout } = await command.output();
  if (!success) throw new Error(`deno ${args[0]} failed`);
  return new TextDecoder().decode(stdout);
}

/** Why no binary was made, from what `deno compile` said. */
function failure(target: string, said: string): string {
  const [, missing] = /Could not find denort at '(.*)'/.exec(said) ?? [];
  if (missing !== undefined) return `DENORT_BIN names a file that is not there: ${missing}`;
  const [url] = /https:\S+\/denort-[\w-]+\.zip/.exec(said) ?? [];
  if (url === undefined || said.includes("[ERROR]")) return said.trimEnd();
  return `The runtime for ${target} can't be downloaded. Get ${url} another way, unpack it, and ` +
    `run: DENORT_BIN=/path/to/denort deno task compile ${target}`;
}

if (import.meta.main) {
  const unknown = Deno.args.filter((target) => !TARGETS.includes(target));
  if (unknown.length > 0) {
    console.error(`no target ${unknown.join(", ")}; there are: ${TARGETS.join(", ")}`);
    Deno.exit(2);
  }
  for (const target of Deno.args.length > 0 ? Deno.args : TARGETS) {
    const args = await compileArguments(target, `output/roomkeeper-${target}`);
    const command = new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stdout: "inherit" });
    const { success, stderr } = await command.output();
    const said = new TextDecoder().decode(stderr);
    console.error(success ? said.trimEnd() : failure(target, said));
    if (!success) Deno.exit(1);
  }
}
