import { assertEquals } from "@std/assert";
import { parseConfig } from "../../config/load.ts";
import { leftOutWithout } from "../support/needs.ts";
import { NEEDS, NOT_TRIED, TRIED } from "./commands.ts";
import { codeBlocks, commands, documents } from "./markdown.ts";
import { Sandbox } from "./sandbox.ts";

const written = [...new Set(documents().flatMap(commands))];

Deno.test("every command in the documentation is tried, or there is a reason why not", () => {
  const known = new Set([...Object.keys(TRIED), ...Object.keys(NOT_TRIED)]);
  assertEquals(written.filter((command) => !known.has(command)), [], "add it to commands.ts");
  assertEquals([...known].filter((command) => !written.includes(command)), [], "written nowhere");
});

Deno.test({
  name: "the commands in the documentation work",
  ignore: Deno.build.os === "windows",
  async fn(t) {
    await using sandbox = new Sandbox();
    for (const command of written) {
      const attempt = TRIED[command];
      if (attempt === undefined) continue;
      const ignore = leftOutWithout(...NEEDS[command] ?? []);
      await t.step({ name: command, ignore, fn: () => attempt(sandbox, command) });
    }
  },
});

Deno.test("the TOML in the documentation is configuration", () => {
  const context = { fileName: "example.toml", env: () => "x", readSecret: () => "x" };
  const needed = 'server.domain = "k.example"\nserver.watch = ["h.example"]\n';
  for (const { language, code } of documents().flatMap(codeBlocks)) {
    if (language !== "toml") continue;
    parseConfig(code.includes("[server]") ? code : needed + code, context);
  }
});
