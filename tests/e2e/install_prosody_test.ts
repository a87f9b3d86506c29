/** Follows docs/install-prosody.md on a real Prosody. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, join } from "node:path";
import { codeBlocks, documents } from "../docs/markdown.ts";
import { Sandbox } from "../docs/sandbox.ts";
import { Prosody } from "./support/prosody.ts";

const DOCUMENT = documents().find(({ path }) => path === "docs/install-prosody.md")!;
const INSTALL_PLUGIN =
  "sudo install -D -m 0644 -t /usr/local/lib/prosody/modules servers/prosody/*.lua";
const INSTALL_SCRIPT =
  "sudo install -m 0644 servers/prosody/roomkeeper.pfw /etc/prosody/roomkeeper.pfw";

/** Makes a Prosody with the lines that `init` wrote, and tells Roomkeeper where it listens. */
async function serverOf(sandbox: Sandbox): Promise<Prosody> {
  const lines = Deno.readTextFileSync(join(sandbox.project, "roomkeeper.prosody.cfg.lua"));
  const server = new Prosody({
    name: "home",
    modules: ["version"],
    pluginPaths: [dirname(join(sandbox.root, "usr/local/lib/prosody/modules/any"))],
    hosts: lines.replaceAll('"/etc/', `"${sandbox.root}/etc/`),
  });
  const file = join(sandbox.project, "roomkeeper.toml");
  const configuration = Deno.readTextFileSync(file);
  Deno.writeTextFileSync(file, configuration.replace("127.0.0.1", server.ip));
  await server.start();
  return server;
}

Deno.test("installing the plugin by the book ends with a check that says what the book says", async () => {
  await using sandbox = new Sandbox();
  await sandbox.run("deno task roomkeeper init --server prosody --watch home.example");
  await sandbox.run(INSTALL_PLUGIN);
  await using server = await serverOf(sandbox);
  const said = await sandbox.run("deno task roomkeeper check");

  const shown =
    codeBlocks(DOCUMENT).find(({ language, code }) =>
      language === "text" && code.startsWith("ok ")
    )!.code;
  const same = (text: string) => text.replaceAll(/\d+\.\d+\.\d+[\w.~+-]*/g, "VERSION or ADDRESS");
  assertEquals(same(said.slice(0, said.indexOf("server.\n") + 8)), same(shown));
  assertMatch(said, new RegExp(`connected to ${server.ip}:5347`));
  await sandbox.keep("deno task start");
});

Deno.test("installing the stock feed by the book ends with a check that is content", async () => {
  await using sandbox = new Sandbox();
  await sandbox.run("deno task roomkeeper init --server prosody --watch home.example --feed stock");
  await sandbox.run(INSTALL_SCRIPT);
  await using _server = await serverOf(sandbox);
  const said = await sandbox.run("deno task roomkeeper check");
  assertStringIncludes(said, "the stock feed of home.example works: a copy came");
  assertStringIncludes(said, "Roomkeeper can work with this server.");
});

Deno.test("a step that was left out is named by the check, with the lines to add", async () => {
  await using sandbox = new Sandbox();
  await sandbox.run("deno task roomkeeper init --server prosody --watch home.example");
  await using _server = await serverOf(sandbox);
  const process = sandbox.start("deno task roomkeeper check");
  const { code, stdout } = await process.output();
  assertEquals(code, 1);
  const said = new TextDecoder().decode(stdout);
  assertStringIncludes(said, "FAIL  mod_roomkeeper of home.example does not answer.");
  assertStringIncludes(said, 'modules_enabled = { "roomkeeper" }');
});
