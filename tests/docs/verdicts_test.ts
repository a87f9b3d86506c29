import { assert, assertStringIncludes } from "@std/assert";
import { DOCUMENT, verdictTables, withTables } from "../../tools/verdict_tables.ts";
import { DISCO_TABLE, SELF_PING_TABLE } from "../../xmpp/self_ping_table.ts";

Deno.test("docs/how-it-decides.md has the tables of verdicts that the code has", async () => {
  const document = await Deno.readTextFile(DOCUMENT);
  assert(document === withTables(document), "run deno task docs:verdicts");
});

Deno.test("every row of the tables of verdicts is in the document", () => {
  const text = verdictTables();
  for (const { name, source } of [...SELF_PING_TABLE, ...DISCO_TABLE]) {
    assertStringIncludes(text, ` ${name} `);
    assertStringIncludes(text, ` ${source} `);
  }
});
