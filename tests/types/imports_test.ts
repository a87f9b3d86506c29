import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import importMap from "../../import_map.json" with { type: "json" };
import { ROOT } from "../docs/markdown.ts";

/** What the type checker says of a program that uses the project's imports. */
async function complaints(program: string): Promise<string> {
  const file = await Deno.makeTempFile({ prefix: "roomkeeper-types-", suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, program);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--no-lock", "--config", `${ROOT}/deno.json`, file],
      env: { NO_COLOR: "1" },
    }).output();
    const said = new TextDecoder().decode(stderr);
    assertEquals(success, !said.includes("[ERROR]"), said);
    return said;
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("every import of import_map.json has types: a name that it has not is refused", async () => {
  const specifiers = Object.keys(importMap.imports);
  const said = await complaints(
    specifiers.map((specifier, i) => `export { noSuchName as _${i} } from "${specifier}";`)
      .join("\n"),
  );
  // What a module exports with `export =` is refused in other words.
  const refused = [...said.matchAll(/noSuchName as _(\d+) \}/g)].map(([, i]) => Number(i));
  assertEquals(specifiers.filter((_, i) => !refused.includes(i)), []);
});

Deno.test("@std/assert is typed: misuse does not pass the type check", async () => {
  const imports = 'import { assert, assertEquals, assertRejects } from "@std/assert";\n';
  assertEquals((await complaints(`${imports}assertEquals(1, 1, "why");`)).includes("ERROR"), false);
  const said = await complaints(
    imports + [
      'assertEquals(1, "a", 5, {}, new Error());',
      'assertEquals(1, "a");',
      "assertRejects(() => 1);",
      "const given: string | undefined = Deno.args[0];",
      "assert(given);",
      "given.length;",
    ].join("\n"),
  );
  for (const line of [2, 3, 4]) assertStringIncludes(said, `.ts:${line}:`);
  assert(!said.includes(".ts:7:"), said);
});

/** The modules that we have the types of, with the names that these declare. */
function declared(): [specifier: string, names: string[]][] {
  return ["deno_std", "bench"].flatMap((file) =>
    Deno.readTextFileSync(`${ROOT}/types/${file}.d.ts`).split(/^declare module /m).slice(1)
      .map((text): [string, string[]] => [
        /^"([^"]+)"/.exec(text)![1]!,
        [...text.matchAll(/^ {2}export (?:(default)|function (\w+)|class (\w+))/gm)]
          .map(([, ...names]) => names.find((name) => name !== undefined)!),
      ])
  );
}

Deno.test("every name that types/ declares is there when the program runs", async () => {
  for (const [specifier, names] of declared()) {
    assert(names.length > 0, specifier);
    const module = await import(specifier);
    for (const name of names) assert(name in module, `${name} of ${specifier}`);
  }
});

Deno.test("types/ declares modules of import_map.json only", () => {
  assertEquals(
    declared().map(([specifier]) => specifier).filter((name) => !(name in importMap.imports)),
    [],
  );
});
