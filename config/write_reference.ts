/**
 * Writes the configuration reference and the sample file into a folder, or with `--check` only
 * tells whether they are up to date.
 *
 * @module
 */
import { configurationMarkdown, sampleToml } from "./reference.ts";

/** The generated files by name. */
export const generated: Readonly<Record<string, () => string>> = {
  "configuration.md": configurationMarkdown,
  "roomkeeper.sample.toml": sampleToml,
};

/** The generated files that are missing in `folder` or not what they should be. */
export function outdated(folder: URL): string[] {
  return Object.entries(generated).filter(([name, generate]) => {
    try {
      return Deno.readTextFileSync(new URL(name, folder)) !== generate();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return true;
      throw error;
    }
  }).map(([name]) => name);
}

if (import.meta.main) {
  const docs = new URL("../docs/", import.meta.url);
  const names = outdated(docs);
  if (!Deno.args.includes("--check")) {
    for (const name of names) {
      Deno.writeTextFileSync(new URL(name, docs), generated[name]!());
      console.log(`wrote docs/${name}`);
    }
  } else if (names.length > 0) {
    const files = names.map((name) => `docs/${name}`).join(" and ");
    console.error(`out of date: ${files}; run deno task docs:config`);
    Deno.exit(1);
  }
}
