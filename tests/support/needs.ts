/**
 * What some tests need that is not on every machine. Without it they are left out, but never in
 * continuous integration, where everything must be tested; `deno task test` tells at its end.
 *
 * @module
 */

/** A program, where it comes from, and what can't be tested without it. */
export interface Need {
  /** The package of Debian that brings it. */
  readonly package: string;
  /** What can't be tested. */
  readonly tests: string;
}

/** The needs by the names of the programs. */
export const NEEDS = {
  chromium: {
    package: "chromium",
    tests: "the status page in a browser (tests/admin/browser_test.ts)",
  },
  ejabberdctl: {
    package: "ejabberd",
    tests: "compiling the plugin for ejabberd by the book (tests/docs/commands_test.ts)",
  },
  erlc: {
    package: "erlang-dev",
    tests: "compiling the plugin for ejabberd by the book (tests/docs/commands_test.ts)",
  },
  promtool: {
    package: "prometheus",
    tests: "the alert rules and the dashboard (tests/admin/prometheus_test.ts)",
  },
  script: {
    package: "bsdutils",
    tests: "init on a terminal (tests/cli/pty_test.ts)",
  },
  "systemd-analyze": {
    package: "systemd",
    tests: "how exposed the service is (tests/docs/commands_test.ts)",
  },
} as const satisfies Readonly<Record<string, Need>>;

/** A program that some tests need. */
export type Program = keyof typeof NEEDS;

/** Those of these programs that are not here. */
export function missing(programs: readonly Program[] = Object.keys(NEEDS) as Program[]): Program[] {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return programs.filter((program) => !folders.some((folder) => isFile(`${folder}/${program}`)));
}

/** Whether a test that needs these programs is to be left out. */
export function leftOutWithout(...programs: readonly Program[]): boolean {
  return !Deno.env.get("CI") && missing(programs).length > 0;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
