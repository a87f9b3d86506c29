/** What the store does on disks that fail for real: these tests mount some (Linux, root). */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { openStore, StoreError } from "../../store/mod.ts";
import { Bench, Folder, knownLinks, numbers, storedNumbers } from "../store/fixture.ts";
import { LoopDisk } from "./loop_disk.ts";
import { SmallDisk } from "./small_disk.ts";

Deno.test("a read-only disk: an error that says so", async () => {
  using folder = new Folder();
  using disk = new SmallDisk(folder.path, 1024);
  await (await Bench.open(folder.file)).store.close();
  disk.seal();
  const error = await assertRejects(() => openStore(folder.file), StoreError, "it is read-only");
  assertEquals([error.reason, error.lasting], ["read-only", true]);
});

Deno.test("a full disk at the first start: an error that says so", async () => {
  using folder = new Folder();
  using disk = new SmallDisk(folder.path, 256);
  disk.fill();
  const error = await assertRejects(() => openStore(folder.file), StoreError, "no space is left");
  assertEquals([error.reason, error.lasting], ["full", false]);
});

Deno.test(
  "a disk that is full for a while: changes wait and are written later",
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

Deno.test("what can't be written at the end is told", async () => {
  using folder = new Folder();
  using disk = new SmallDisk(folder.path, 1024);
  await using bench = await Bench.open(folder.file);
  disk.fill();
  bench.put(...numbers(5000));
  await bench.store.close();
  assertEquals(bench.log.at(-1), "error store-lost");
  assertEquals(bench.clock.pending, 0);
});
