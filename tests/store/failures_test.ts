import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { openStore, StoreError } from "../../store/mod.ts";
import { APPLICATION_ID } from "../../store/schema.ts";
import { Bench, Folder, knownLinks, numbers, storedNumbers } from "./fixture.ts";

/** Enough to be more than SQLite keeps in memory. */
const MANY = 40_000;

const TEXT = "# This is a configuration, whatever [store] path says.\n";

Deno.test("what is no database of ours is refused, and left alone", async () => {
  for (
    const [content, reason] of [
      [utf8(TEXT.repeat(100)), "no-database"],
      [utf8("x"), "no-database"],
      [withId(0x0f055112), "foreign"],
    ] as const
  ) {
    using folder = new Folder();
    Deno.writeFileSync(folder.file, content);
    const error = await assertRejects(() => openStore(folder.file), StoreError, "Choose another");
    assertEquals([error.reason, error.lasting], [reason, true]);
    assertEquals(folder.names, ["joins.sqlite"]);
    assertEquals(Deno.readFileSync(folder.file), content);
  }
});

Deno.test("a damaged database of ours is set aside, and a new one begun", async () => {
  using folder = new Folder();
  const damaged = withId(APPLICATION_ID);
  Deno.writeFileSync(folder.file, damaged);
  await using bench = await Bench.open(folder.file);
  assertEquals(bench.log, ["error store-set-aside"]);
  assertEquals([bench.store.health.failures, bench.store.health.setAside], [1, 1]);
  assertEquals(await Array.fromAsync(bench.store.load()), []);
  bench.put(1);
  await bench.store.close();
  assertEquals(await storedNumbers(folder.file), [1]);
  const aside = folder.names.filter((name) => name !== "joins.sqlite");
  assertEquals(aside.length, 1);
  assertMatch(aside[0]!, /^joins\.sqlite\.corrupt-\d{8}T\d{6}Z$/);
  assertEquals(Deno.readFileSync(`${folder.path}/${aside[0]}`), damaged);
});

Deno.test("what came in the place of a damaged file is not renamed", async () => {
  using folder = new Folder();
  await using bench = await Bench.open(folder.file);
  bench.store.backUpBy(() => knownLinks(numbers(MANY)));
  bench.put(...numbers(MANY));
  await bench.pass(10_000);
  damage(folder.file);
  Deno.renameSync(folder.file, `${folder.file}.damaged`);
  Deno.writeTextFileSync(folder.file, TEXT);
  bench.put(...numbers(MANY));
  await bench.pass(60_000);
  assertEquals(bench.store.health.state, "failing");
  assertEquals(Deno.readTextFileSync(folder.file), TEXT);
  assertEquals(folder.names.filter((name) => name.includes(".corrupt-")), []);
  Deno.removeSync(folder.file);
  await bench.pass(120_000);
  assertEquals(bench.store.health.state, "ok");
});

Deno.test("a damaged page is found before anything is believed", async () => {
  using folder = new Folder();
  {
    await using bench = await Bench.open(folder.file);
    bench.put(...numbers(2000));
  }
  damage(folder.file);
  await using bench = await Bench.open(folder.file);
  assertEquals(bench.log, ["error store-set-aside"]);
  assertEquals(await Array.fromAsync(bench.store.load()), []);
});

Deno.test("a file damaged while it is used is begun anew with what memory knows", async () => {
  using folder = new Folder();
  await using bench = await Bench.open(folder.file);
  bench.put(...numbers(MANY));
  await bench.pass(10_000);
  await bench.store.close();

  await using again = await Bench.open(folder.file);
  again.store.backUpBy(() => knownLinks(numbers(MANY)));
  damage(folder.file);
  again.put(...numbers(MANY).filter((n) => n % 100 === 0));
  await again.pass(200);
  assertEquals([again.store.health.state, again.store.health.reason], ["failing", "corrupt"]);
  await again.pass(60_000);
  assertEquals(again.store.health.state, "ok");
  assertEquals([again.store.health.pending, again.store.health.setAside], [0, 1]);
  assert(again.store.health.bytes >= Deno.statSync(folder.file).size, "with its log");
  assertEquals(again.log, ["error store-failing", "error store-set-aside", "info store-ok"]);
  await again.store.close();
  assertEquals((await storedNumbers(folder.file)).length, MANY);
  assert(folder.names.some((name) => name.includes(".corrupt-")));
});

Deno.test("no folder, no file: an error that says so", async () => {
  using folder = new Folder();
  const error = await assertRejects(() => openStore(`${folder.path}/no/joins.sqlite`), StoreError);
  assertEquals([error.reason, error.lasting], ["unreachable", true]);
  assert(error.message.includes("Check that the folder of [store] path is there"));
  const { reason } = await assertRejects(() => openStore(folder.path), StoreError);
  assertEquals(reason, "unreachable", "a folder is no file");
});

Deno.test("without the permission: an error that says so", {
  permissions: { read: true, write: false },
}, async () => {
  const error = await assertRejects(() => openStore("joins.sqlite"), StoreError, "--allow-write");
  assertEquals([error.reason, error.lasting], ["not-permitted", true]);
});

for (const [what, gone] of [["deleted", "remove"], ["moved away", "rename"]] as const) {
  Deno.test(`a file that is ${what} while it is used is made anew with what memory knows`, {
    ignore: Deno.build.os === "windows",
  }, async () => {
    using folder = new Folder();
    await using bench = await Bench.open(folder.file);
    bench.store.backUpBy(() => knownLinks(numbers(100)));
    bench.put(...numbers(99));
    await bench.pass(200);
    if (gone === "remove") Deno.removeSync(folder.file);
    else Deno.renameSync(folder.file, `${folder.file}.old`);
    // Nothing is written, and nobody else can begin a file in its place.
    const { reason } = await assertRejects(() => openStore(folder.file), StoreError);
    assertEquals(reason, "locked");
    await bench.pass(10_000);
    assertEquals([bench.store.health.state, bench.store.health.failures], ["ok", 1]);
    assert(Deno.statSync(folder.file).isFile);
    bench.put(99);
    await bench.pass(200);
    assertEquals(bench.log, ["error store-failing", "info store-ok"]);
    await bench.store.close();
    assertEquals(await storedNumbers(folder.file), numbers(100));
  });
}

Deno.test("a process that is stopped during a write blames no disk", async () => {
  using folder = new Folder();
  await using bench = await Bench.open(folder.file);
  bench.put(...numbers(5_000));
  bench.clock.advance(200);
  assert(bench.store.health.pending > 0, "a write is under way");
  bench.clock.suspend(60_000);
  await bench.store.idle();
  await bench.pass(10_000);
  assertEquals(bench.store.health.pending, 0);
  assertEquals([bench.log, bench.store.health.failures], [[], 0]);
});

/** A header of SQLite with the id of an application, and nothing good behind it. */
function withId(id: number): Uint8Array {
  const bytes = new Uint8Array(8192).fill(0x5a);
  bytes.set(utf8("SQLite format 3\0"));
  new DataView(bytes.buffer).setUint32(68, id);
  return bytes;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Overwrites everything behind the first pages. */
function damage(path: string): void {
  const { size } = Deno.statSync(path);
  using file = Deno.openSync(path, { write: true });
  const from = 8 * 4096;
  file.seekSync(from, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(size - from).fill(0x5a));
}
