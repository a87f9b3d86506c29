/**
 * Runs the tests against real servers, one after the other, where these are installed. Elsewhere it
 * says what is missing, which is no failure but in continuous integration. With `--servers trixie`
 * the servers are those of Debian 13, which `tools/trixie.sh` makes.
 *
 * @module
 */

/** What the tests start or load, and the package of Debian that brings it. */
const NEEDED: Readonly<Record<string, string>> = {
  "command -v prosody": "prosody",
  "test -d /usr/lib/prosody/modules/mod_firewall": "prosody-modules",
  "command -v ejabberdctl": "ejabberd",
  "command -v erlc": "erlang-dev",
  "/usr/bin/python3 -c 'import slixmpp'": "python3-slixmpp",
  "command -v biboumi": "biboumi",
  "command -v ngircd": "ngircd",
  "command -v profanity": "profanity",
  "command -v poezio": "poezio",
  "command -v tmux": "tmux",
  "command -v ip": "iproute2",
  "command -v chromium": "chromium",
  "command -v openssl": "openssl",
  "test -e /usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1": "libfaketime",
};

async function succeeds(script: string): Promise<boolean> {
  const shell = new Deno.Command("sh", { args: ["-c", script], stdout: "null", stderr: "null" });
  return (await shell.output()).success;
}

/** The packages that are not here, of those that the tests need; none of them runs without all. */
export async function missingForServers(): Promise<string[]> {
  if (Deno.build.os !== "linux") return ["Linux"];
  const there = await Promise.all(Object.keys(NEEDED).map(succeeds));
  return Object.values(NEEDED).filter((_, index) => !there[index]);
}

/** What is for the servers, and what is for `deno test`. */
function splitArgs(args: readonly string[]): { servers: string | undefined; rest: string[] } {
  const at = args.indexOf("--servers");
  return at < 0
    ? { servers: undefined, rest: [...args] }
    : { servers: args[at + 1], rest: args.toSpliced(at, 2) };
}

if (import.meta.main) {
  const needed = await missingForServers();
  if (needed.length > 0) {
    console.log(`The tests against real servers need ${needed.join(", ")}; none of them was run.`);
    Deno.exit(Deno.env.get("CI") ? 1 : 0);
  }
  const { servers, rest } = splitArgs(Deno.args);
  const given = rest.some((arg) => !arg.startsWith("-"));
  const args = ["test", "--allow-all", ...rest, ...given ? [] : ["tests/e2e"]];
  const env = servers === undefined ? {} : { ROOMKEEPER_SERVERS: servers };
  Deno.exit((await new Deno.Command(Deno.execPath(), { args, env }).spawn().status).code);
}
