/**
 * A place for real clients, out of which nothing leads: own network, processes, users, names and
 * trusted certificates. When its program ends, all that it started ends, and what it wrote is gone.
 *
 * @module
 */

/** The address of the sandbox's only interface besides 127.0.0.0/8. */
export const SANDBOX_IP = "10.99.0.1";

const CONFIG = new URL("../../../deno.json", import.meta.url).pathname;

/** What a program in the sandbox left behind. */
export interface Remains {
  /** Its exit code. */
  readonly code: number;
  /** What it wrote to standard output. */
  readonly output: string;
}

/**
 * Runs a module in a sandbox; needs root. What it writes to standard error is passed on.
 *
 * Whatever the module imports must be in Deno's cache: there is no network to fetch it from.
 */
export async function runInSandbox(module: URL, args: readonly string[]): Promise<Remains> {
  const folder = await Deno.makeTempDir({ prefix: "roomkeeper-sandbox-" });
  try {
    const { code, stdout } = await new Deno.Command("unshare", {
      args: [
        ...["--net", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc"],
        ...["sh", new URL("sandbox.sh", import.meta.url).pathname, folder],
        ...[Deno.execPath(), "run", "--quiet", "--cached-only", "--no-check", "--allow-all"],
        ...["--config", CONFIG, module.pathname, ...args],
      ],
      stdin: "null",
      stderr: "inherit",
    }).output();
    return { code, output: new TextDecoder().decode(stdout) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Lets all programs of the sandbox find domains at addresses. */
export function nameHosts(addresses: Readonly<Record<string, string>>): void {
  const lines = Object.entries({ localhost: "127.0.0.1", ...addresses })
    .map(([domain, ip]) => `${ip} ${domain}\n`);
  Deno.writeTextFileSync("/etc/hosts", lines.join(""));
}

/** Lets all programs of the sandbox trust an authority. */
export function trust(certificate: string): void {
  Deno.writeTextFileSync("/etc/ssl/certs/ca-certificates.crt", certificate, { append: true });
}
