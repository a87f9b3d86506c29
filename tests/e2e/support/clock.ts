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
 */
export function clockEnv(ahead: number): Record<string, string> {
  if (ahead === 0) return {};
  const faketime = `${ahead < 0 ? "-" : "+"}${Math.abs(ahead)}s`;
  return { LD_PRELOAD: FAKETIME, FAKETIME: faketime, FAKETIME_DONT_FAKE_MONOTONIC: "1" };
}
