/**
 * `roomkeeper init`: writes a first configuration, and the server's lines that go with it.
 *
 * @module
 */
import { FormatError, formats } from "../config/formats.ts";
import type { TextFormat } from "../config/option.ts";
import type { Given } from "./commands.ts";
import { programName } from "./program_name.ts";
import { answer, type Question } from "./questions.ts";
import { serverSnippet, type Setup } from "./snippets.ts";
import type { Terminal } from "./terminal.ts";

/** `roomkeeper init`: asks what the flags don't tell, then writes. */
export function init(given: Given<"init">, terminal: Terminal): number {
  const setup = { ...askSetup(given, terminal), secret: newSecret() };
  const { suffix, text, steps } = serverSnippet(setup);
  const beside = given.output.replace(/\.toml$/, "") + suffix;
  const files = {
    [given.output]: configuration(setup, given.store ?? "roomkeeper.sqlite"),
    [beside]: text,
  };
  writeAll(files, given.force ?? false);

  const flag = given.output === "roomkeeper.toml" ? "" : ` --config ${given.output}`;
  const left = [...steps, `Try it: ${programName()} check${flag}`]
    .map((step, index) => `  ${index + 1}. ${step.replace("these lines", `what is in ${beside}`)}`);
  terminal.print([`Wrote ${given.output} and ${beside}. What is left:`, ...left].join("\n"));
  return 0;
}

function askSetup(given: Given<"init">, terminal: Terminal): Omit<Setup, "secret"> {
  const ask = <Value>(question: Question<Value>, told: string | undefined): Value =>
    answer("init", question, told, terminal);
  const server = ask({
    flag: "server",
    text: "Your server, prosody or ejabberd",
    suggestion: "prosody",
    read: oneOf("prosody", "ejabberd"),
  }, given.server);
  const watch = ask({
    flag: "watch",
    text: "Its hosts whose users are to be kept, such as home.example",
    suggestion: "",
    read: hosts,
  }, given.watch?.join(" "));
  const domain = ask({
    flag: "domain",
    text: "The component's domain",
    suggestion: `keeper.${watch[0]}`,
    read: (text) => otherThan(watch, format("domain")(text)),
  }, given.domain);
  const host = ask({
    flag: "host",
    text: "Where the server listens for components",
    suggestion: "127.0.0.1",
    read: format("host"),
  }, given.host);
  const port = ask({
    flag: "port",
    text: "At which port",
    suggestion: "5347",
    read: portNumber,
  }, given.port?.toString());
  const feed = ask({
    flag: "feed",
    text: "Its feed, plugin (knows lost links at once) or stock",
    suggestion: "plugin",
    read: oneOf("plugin", "stock"),
  }, given.feed);
  const gateways = ask({
    flag: "gateways",
    text: "Gateways that are to get the presence of rooms once", // never asked
    suggestion: "",
    read: (text) => text === "" ? [] : hosts(text),
  }, (given.gateways ?? []).join(" "));
  return { server, watch, domain, host, port, feed, gateways };
}

function format(name: TextFormat): (text: string) => string {
  return (text) => formats[name](text, { folder: "" });
}

function oneOf<Word extends string>(...words: Word[]): (text: string) => Word {
  return (text) => {
    const found = words.find((word) => word === text.toLowerCase());
    if (found === undefined) throw new FormatError(`must be ${words.join(" or ")}`);
    return found;
  };
}

function hosts(text: string): readonly string[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== "");
  if (names.length === 0) throw new FormatError("needs at least one host, such as home.example");
  return [...new Set(names.map(format("domain")))];
}

function otherThan(watch: readonly string[], domain: string): string {
  if (!watch.includes(domain)) return domain;
  throw new FormatError(`must be a domain of its own, not the host ${domain}`);
}

function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new FormatError("must be a whole number from 1 to 65535");
}

/** The text of `roomkeeper.toml` for this setup. */
function configuration(setup: Setup, store: string): string {
  const { server, host, port, domain, watch, feed, secret } = setup;
  const value = JSON.stringify;
  // With the plugin it is known which server it is.
  const keeper = server === "prosody" && feed === "stock"
    ? `
[keeper]
# Prosody tries anew for each stanza, whatever failed before.
retry_delay = 0
`
    : "";
  return `# Configuration of Roomkeeper. docs/configuration.md explains every option.

[server]
# Where the server listens for components.
host = ${value(host)}
port = ${port}

# The component's domain and password, the same as in the server's configuration.
domain = ${value(domain)}
secret = ${value(secret)}

# The hosts whose users are kept in their rooms.
watch = [${watch.map((name) => value(name)).join(", ")}]

# How the server tells what happens: Roomkeeper's "plugin", or what it brings along, "stock".
feed = ${value(feed)}
${keeper}
[store]
# The database, relative to this file. As a service of systemd Roomkeeper may write to
# /var/lib/roomkeeper alone: path = "/var/lib/roomkeeper/roomkeeper.sqlite"
path = ${value(store)}
`;
}

/** 192 random bits, in characters that need no quoting anywhere. */
function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return bytes.toBase64({ alphabet: "base64url" });
}

/** Writes files for their owner alone: all of them, or none if one is there already. */
function writeAll(files: Readonly<Record<string, string>>, force: boolean): void {
  const there = Object.keys(files).filter(exists);
  if (there.length > 0 && !force) {
    const are = there.length > 1 ? "are" : "is";
    throw new Error(`${there.join(" and ")} ${are} there already; --force overwrites`);
  }
  for (const [path, text] of Object.entries(files)) {
    // A new file, so that its mode holds and whoever has the old one open can't read it.
    if (there.includes(path)) Deno.removeSync(path);
    Deno.writeTextFileSync(path, text, { mode: 0o600, createNew: true });
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
