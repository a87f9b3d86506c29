/** Runs a command; returns whether that worked. */
export function run(command: string, ...args: string[]): boolean {
  return new Deno.Command(command, { args, stderr: "null" }).outputSync().success;
}
