import { assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Database } from "../../store/database.ts";
import { StoreError } from "../../store/mod.ts";
import { MIGRATIONS } from "../../store/schema.ts";
import { Bench, Folder, stored } from "./fixture.ts";

const NEXT = [...MIGRATIONS, "ALTER TABLE joins ADD COLUMN note TEXT NOT NULL DEFAULT ''"];

Deno.test("a new file, and an empty one, get the tables of today", async () => {
  using folder = new Folder();
  Deno.writeFileSync(folder.file, new Uint8Array());
  assertEquals(await stored(folder.file), []);
  assertEquals(pragma(folder.file, "user_version"), MIGRATIONS.length);
  assertEquals(pragma(folder.file, "journal_mode"), "wal");
});

Deno.test("an older file is brought up to date and keeps its joins", async () => {
  using folder = new Folder();
  {
    await using bench = await Bench.open(folder.file);
    bench.put(1, 2, 3);
  }
  const database = await Database.open(folder.file, NEXT);
  const rows = await database.read("SELECT nick, note FROM joins ORDER BY nick");
  await database.close();
  assertEquals(rows, ["user1", "", "user2", "", "user3", ""]);
  assertEquals(pragma(folder.file, "user_version"), NEXT.length);
});

Deno.test("a migration that fails leaves the file as it was", async () => {
  using folder = new Folder();
  {
    await using bench = await Bench.open(folder.file);
    bench.put(1);
  }
  const broken = [...NEXT, "ALTER TABLE absent ADD COLUMN x TEXT"];
  await assertRejects(
    () => Database.open(folder.file, broken),
    StoreError,
    "no such table: absent",
  );
  assertEquals(pragma(folder.file, "user_version"), MIGRATIONS.length);
  assertEquals((await stored(folder.file)).length, 1);
});

Deno.test("a newer file is refused and left alone", async () => {
  using folder = new Folder();
  await (await Database.open(folder.file, NEXT)).close();
  const error = await assertRejects(() => Bench.open(folder.file), StoreError, "newer version");
  assertEquals([error.reason, error.lasting], ["newer", true]);
  assertEquals(folder.names, ["joins.sqlite"]);
});

Deno.test("the database of another program is refused and left alone", async () => {
  using folder = new Folder();
  const other = new DatabaseSync(folder.file);
  other.exec("CREATE TABLE accounts (name TEXT)");
  other.close();
  const error = await assertRejects(() => Bench.open(folder.file), StoreError, "Choose another");
  assertEquals([error.reason, error.lasting], ["foreign", true]);
  assertEquals(pragma(folder.file, "journal_mode"), "delete");
});

function pragma(path: string, name: string): unknown {
  const database = new DatabaseSync(path);
  const row = database.prepare(`PRAGMA ${name}`).get();
  database.close();
  return row?.[name];
}
