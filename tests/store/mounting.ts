/** Whether disks can be mounted here, and what it takes. */

/** Whether this process may mount disks: then its tests must be able to. */
export const mayMount: boolean = Deno.build.os === "linux" && hasCapability(21);

/** Whether the process has a capability of capabilities(7); 21 is CAP_SYS_ADMIN. */
function hasCapability(bit: number): boolean {
  const [, set] = /^CapEff:\s*(\w+)$/m.exec(Deno.readTextFileSync("/proc/self/status")) ?? [];
  return (BigInt(`0x${set ?? 0}`) >> BigInt(bit) & 1n) === 1n;
}

/** Runs a command; returns whether that worked. */
export function run(command: string, ...args: string[]): boolean {
  return new Deno.Command(command, { args, stderr: "null" }).outputSync().success;
}
