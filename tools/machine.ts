/**
 * What figures were measured on.
 *
 * @module
 */

/** The processor and the memory of this machine. */
export function machine(): string {
  const model = /^model name\s*: (.+)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1];
  const memory = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  return `${navigator.hardwareConcurrency} cores (${model ?? "unknown"}), ${memory} GiB of memory`;
}

/** Names of Debian packages with the versions that are installed. */
export async function packageVersions(names: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("dpkg-query", {
    args: ["-W", "-f=${Package} ${Version}\n", ...names],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim().split("\n").join(", ");
}
