import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { documents, ROOT } from "./markdown.ts";

/** The anchor that a heading gets. */
function anchor(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-");
}

function exists(path: string): boolean {
  try {
    Deno.statSync(join(ROOT, path));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test("links inside the documentation lead somewhere", () => {
  const broken: string[] = [];
  for (const { path, text } of documents()) {
    for (const [, link] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link!)) continue;
      const [file, section] = link!.split("#");
      const target = file === "" ? path : join(dirname(path), file!);
      const there = exists(target) && (section === undefined || [
        ...Deno.readTextFileSync(join(ROOT, target)).matchAll(/^#+ (.*)$/gm),
      ].some(([, heading]) => anchor(heading!) === section));
      if (!there) broken.push(`${path}: ${link}`);
    }
  }
  assertEquals(broken, []);
});

Deno.test("the tests that SECURITY.md names exist", () => {
  const security = documents().find(({ path }) => path === "SECURITY.md")!.text;
  const named = [...security.matchAll(/\[([^\]]+)\]\((tests\/[^)]+)\)/g)];
  assert(named.length > 20);
  const missing = named.filter(([, name, file]) => {
    const code = exists(file!) ? Deno.readTextFileSync(join(ROOT, file!)) : "";
    return !code.includes(name!.replaceAll(/\s+/g, " "));
  });
  assertEquals(missing.map(([link]) => link), []);
});
