/** The figures for Prometheus. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ConnectError } from "../../component/mod.ts";
import { Metrics } from "../../admin/metrics.ts";
import { FULL_STORE, HOST, RECOVERING, Scene, STORE } from "./scene.ts";

/** The samples of a scrape, by name and labels. */
async function samples(metrics: Metrics): Promise<Map<string, number>> {
  const lines = (await metrics.text()).split("\n").filter((line) => /^[a-z]/.test(line));
  return new Map(lines.map((line) => {
    const space = line.lastIndexOf(" ");
    return [line.slice(0, space), Number(line.slice(space + 1))];
  }));
}

Deno.test("every loss, ping, verdict and notice is counted", async () => {
  const scene = new Scene();
  scene.join("rooms.example", 20, 2);
  scene.join("calm.example", 5);
  scene.lose("rooms.example");
  let now = await samples(scene.metrics);
  assertEquals(now.get('roomkeeper_losses_total{cause="link-down"}'), 1);
  assertEquals(now.get('roomkeeper_verifying_domains{phase="delay"}'), 1);
  assertEquals(now.get("roomkeeper_joins"), 25);
  assertEquals(now.get('roomkeeper_domains{link="down"}'), 1);
  assertEquals(now.get('roomkeeper_domains{link="up"}'), 1);

  scene.verify("rooms.example", { gone: 1 });
  now = await samples(scene.metrics);
  assertEquals(now.get("roomkeeper_pings_total"), 20);
  assertEquals(now.get('roomkeeper_verdicts_total{verdict="gone"}'), 2);
  assertEquals(now.get('roomkeeper_verdicts_total{verdict="joined"}'), 18);
  assertEquals(now.get('roomkeeper_notices_total{reason="gone"}'), 2);
  assertEquals(now.get("roomkeeper_verifications_total"), 1);
  assertEquals(now.get('roomkeeper_verifying_domains{phase="delay"}'), 0);
  // The delay is a minute and some, so that no verdict comes before that.
  assertEquals(now.get('roomkeeper_loss_to_verdict_seconds_bucket{le="60",verdict="joined"}'), 0);
  assertEquals(now.get('roomkeeper_loss_to_verdict_seconds_count{verdict="joined"}'), 18);
});

Deno.test("every rejoin is counted by how it ended, with the time out of the room", async () => {
  const scene = new Scene();
  scene.domain("rooms.example", RECOVERING);
  scene.join("rooms.example", 20, 2);
  scene.lose("rooms.example");
  scene.verify("rooms.example", { gone: 2 });
  assertEquals((await samples(scene.metrics)).get("roomkeeper_rejoining_users"), 4);
  assertEquals(
    (await samples(scene.metrics)).get('roomkeeper_rejoins_total{result="joined"}'),
    0,
    "shown before the first",
  );
  scene.bringBack("rooms.example", { refused: 1, seconds: 6 });
  const now = await samples(scene.metrics);
  assertEquals(now.get('roomkeeper_rejoins_total{result="joined"}'), 3);
  assertEquals(now.get('roomkeeper_rejoins_total{result="forbidden"}'), 1);
  assertEquals(now.get("roomkeeper_rejoining_users"), 0);
  assertEquals(now.get('roomkeeper_out_of_room_seconds_bucket{le="5"}'), 0);
  assertEquals(now.get('roomkeeper_out_of_room_seconds_bucket{le="10"}'), 3);
  assertEquals(now.get('roomkeeper_notices_total{reason="gone"}'), 1);
});

Deno.test("whatever a room answers to a rejoin, the labels are few", async () => {
  const metrics = new Metrics();
  const before = (await samples(metrics)).size;
  const link = { host: HOST, domain: "rooms.example" };
  const failed = (because: string, next: "again" | "notify" | "forget") =>
    metrics.reported(link, { type: "rejoin-failed", user: "a", room: "b", because, next });
  for (let n = 0; n < 100; n++) failed(`condition-${n}`, "notify");
  failed("unwanted room", "notify");
  failed("ended", "forget");
  failed("conflict", "again");
  const now = await samples(metrics);
  assertEquals(now.size, before);
  const count = (result: string) => now.get(`roomkeeper_rejoins_total{result="${result}"}`);
  assertEquals(["other", "unwanted-room", "forgotten", "conflict"].map(count), [100, 1, 1, 0]);
});

Deno.test("a plugin that is out of date is shown", async () => {
  const { keeper, metrics } = new Scene();
  const outdated = async () =>
    (await samples(metrics)).get(`roomkeeper_plugin_outdated{host="${HOST}"}`);
  assertEquals(await outdated(), 0);
  keeper.hosts = [{ host: HOST, state: "synced", software: "prosody", takesRequests: false }];
  assertEquals(await outdated(), 1);
});

Deno.test("input, connections and plugins are counted", async () => {
  const scene = new Scene();
  const { metrics, keeper } = scene;
  metrics.fed(HOST, "presence");
  metrics.ignored("forged");
  metrics.connected();
  const lost = new ConnectError("refused", "127.0.0.1:5347");
  metrics.disconnected(lost, undefined);
  metrics.disconnected(lost, 1_000);
  metrics.lagged(0.02);
  keeper.connection = { ...keeper.connection, state: "waiting" };
  keeper.hosts = [{ host: HOST, state: "away", software: "", takesRequests: false }];
  const now = await samples(metrics);
  assertEquals(now.get('roomkeeper_feed_stanzas_total{kind="presence"}'), 1);
  assertEquals(now.get('roomkeeper_feed_stanzas_total{kind="link"}'), 0, "shown before the first");
  assertEquals(now.get('roomkeeper_ignored_stanzas_total{kind="forged"}'), 1);
  assertEquals(now.get('roomkeeper_disconnections_total{reason="refused"}'), 1);
  assertEquals(now.get("roomkeeper_connected"), 0);
  assertEquals(now.get(`roomkeeper_plugin_synced{host="${HOST}"}`), 0);
  assertEquals(now.get('roomkeeper_event_loop_lag_seconds_bucket{le="0.025"}'), 1);
});

Deno.test("the store's health is shown if there is a store", async () => {
  const { keeper } = new Scene();
  keeper.store = { ...FULL_STORE, setAside: 1, slowestMs: 250 };
  const metrics = new Metrics();
  metrics.watch(keeper, "1.2.3");
  const now = await samples(metrics);
  assertEquals(now.get("roomkeeper_store_pending_changes"), 1_250);
  assertEquals(now.get("roomkeeper_store_used"), 1);
  assertEquals(now.get("roomkeeper_store_healthy"), 0);
  assertEquals(now.get('roomkeeper_store_failing{reason="full"}'), 1);
  assertEquals(now.get("roomkeeper_store_failures_total"), 4);
  assertEquals(
    (await samples(metrics)).get("roomkeeper_store_failures_total"),
    4,
    "a second scrape adds nothing",
  );
  assertEquals(now.get("roomkeeper_store_set_aside_total"), 1);
  assertEquals(now.get("roomkeeper_store_size_bytes"), 1_234_567);
  assertEquals(now.get("roomkeeper_store_slowest_write_seconds"), 0.25);
});

Deno.test("that there is no store, or that it is well again, is shown", async () => {
  const { keeper } = new Scene();
  keeper.store = undefined;
  const without = new Metrics();
  without.watch(keeper, "1.2.3");
  assertEquals((await samples(without)).get("roomkeeper_store_used"), 0);

  keeper.store = FULL_STORE;
  const metrics = new Metrics();
  metrics.watch(keeper, "1.2.3");
  assertEquals((await samples(metrics)).get('roomkeeper_store_failing{reason="full"}'), 1);
  keeper.store = STORE;
  assertEquals((await samples(metrics)).has('roomkeeper_store_failing{reason="full"}'), false);
});

Deno.test("the format is OpenMetrics: types, help, no _total in names, an end", async () => {
  const { metrics } = new Scene();
  const text = await metrics.text();
  assertStringIncludes(metrics.contentType, "application/openmetrics-text");
  assert(text.endsWith("# EOF\n"));
  assertStringIncludes(text, "# TYPE roomkeeper_losses counter");
  assert(!/# TYPE \w+_total/.test(text));
  for (const [, name] of text.matchAll(/^# TYPE (\w+)/gm)) {
    assert(new RegExp(`^# HELP ${name} .+\\.$`, "m").test(text), `${name} is explained`);
  }
});

Deno.test("the documentation names every metric, and no other", async () => {
  const scene = new Scene();
  const metrics = new Metrics();
  metrics.watch(scene.keeper, "1.2.3");
  const names = [...(await metrics.text()).matchAll(/^# TYPE (\w+) (\w+)/gm)].map((
    [, name, type],
  ) => type === "counter" ? `${name}_total` : name);
  const docs = await Deno.readTextFile(new URL("../../docs/operations.md", import.meta.url));
  const told = [...docs.matchAll(/^\| `((?:roomkeeper|process)_\w+)`/gm)].map(([, name]) => name);
  assertEquals(told.toSorted(), names.toSorted());
});

Deno.test("no label can grow without bound: a thousand domains add no sample", async () => {
  const scene = new Scene();
  const before = (await samples(scene.metrics)).size;
  for (let n = 0; n < 1_000; n++) scene.join(`rooms${n}.example`, 1);
  assertEquals((await samples(scene.metrics)).size, before);
});
