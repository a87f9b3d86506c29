import { assertEquals, assertThrows } from "@std/assert";
import { openStore } from "../../store/mod.ts";
import { Bench, Folder, join, LINK, stored, storedNumbers } from "./fixture.ts";

Deno.test("joins, losses and the sequence number outlive the process", () => {
  using folder = new Folder();
  const losses = [
    { seq: 3, at: 1_700_000_000_123, cause: "link-down" },
    { seq: 3, at: 1_700_000_060_456, cause: "link-up" },
  ] as const;
  {
    using bench = new Bench(folder.file);
    bench.put(1, 2);
    bench.store.record(LINK, { type: "losses", losses, seq: 7 });
  }
  assertEquals(stored(folder.file), [{ ...LINK, joins: [join(1), join(2)], losses, seq: 7 }]);
});

Deno.test("a link whose joins are all gone is forgotten", () => {
  using folder = new Folder();
  {
    using bench = new Bench(folder.file);
    bench.put(1);
    bench.clock.advance(200);
    const { user, room } = join(1);
    bench.store.record(LINK, { type: "remove", user, room });
  }
  assertEquals(stored(folder.file), []);
});

Deno.test("changes wait for the tick, and only the latest of a join is written", () => {
  using folder = new Folder();
  using bench = new Bench(folder.file);
  for (let confirmed = 0; confirmed < 100; confirmed++) {
    bench.store.record(LINK, { type: "put", join: join(1, { confirmed }) });
  }
  bench.put(2);
  const { user, room } = join(2);
  bench.store.record(LINK, { type: "remove", user, room });
  assertEquals(bench.store.health.pending, 2);
  bench.clock.advance(199);
  assertEquals(bench.store.health.pending, 2);
  bench.clock.advance(1);
  assertEquals(bench.store.health.pending, 0);
  assertEquals(bench.clock.pending, 0, "an idle store wants no timer");
  bench.store.close();
  assertEquals(stored(folder.file)[0]?.joins, [join(1, { confirmed: 99 })]);
});

Deno.test("a full batch is written without waiting for the tick, but not within the call", () => {
  using folder = new Folder();
  using bench = new Bench(folder.file, { batch: 10 });
  bench.put(...Array.from({ length: 25 }, (_, n) => n));
  assertEquals(bench.store.health.pending, 25);
  bench.clock.advance(0);
  assertEquals(bench.store.health.pending, 15);
  bench.clock.advance(100);
  assertEquals(bench.store.health.pending, 0);
});

Deno.test("closing writes everything, twice does no harm, and nothing is recorded after it", () => {
  using folder = new Folder();
  const bench = new Bench(folder.file, { batch: 10 });
  bench.put(...Array.from({ length: 35 }, (_, n) => n));
  bench.store.close();
  bench.store.close();
  bench.put(99);
  assertEquals(bench.clock.pending, 0);
  assertEquals(storedNumbers(folder.file), Array.from({ length: 35 }, (_, n) => n));
  assertEquals(folder.names, ["joins.sqlite"]);
});

Deno.test("texts of any script and kind come back as they were", () => {
  using folder = new Folder();
  const odd = join(1, {
    nick: "'; DROP TABLE joins; -- \u{1f600} \u202e",
    room: "żółć@rooms.example",
    user: "ann@home.example/a/b@c \ud7ff",
  });
  {
    using bench = new Bench(folder.file);
    bench.store.record(LINK, { type: "put", join: odd });
  }
  assertEquals(stored(folder.file)[0]?.joins, [odd]);
});

Deno.test("the file can be read by its owner only", { ignore: Deno.build.os === "windows" }, () => {
  using folder = new Folder();
  using bench = new Bench(folder.file);
  bench.put(1);
  bench.clock.advance(200);
  for (const name of folder.names) {
    assertEquals((Deno.statSync(`${folder.path}/${name}`).mode ?? 0) & 0o777, 0o600, name);
  }
});

Deno.test("options that make no sense are refused", () => {
  assertThrows(() => openStore("unused", { tick: 0 }), RangeError, "'tick' must be positive");
});
