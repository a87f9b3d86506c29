import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { Sandbox } from "../docs/sandbox.ts";
import { ROOT } from "../docs/markdown.ts";

const dockerfile = Deno.readTextFileSync(join(ROOT, "packaging/Dockerfile"))
  .replaceAll(/\\\n\s*/g, "");
const ignored = Deno.readTextFileSync(join(ROOT, "packaging/Dockerfile.dockerignore"));

/** The arguments of an instruction in its JSON form. */
function instruction(name: string): string[] {
  const [, json] = new RegExp(`^${name} (\\[.*\\])$`, "m").exec(dockerfile)!;
  return JSON.parse(json!);
}

Deno.test("what the image holds suffices for its command line", async () => {
  await using sandbox = new Sandbox();
  const kept = ignored.trim().split("\n").filter((line) => line.startsWith("!"))
    .map((line) => line.slice(1));
  for (const name of kept) Deno.statSync(join(sandbox.project, name));
  for (const { name } of [...Deno.readDirSync(sandbox.project)]) {
    if (!kept.includes(name)) Deno.removeSync(join(sandbox.project, name), { recursive: true });
  }
  const words = [...instruction("ENTRYPOINT"), "version"].join(" ")
    .replace("/opt/roomkeeper/", `${sandbox.project}/`);
  assert((await sandbox.run(words)).startsWith("roomkeeper "));
});

Deno.test("the image runs the Deno that the README names, with the file that it names", () => {
  const [, version] = /^FROM denoland\/deno:debian-(.*)$/m.exec(dockerfile)!;
  const readme = Deno.readTextFileSync(join(ROOT, "README.md"));
  assertEquals(new Set(readme.match(/(?<=deno@)\d+\.\d+\.\d+/g)), new Set([version]));
  assertEquals(instruction("CMD"), ["run", "--config", "/etc/roomkeeper/roomkeeper.toml"]);
});
