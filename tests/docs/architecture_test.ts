import { assert, assertEquals } from "@std/assert";
import { dirname, join, relative } from "node:path";

const ROOT = join(import.meta.dirname!, "../..");

/** The folders of docs/architecture.md with what they use, as far as it lists that. */
function documented(): Map<string, Set<string> | undefined> {
  const document = Deno.readTextFileSync(join(ROOT, "docs/architecture.md"));
  const rows = document.matchAll(/^\| `([\w/]+)\/`\s*\|[^|]*\|([^|]*)\|$/gm);
  return new Map([...rows].map(([, folder, uses]) => [
    folder!,
    uses!.includes("all") ? undefined : new Set(uses!.match(/[\w/]+/g) ?? []),
  ]));
}

function* sources(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(join(ROOT, folder))) {
    const path = `${folder}/${name}`;
    if (isDirectory && name !== "assembly") yield* sources(path);
    else if (name.endsWith(".ts")) yield path;
  }
}

/** The folder of the table that a file belongs to. */
function home(path: string, folders: Iterable<string>): string | undefined {
  return [...folders].filter((folder) => path.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];
}

/** Whether a folder is named, or the one that it is in. */
function uses(named: ReadonlySet<string> | undefined, folder: string): boolean {
  return named?.has(folder) === true || named?.has(folder.split("/")[0]!) === true;
}

Deno.test("folders use each other as docs/architecture.md says, and in no circle", () => {
  const table = documented();
  assert(table.size > 10);
  for (const top of new Set([...table.keys()].map((folder) => folder.split("/")[0]!))) {
    for (const file of sources(top)) {
      const code = Deno.readTextFileSync(join(ROOT, file));
      for (const [, target] of code.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)) {
        const path = relative(ROOT, join(ROOT, dirname(file), target!));
        const [from, to] = [home(file, table.keys())!, home(path, table.keys())];
        if (to === undefined || to === from) continue;
        const allowed = table.get(from);
        assert(allowed === undefined || uses(allowed, to), `${file} imports ${path}`);
        assert(!uses(table.get(to), from), `${from} and ${to} use each other`);
      }
    }
  }
});

Deno.test("every folder of the program is in docs/architecture.md", () => {
  const others = new Set([
    "docs",
    "tests",
    "bench",
    "tools",
    "examples",
    "packaging",
    "output",
    "types",
  ]);
  const top = new Set([...documented().keys()].map((folder) => folder.split("/")[0]!));
  const folders = [...Deno.readDirSync(ROOT)].filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => name)
    .filter((name) => !name.startsWith(".") && name !== "node_modules" && !others.has(name));
  assertEquals(folders.filter((name) => !top.has(name)), []);
});
