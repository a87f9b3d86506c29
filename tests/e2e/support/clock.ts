/**
 * Programs whose clock is wrong.
 *
 * @module
 */

/** Of Debian's package `libfaketime`. */
const FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

/**
 * Environment variables that set the clock of a program.
 *
 * @param ahead How far it is ahead of ours in seconds, behind if negative.
 * @param folder Where a copy of the library is put, as servers of another Debian have not the
 * machine's `/usr`.
 */
export function clockEnv(ahead: number, folder?: string): Record<string, string> {
  if (ahead === 0) return {};
  const library = folder === undefined ? FAKETIME : `${folder}/libfaketime.so.1`;
  if (folder !== undefined) Deno.copyFileSync(FAKETIME, library);
  const faketime = `${ahead < 0 ? "-" : "+"}${Math.abs(ahead)}s`;
  return { LD_PRELOAD: library, FAKETIME: faketime, FAKETIME_DONT_FAKE_MONOTONIC: "1" };
}
