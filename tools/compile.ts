/**
 * Compiles Roomkeeper into one binary for each target, in output/: `deno task compile [TARGET…]`.
 *
 * @module
 */

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

/** The arguments of `deno` that make the binary of one target. */
export function compileArguments(target: string, output: string): string[] {
  return [
    "compile",
    ...PERMISSIONS,
    "--frozen",
    // Without this, the packages that only the tests and tools use come along.
    "--exclude-unused-npm",
    `--target=${target}`,
    `--output=${output}`,
    "main.ts",
  ];
}

if (import.meta.main) {
  const unknown = Deno.args.filter((target) => !TARGETS.includes(target));
  if (unknown.length > 0) {
    console.error(`no target ${unknown.join(", ")}; there are: ${TARGETS.join(", ")}`);
    Deno.exit(2);
  }
  for (const target of Deno.args.length > 0 ? Deno.args : TARGETS) {
    const args = compileArguments(target, `output/roomkeeper-${target}`);
    const { success } = await new Deno.Command(Deno.execPath(), { args }).spawn().status;
    if (!success) Deno.exit(1);
  }
}
