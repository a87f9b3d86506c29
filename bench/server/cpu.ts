/**
 * How much CPU time a process has used.
 *
 * @module
 */

/** Microseconds that all threads of a process have run, also those for the kernel. */
export function cpuTime(pid: number): number {
  let nanoseconds = 0;
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    const [running] = Deno.readTextFileSync(`/proc/${pid}/task/${name}/schedstat`).split(" ");
    nanoseconds += Number(running);
  }
  return nanoseconds / 1000;
}
