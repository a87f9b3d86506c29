import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openStore } from "../../store/mod.ts";
import { Bench, Folder, join, LINK, stored, storedNumbers } from "./fixture.ts";

Deno.test("joins, losses and the sequence number outlive the process", async () => {
  using folder = new Folder();
  const losses = [
    { seq: 3, at: 1_700_000_000_123, cause: "link-down" },
    { seq: 3, at: 1_700_000_060_456, cause: "link-up" },
  ] as const;
  {
    await using bench = await Bench.open(folder.file);
    bench.put(1, 2);
    bench.store.record(LINK, { type: "losses", losses, seq: 7 });
  }
  assertEquals(await stored(folder.file), [{ ...LINK, joins: [join(1), join(2)], losses, seq: 7 }]);
});

Deno.test("a link whose joins are all gone is forgotten", async () => {
  using folder = new Folder();
  {
    await using bench = await Bench.open(folder.file);
    bench.put(1);
    await bench.pass(200);
    const { user, room } = join(1);
    bench.store.record(LINK, { type: "remove", user, room });
  }
  assertEquals(await stored(folder.file), []);
});

Deno.test("changes wait for the tick, and only the latest of a join is written", async () => {
  using folder = new Folder();
  await using bench = await Bench.open(folder.file);
  for (let confirmed = 0; confirmed < 100; confirmed++) {
    bench.store.record(LINK, { type: "put", join: join(1, { confirmed }) });
  }
  bench.put(2);
  const { user, room } = join(2);
  bench.store.record(LINK, { type: "remove", user, room });
  assertEquals(bench.store.health.pending, 2);
  await bench.pass(199);
  assertEquals(bench.store.health.pending, 2);
  await bench.pass(1);
  assertEquals(bench.store.health.pending, 0);
  assertEquals(bench.clock.pending, 1, "an idle store only looks whether its file is there");
  await bench.store.close();
  assertEquals((await stored(folder.file))[0]?.joins, [join(1, { confirmed: 99 })]);
});

Deno.test("whoever can wait does so while more than ten full batches wait", async () => {
  using folder = new Folder();
  await using bench = await Bench.open(folder.file, { batch: 10 });
  bench.put(...Array.from({ length: 99 }, (_, n) => n));
  assertEquals(bench.store.caughtUp(), undefined);
  bench.put(99);
  const caughtUp = bench.store.caughtUp();
  assert(caughtUp !== undefined);
  await bench.pass(0);
  await caughtUp;
  assert(bench.store.health.pending < 10);
  assertEquals(bench.store.caughtUp(), undefined);
});

Deno.test("nobody waits for a write that takes long, as it may never end", async () => {
  using folder = new Folder();
  await using bench = await Bench.open(folder.file, { batch: 10 });
  bench.put(...Array.from({ length: 100 }, (_, n) => n));
  const caughtUp = bench.store.caughtUp();
  // The write begins, and the thread's answer can't come before this test waits for something.
  bench.clock.advance(1_000);
  assertEquals(bench.store.caughtUp(), undefined);
  assertEquals(bench.store.health.pending, 100);
  await caughtUp;
});

Deno.test("full batches are written without waiting for the tick, but not within the call", async () => {
  using folder = new Folder();
  await using bench = await Bench.open(folder.file, { batch: 10 });
  bench.put(...Array.from({ length: 25 }, (_, n) => n));
  assertEquals(bench.store.health.pending, 25);
  await bench.pass(0);
  assertEquals(bench.store.health.pending, 5);
  await bench.pass(200);
  assertEquals(bench.store.health.pending, 0);
});

Deno.test("closing writes everything, twice does no harm, and nothing is recorded after it", async () => {
  using folder = new Folder();
  const bench = await Bench.open(folder.file, { batch: 10 });
  bench.put(...Array.from({ length: 35 }, (_, n) => n));
  await bench.store.close();
  await bench.store.close();
  bench.put(99);
  assertEquals(bench.clock.pending, 0);
  assertEquals(await storedNumbers(folder.file), Array.from({ length: 35 }, (_, n) => n));
  assertEquals(folder.names, ["joins.sqlite"]);
});

Deno.test("whoever closes a store that is being closed waits for that", async () => {
  using folder = new Folder();
  const bench = await Bench.open(folder.file);
  bench.put(...Array.from({ length: 5_000 }, (_, n) => n));
  const first = bench.store.close();
  await bench.store.close();
  assertEquals(bench.store.health.pending, 0);
  await (await openStore(folder.file)).close();
  await first;
});

Deno.test("texts of any script and kind come back as they were", async () => {
  using folder = new Folder();
  const odd = join(1, {
    nick: "'; DROP TABLE joins; -- \u{1f600} \u202e",
    room: "żółć@rooms.example",
    user: "ann@home.example/a/b@c \ud7ff",
  });
  {
    await using bench = await Bench.open(folder.file);
    bench.store.record(LINK, { type: "put", join: odd });
  }
  assertEquals((await stored(folder.file))[0]?.joins, [odd]);
});

Deno.test(
  "the file can be read by its owner only",
  { ignore: Deno.build.os === "windows" },
  async () => {
    using folder = new Folder();
    await using bench = await Bench.open(folder.file);
    bench.put(1);
    await bench.pass(200);
    for (const name of folder.names) {
      assertEquals((Deno.statSync(`${folder.path}/${name}`).mode ?? 0) & 0o777, 0o600, name);
    }
  },
);

Deno.test("options that make no sense are refused", async () => {
  await assertRejects(
    () => openStore("unused", { tick: 0 }),
    RangeError,
    "'tick' must be positive",
  );
});

Deno.test("more joins than are read at a time come in parts, each with all there is of the link", async () => {
  using folder = new Folder();
  const losses = [{ seq: 3, at: 1_700_000_000_123, cause: "link-down" }] as const;
  const small = { ...LINK, domain: "a.example" };
  {
    await using bench = await Bench.open(folder.file, { batch: 5_000 });
    bench.put(...Array.from({ length: 4_500 }, (_, n) => n));
    bench.store.record(LINK, { type: "losses", losses, seq: 7 });
    bench.store.record(small, { type: "put", join: join(1) });
  }
  const parts = await stored(folder.file);
  const about = ({ domain, losses, seq }: typeof parts[number]) => ({ domain, losses, seq });
  const rooms = { domain: LINK.domain, losses, seq: 7 };
  assertEquals(parts.map(about), [
    { domain: small.domain, losses: [], seq: 0 },
    rooms,
    rooms,
    rooms,
  ]);
  assertEquals(parts.slice(1).flatMap(({ joins }) => joins).length, 4_500);
  assertEquals(new Set(parts.flatMap(({ joins }) => joins).map(({ user }) => user)).size, 4_500);
});

Deno.test("oversized joins are not kept, and those of an older version are forgotten", async () => {
  using folder = new Folder();
  const long = "x".repeat(1_024);
  {
    await using bench = await Bench.open(folder.file);
    bench.put(1);
    bench.store.record(LINK, { type: "put", join: join(2, { nick: long }) });
    bench.store.record(LINK, { type: "put", join: join(3, { room: `${long}@rooms.example` }) });
  }
  assertEquals(await storedNumbers(folder.file), [1]);
  const rows = () => {
    using sqlite = new DatabaseSync(folder.file);
    return sqlite.prepare("SELECT COUNT(*) AS count FROM joins").get()!["count"];
  };
  {
    using sqlite = new DatabaseSync(folder.file);
    sqlite.exec(`INSERT INTO joins SELECT link, user || '2', room, '${long}', 0, 0 FROM joins`);
  }
  assertEquals(rows(), 2);
  assertEquals(await storedNumbers(folder.file), [1]);
  assertEquals(rows(), 1);
});
