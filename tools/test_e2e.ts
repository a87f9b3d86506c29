/**
 * Runs the tests against real servers, one after the other, where these are installed. Elsewhere it
 * says what is missing, which is no failure but in continuous integration.
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
  "command -v chromium": "chromium",
};

async function succeeds(script: string): Promise<boolean> {
  const shell = new Deno.Command("sh", { args: ["-c", script], stdout: "null", stderr: "null" });
  return (await shell.output()).success;
}

async function missing(): Promise<string[]> {
  if (Deno.build.os !== "linux") return ["Linux"];
  const there = await Promise.all(Object.keys(NEEDED).map(succeeds));
  return Object.values(NEEDED).filter((_, index) => !there[index]);
}

if (import.meta.main) {
  const needed = await missing();
  if (needed.length > 0) {
    console.log(`The tests against real servers need ${needed.join(", ")}; none of them was run.`);
    Deno.exit(Deno.env.get("CI") ? 1 : 0);
  }
  const given = Deno.args.some((arg) => !arg.startsWith("-"));
  const args = ["test", "--allow-all", ...Deno.args, ...given ? [] : ["tests/e2e"]];
  Deno.exit((await new Deno.Command(Deno.execPath(), { args }).spawn().status).code);
}
