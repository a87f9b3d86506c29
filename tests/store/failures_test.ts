import type { StoredDomain } from "../../actors/messages/domains.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { openStore, StoreError } from "../../store/mod.ts";
import { Bench, Folder, join, LINK, storedNumbers } from "./fixture.ts";
import { LoopDisk, noLoopDisk } from "./loop_disk.ts";
import { noSmallDisk, SmallDisk } from "./small_disk.ts";

const onLoopDisk = { ignore: noLoopDisk };
const onSmallDisk = { ignore: noSmallDisk };
/** Enough to be more than SQLite keeps in memory. */
const MANY = 40_000;

Deno.test("a file that is no database is set aside, and a new one begun", async () => {
  using folder = new Folder();
  const text = "This is a text file, whatever its name says.\n".repeat(100);
  Deno.writeTextFileSync(folder.file, text);
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
  assertEquals(Deno.readTextFileSync(`${folder.path}/${aside[0]}`), text);
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

Deno.test("a read-only disk: an error that says so", onSmallDisk, async () => {
  using folder = new Folder();
  using disk = new SmallDisk(folder.path, 1024);
  await (await Bench.open(folder.file)).store.close();
  disk.seal();
  const error = await assertRejects(() => openStore(folder.file), StoreError, "it is read-only");
  assertEquals([error.reason, error.lasting], ["read-only", true]);
});

Deno.test("a full disk at the first start: an error that says so", onSmallDisk, async () => {
  using folder = new Folder();
  using disk = new SmallDisk(folder.path, 256);
  disk.fill();
  const error = await assertRejects(() => openStore(folder.file), StoreError, "no space is left");
  assertEquals([error.reason, error.lasting], ["full", false]);
});

Deno.test(
  "a disk that is full for a while: changes wait and are written later",
  onSmallDisk,
  async () => {
    using folder = new Folder();
    using disk = new SmallDisk(folder.path, 4096);
    {
      await using bench = await Bench.open(folder.file);
      bench.put(...numbers(100));
    }
    disk.fill();
    await using bench = await Bench.open(folder.file);
    assertEquals(
      (await Array.fromAsync(bench.store.load()))[0]?.joins.length,
      100,
      "reading still works",
    );
    bench.put(...numbers(5000));
    await bench.pass(60_000);
    const { state, pending, failures, error, reason } = bench.store.health;
    assertEquals([state, error instanceof StoreError, reason], ["failing", true, "full"]);
    bench.put(...numbers(10_000));
    assertEquals(bench.store.caughtUp(), undefined, "nobody waits for a disk that is full");
    assert(pending > 0 && pending <= 5000);
    assert(failures > 2 && failures < 10, `${failures} tries: the pauses become longer`);
    disk.free();
    await bench.pass(60_000);
    assertEquals([bench.store.health.state, bench.store.health.pending], ["ok", 0]);
    assertEquals(bench.log.at(-1), "info store-ok");
    await bench.store.close();
    assertEquals(await storedNumbers(folder.file), numbers(10_000));
  },
);

Deno.test(
  "what waits is bounded: beyond that everything is written anew later",
  onSmallDisk,
  async () => {
    using folder = new Folder();
    using disk = new SmallDisk(folder.path, 4096);
    {
      await using bench = await Bench.open(folder.file);
      bench.put(...numbers(100));
    }
    disk.fill();
    await using bench = await Bench.open(folder.file, { maxPending: 3000, batch: 500 });
    bench.store.backUpBy(() => knownLinks([7, 8, 9]));
    bench.put(...numbers(2900));
    await bench.pass(200);
    assertEquals(bench.store.health.state, "failing");
    bench.put(...numbers(6000).slice(2900));
    assertEquals(bench.store.health.pending, 0);
    assert(bench.log.includes("error store-outdated"));
    disk.free();
    await bench.pass(120_000);
    assertEquals([bench.store.health.state, bench.store.health.pending], ["ok", 0]);
    bench.put(10);
    await bench.store.close();
    assertEquals(await storedNumbers(folder.file), [7, 8, 9, 10]);
  },
);

Deno.test(
  "more waits than is kept, just while a write works again: everything is written anew",
  onSmallDisk,
  async () => {
    using folder = new Folder();
    using disk = new SmallDisk(folder.path, 4096);
    await using bench = await Bench.open(folder.file, { maxPending: 3000 });
    bench.store.backUpBy(() => knownLinks([7, 8, 9]));
    disk.fill();
    bench.put(...numbers(2900));
    await bench.pass(200);
    assertEquals(bench.store.health.state, "failing");
    disk.free();
    bench.clock.advance(1_000);
    bench.put(...numbers(6000).slice(2900));
    assert(bench.log.includes("error store-outdated"));
    await bench.pass(1_000);
    bench.put(10);
    await bench.pass(1_000);
    assertEquals([bench.store.health.state, bench.store.health.pending], ["ok", 0]);
    await bench.store.close();
    assertEquals(await storedNumbers(folder.file), [7, 8, 9, 10]);
  },
);

Deno.test(
  "a disk that hangs: told after a while, what waits is bounded, and written in the end",
  onLoopDisk,
  async () => {
    using folder = new Folder();
    using disk = new LoopDisk(folder.path);
    await using bench = await Bench.open(folder.file, { maxPending: 3000 });
    bench.store.backUpBy(() => knownLinks(numbers(50)));
    {
      using _ = disk.freeze();
      bench.put(...numbers(50));
      bench.clock.advance(200);
      assertEquals(bench.store.health.state, "ok");
      bench.clock.advance(60_000);
      assertEquals([bench.store.health.state, bench.store.health.reason], ["failing", "stalled"]);
      bench.put(...numbers(6000));
      assertEquals(bench.store.health.pending, 0);
    }
    await bench.store.idle();
    await bench.pass(1_000);
    assertEquals([bench.store.health.state, bench.store.health.pending], ["ok", 0]);
    assertEquals(bench.log, ["error store-failing", "error store-outdated", "info store-ok"]);
    await bench.store.close();
    assertEquals(bench.clock.pending, 0);
    assertEquals(await storedNumbers(folder.file), numbers(50));
  },
);

Deno.test(
  "a disk that turns read-only while it is used: mounted anew, it gets everything",
  onLoopDisk,
  async () => {
    using folder = new Folder();
    using disk = new LoopDisk(folder.path);
    await using bench = await Bench.open(folder.file);
    const known = new Set(numbers(500));
    bench.store.backUpBy(() => knownLinks([...known]));
    bench.put(...known);
    await bench.pass(200);
    assertEquals(bench.store.health.pending, 0, "the disk has taken it");

    disk.fail();
    for (const n of numbers(700)) known.add(n);
    bench.put(...numbers(700).slice(500));
    await bench.pass(10_000);
    const { state, reason, error, pending, failures } = bench.store.health;
    assertEquals([state, reason, pending], ["failing", "read-only", 200]);
    assert(error?.message.includes("mount it anew"), error?.message);
    assert(failures > 2 && failures < 6, `${failures} tries`);
    bench.put(700);
    known.add(700);
    assertEquals(bench.store.health.pending, 201);

    disk.mountAnew();
    await bench.pass(30_000);
    assertEquals([bench.store.health.state, bench.store.health.pending], ["ok", 0]);
    assertEquals(bench.store.health.setAside, 0);
    assertEquals(bench.log.at(-1), "info store-ok");
    await bench.store.close();
    // What the disk had taken before it failed was not all there any more.
    assertEquals(await storedNumbers(folder.file), numbers(701));
  },
);

Deno.test(
  "a disk that is still read-only at the end: told, and let go of",
  onLoopDisk,
  async () => {
    using folder = new Folder();
    using disk = new LoopDisk(folder.path);
    await using bench = await Bench.open(folder.file);
    bench.put(1);
    disk.fail();
    await bench.pass(5_000);
    await bench.store.close();
    assertEquals(bench.log.at(-1), "error store-lost");
    assertEquals(bench.clock.pending, 0);
    disk.mountAnew();
  },
);

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
    await bench.pass(20_000);
    bench.put(99);
    await bench.pass(20_000);
    assertEquals([bench.store.health.state, bench.store.health.failures], ["ok", 1]);
    assertEquals(bench.log, ["error store-failing", "info store-ok"]);
    await bench.store.close();
    assertEquals(await storedNumbers(folder.file), numbers(100));
  });
}

Deno.test("what can't be written at the end is told", onSmallDisk, async () => {
  using folder = new Folder();
  using disk = new SmallDisk(folder.path, 1024);
  await using bench = await Bench.open(folder.file);
  disk.fill();
  bench.put(...numbers(5000));
  await bench.store.close();
  assertEquals(bench.log.at(-1), "error store-lost");
  assertEquals(bench.clock.pending, 0);
});

/** All numbers below `end`. */
function numbers(end: number): number[] {
  return Array.from({ length: end }, (_, n) => n);
}

function knownLinks(of: readonly number[]): StoredDomain[] {
  return [{ ...LINK, joins: of.map((n) => join(n)), losses: [], seq: 0 }];
}

/** Overwrites everything behind the first pages. */
function damage(path: string): void {
  const { size } = Deno.statSync(path);
  using file = Deno.openSync(path, { write: true });
  const from = 8 * 4096;
  file.seekSync(from, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(size - from).fill(0x5a));
}
