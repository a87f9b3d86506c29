import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseConfig } from "../../config/load.ts";
import { configurationMarkdown, defaultToml, sampleToml } from "../../config/reference.ts";
import { sections } from "../../config/schema.ts";
import { outdated } from "../../config/write_reference.ts";

function parse(text: string, variables: Record<string, string> = {}) {
  return parseConfig(text, {
    fileName: "roomkeeper.toml",
    env: (name) => variables[name],
    readSecret: () => "x",
  });
}

const secret = { ROOMKEEPER_SECRET: "x" };

Deno.test("the generated files in docs/ are up to date", () => {
  const stale = outdated(new URL("../../docs/", import.meta.url));
  assertEquals(stale, [], "run deno task docs:config");
});

Deno.test("the sample file is a configuration, with every default", () => {
  const bare = `[server]\ndomain = "keeper.home.example"\nwatch = ["home.example"]`;
  assertEquals(parse(sampleToml(), secret), parse(bare, secret));
});

Deno.test("what the sample has in comments is valid too", () => {
  const all = sampleToml().replaceAll(/^# (\w+ = )/gm, "$1")
    .replace(/^secret_file.*$/m, "").replace(/^token_file.*$/m, "");
  const config = parse(all);
  assertEquals(config.http.listen, "127.0.0.1:9090");
  assertEquals(config.admin.jids, ["admin@home.example"]);
  assertEquals(config.server.secret.reveal(), "the component's password");
});

Deno.test("a default written as TOML is read as the default", () => {
  const bare = `server.domain = "k.example"\nserver.watch = ["h.example"]\n`;
  const expected = parse(bare, secret);
  for (const [section, { options }] of Object.entries(sections)) {
    for (const [key, option] of Object.entries(options)) {
      const value = defaultToml(option);
      if (value === undefined) continue;
      assertEquals(parse(`${bare}${section}.${key} = ${value}`, secret), expected);
    }
  }
});

Deno.test("the reference has a heading, type and meaning for every option", () => {
  const markdown = configurationMarkdown();
  for (const { options } of Object.values(sections)) {
    for (const [key, { doc }] of Object.entries(options)) {
      assert(markdown.includes(`\n### ${key}\n`), key);
      assertStringIncludes(markdown, doc);
    }
  }
});
