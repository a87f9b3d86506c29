import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../docs/markdown.ts";

Deno.test("the package can be published: no slow types, the plugins in it, the tests not", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert(success, said);
  const files = [...said.matchAll(/^ +file:\/\/(\S+) \(/gm)].map(([, file]) =>
    file!.slice(ROOT.length)
  );
  for (
    const file of ["/README.md", "/LICENSE", "/mod.ts", "/main.ts", "/docs/configuration.md"]
      .concat(
        [...Deno.readDirSync(`${ROOT}/admin/page`)].map(({ name }) => `/admin/page/${name}`),
        "/servers/prosody/mod_roomkeeper.lua",
        "/servers/prosody/roomkeeper_links.lib.lua",
        "/servers/prosody/roomkeeper_rejoin.lib.lua",
        "/servers/ejabberd/mod_roomkeeper.erl",
        "/servers/ejabberd/mod_roomkeeper_probe.erl",
        "/servers/ejabberd/mod_roomkeeper_rejoin.erl",
        "/servers/ejabberd/mod_roomkeeper_rooms.erl",
      )
  ) assert(files.includes(file), file);
  for (const file of files) {
    assert(!/^\/(tests|types|bench|\.|output|roomkeeper\.)/.test(file), file);
  }
});

Deno.test("xmldom is loaded by those alone who import ./xml/dom", async () => {
  const packages = async (entry: string) => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", entry],
      cwd: ROOT,
    }).output();
    return JSON.parse(new TextDecoder().decode(stdout)).modules
      .map(({ specifier }: { specifier: string }) => specifier)
      .filter((specifier: string) => specifier.includes("xmldom"));
  };
  for (const entry of ["main.ts", "mod.ts", "xml/mod.ts"]) {
    assertEquals(await packages(entry), [], entry);
  }
  assertEquals((await packages("xml/dom.ts")).length, 1);
});
