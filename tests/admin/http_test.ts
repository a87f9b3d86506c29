/** What the operator's side answers, over a real port of the loopback interface. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { configureSync, type LogRecord, resetSync } from "@logtape/logtape";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { type AdminServer, type HttpOptions, serveAdmin } from "../../admin/http.ts";
import type { DomainRow } from "../../admin/rows.ts";
import { FULL_STORE, RECOVERING, Scene, STORE } from "./scene.ts";

const TOKEN = "correct horse battery staple".replaceAll(" ", "-");

/** A server with a scene behind it. */
class Admin implements AsyncDisposable {
  readonly scene = new Scene();
  readonly #server: AdminServer;
  readonly url: string;

  constructor(options: Partial<HttpOptions> = {}) {
    const { keeper, history, metrics } = this.scene;
    this.#server = serveAdmin({ hostname: "127.0.0.1", port: 0 }, {
      keeper,
      history,
      metrics,
      version: "1.2.3",
      now: () => this.scene.now,
      ...options,
    });
    this.url = `http://127.0.0.1:${this.#server.address.port}`;
  }

  async get(path: string, init: RequestInit = {}) {
    const response = await fetch(this.url + path, { redirect: "manual", ...init });
    return { status: response.status, headers: response.headers, body: await response.text() };
  }

  // deno-lint-ignore no-explicit-any
  async json(path: string): Promise<any> {
    return JSON.parse((await this.get(path)).body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}

/** Asks with a `Host` of one's own, which `fetch` does not let one choose. */
async function statusFor(url: string, host: string): Promise<string> {
  const { hostname, port } = new URL(url);
  using conn = await Deno.connect({ hostname, port: Number(port) });
  const request = `GET /api/domains HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  await conn.write(new TextEncoder().encode(request));
  const answer = new Uint8Array(64);
  const read = await conn.read(answer) ?? 0;
  return new TextDecoder().decode(answer.subarray(0, read)).split(" ")[1] ?? "";
}

Deno.test("healthz is about the process, readyz about the work", async () => {
  await using admin = new Admin({ token: TOKEN });
  assertEquals((await admin.get("/healthz")).body, "ok\n");
  assertEquals((await admin.get("/readyz")).status, 200);
  admin.scene.keeper.hosts = [{
    host: "home.example",
    state: "greeted",
    software: "",
    takesRequests: false,
  }];
  const behind = await admin.get("/readyz");
  assertEquals(behind.status, 503);
  assertStringIncludes(behind.body, "the plugin of home.example has not told");
  admin.scene.keeper.connection = { ...admin.scene.keeper.connection, state: "waiting" };
  assertEquals((await admin.get("/readyz")).body, "not connected to the server\n");
  assertEquals((await admin.get("/healthz")).status, 200);
});

Deno.test("readyz: a store that can't be written is no good", async () => {
  await using admin = new Admin();
  admin.scene.keeper.store = { ...FULL_STORE, error: new Error("disk full") };
  assertEquals((await admin.get("/readyz")).body, "the store can't be written: disk full\n");
});

Deno.test("the overview tells how the store is doing", async () => {
  await using admin = new Admin();
  const { scene } = admin;
  scene.join("rooms.example", 1);
  const store = async (path: string) => (await admin.json(path)).overview.store;
  assertEquals(await store("/api/domains"), { ...STORE });
  const { error: _, ...figures } = FULL_STORE;
  scene.keeper.store = FULL_STORE;
  assertEquals(await store("/api/domains/rooms.example"), {
    ...figures,
    message: "Cannot use the store /var/lib/roomkeeper/roomkeeper.sqlite: no space is left on " +
      "the disk. Make some.",
  });
  scene.keeper.store = undefined;
  assertEquals(await store("/api/domains"), { state: "none" });
});

Deno.test("without a token only loopback names are answered: no page elsewhere can read us", async () => {
  await using admin = new Admin();
  assertEquals(await statusFor(admin.url, "localhost:9090"), "200");
  assertEquals(await statusFor(admin.url, "[::1]:9090"), "200");
  assertEquals(await statusFor(admin.url, "evil.example:9090"), "421");
  assertEquals(await statusFor(admin.url, "127.0.0.1.evil.example"), "421");
});

Deno.test("with a token everything but the health checks needs it", async () => {
  await using admin = new Admin({ token: TOKEN });
  for (const path of ["/metrics", "/api/domains", "/api/domains/rooms.example", "/api/events"]) {
    const refused = await admin.get(path);
    assertEquals([path, refused.status], [path, 401]);
    assertStringIncludes(refused.headers.get("www-authenticate") ?? "", "Bearer");
  }
  for (const authorization of [`Bearer ${TOKEN}x`, "Bearer", `Basic ${btoa(`x:${TOKEN}`)}`]) {
    assertEquals((await admin.get("/metrics", { headers: { authorization } })).status, 401);
  }
  const headers = { authorization: `Bearer ${TOKEN}` };
  assertEquals((await admin.get("/metrics", { headers })).status, 200);
  assert(!(await admin.get("/")).body.includes("/assets/status.js"), "the page is not shown");
});

Deno.test("a token with spaces within is as good as any other", async () => {
  const token = "correct horse battery staple";
  await using admin = new Admin({ token });
  const get = async (authorization: string) =>
    (await admin.get("/api/domains", { headers: { authorization } })).status;
  assertEquals(await get(`Bearer ${token}`), 200);
  assertEquals(await get("Bearer correct"), 401);
  const body = new URLSearchParams({ token });
  assertEquals((await admin.get("/login", { method: "POST", body })).status, 303);
});

Deno.test("500 wrong tokens are two lines in the log, and lock nobody out", async () => {
  const lines: LogRecord[] = [];
  configureSync({
    sinks: { all: (record) => lines.push(record) },
    loggers: [
      { category: "roomkeeper", sinks: ["all"] },
      { category: ["logtape", "meta"], lowestLevel: "error" },
    ],
  });
  try {
    const admin = new Admin({ token: TOKEN });
    const wrong = { headers: { authorization: "Bearer wrong" } };
    for (let n = 0; n < 250; n++) {
      assertEquals((await admin.get("/metrics", wrong)).status, 401);
      const body = new URLSearchParams({ token: `wrong ${n}` });
      assertEquals((await admin.get("/login", { method: "POST", body })).status, 401);
    }
    const right = { headers: { authorization: `Bearer ${TOKEN}` } };
    assertEquals((await admin.get("/metrics", right)).status, 200);
    await admin[Symbol.asyncDispose]();
    assertEquals(lines.map(({ properties }) => properties["suppressed"]), [undefined, 498]);
  } finally {
    resetSync();
  }
});

Deno.test("pages from elsewhere can't have a browser ask us, but may link to us", async () => {
  await using admin = new Admin();
  const get = async (path: string, headers: Record<string, string>, method = "GET") =>
    (await admin.get(path, { headers, method })).status;
  const site = (site: string, mode = "cors", dest = "empty") => (
    { "sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest }
  );
  for (const path of ["/api/events", "/api/domains", "/metrics"]) {
    assertEquals(await get(path, site("cross-site")), 403);
    assertEquals(await get(path, site("same-site")), 403, "another port of localhost");
    assertEquals(await get(path, site("cross-site", "navigate", "iframe")), 403);
    assertEquals(await get(path, { origin: "https://evil.example" }), 403);
    assertEquals(await get(path, { origin: "null" }), 403);
  }
  for (const path of ["/login", "/logout"]) {
    const form = site("cross-site", "navigate", "document");
    assertEquals(await get(path, form, "POST"), 403);
    assertEquals(await get(path, { origin: "https://evil.example" }, "POST"), 403);
  }
  assertEquals(await get("/", site("cross-site", "navigate", "document")), 200);
  assertEquals(await get("/api/domains", site("same-origin")), 200);
  assertEquals(await get("/api/domains", site("none", "navigate", "document")), 200);
  assertEquals(await get("/api/domains", { origin: admin.url }), 200);
});

Deno.test("bad Host headers are refused, and nothing else happens", async () => {
  await using admin = new Admin();
  for (const host of ["", "a b", "[::1", "localhost:x", "%", "evil.example@localhost", "é"]) {
    assertEquals([host, await statusFor(admin.url, host)], [host, "421"]);
  }
  assertEquals(await statusFor(admin.url, "localhost"), "200");
});

Deno.test("no page has more than 500 rows, and a view of 3,000 domains tells how many there are", async () => {
  await using admin = new Admin();
  for (let n = 0; n < 3_000; n++) admin.scene.join(`rooms${n}.example`, 1);
  for (const query of ["", "?size=3000", "?size=999999999999999"]) {
    const { rows, found, pages } = await admin.json(`/api/domains${query}`);
    const size = query.includes("99") ? 50 : 500;
    assertEquals([rows.length, found, pages], [size, 3_000, 3_000 / size]);
  }
  const seen = new Set<string>();
  for (let page = 1; page <= 6; page++) {
    const { rows } = await admin.json(`/api/domains?sort=domain&page=${page}`);
    for (const { domain } of rows) seen.add(domain);
  }
  assertEquals(seen.size, 3_000);
});

Deno.test("a person types the token into a form and gets a pass without it", async () => {
  await using admin = new Admin({ token: TOKEN });
  const login = (token: string) =>
    admin.get("/login", { method: "POST", body: new URLSearchParams({ token }) });
  assertEquals((await admin.get("/")).status, 401);
  const wrong = await login("wrong");
  assertEquals([wrong.status, wrong.headers.get("set-cookie")], [401, null]);
  assertStringIncludes(wrong.body, "That is not the token.");

  const right = await login(TOKEN);
  assertEquals([right.status, right.headers.get("location")], [303, "/"]);
  const set = right.headers.get("set-cookie") ?? "";
  assertMatch(set, /; HttpOnly; SameSite=Strict$/);
  assert(!set.includes(TOKEN));
  const pass = set.split(";")[0] ?? "";
  const get = async (cookie: string) =>
    (await admin.get("/api/domains", { headers: { cookie } })).status;
  assertEquals(await get(`other=1; ${pass}`), 200);
  // A pass can't be made longer, nor out of nothing.
  assertEquals(await get(pass.replace(/=\d/, "=9")), 401);
  assertEquals(await get("roomkeeper-pass=99999999999999.x"), 401);
  await using other = new Admin({ token: `${TOKEN}2` });
  const elsewhere = await other.get("/api/domains", { headers: { cookie: pass } });
  assertEquals(elsewhere.status, 401);
  const left = await admin.get("/logout", { method: "POST" });
  assertMatch(left.headers.get("set-cookie") ?? "", /=; Path=\/; Max-Age=0;/);
});

Deno.test("a form that is far too long is not read", async () => {
  await using admin = new Admin({ token: TOKEN });
  const body = new URLSearchParams({ token: "x".repeat(100_000) });
  assertEquals((await admin.get("/login", { method: "POST", body })).status, 413);
});

Deno.test("pages allow no code, style or frame from elsewhere", async () => {
  await using admin = new Admin();
  for (const path of ["/", "/domains/rooms.example", "/assets/status.js", "/api/domains"]) {
    const { status, headers } = await admin.get(path);
    assertEquals([path, status], [path, 200]);
    const policy = headers.get("content-security-policy") ?? "";
    assertStringIncludes(policy, "default-src 'none'");
    assertStringIncludes(policy, "frame-ancestors 'none'");
    assert(!policy.includes("unsafe"), policy);
    assertEquals(headers.get("x-content-type-options"), "nosniff");
  }
  const { body } = await admin.get("/");
  assert(!/<script>|<style|style=|https?:/.test(body), "nothing inline, nothing external");
});

Deno.test("assets: every file of admin/page is served as it is", async () => {
  await using admin = new Admin();
  const types = { js: "text/javascript", css: "text/css", svg: "image/svg+xml" };
  const folder = new URL("../../admin/page/", import.meta.url);
  for (const { name } of Deno.readDirSync(folder)) {
    const { status, headers, body } = await admin.get(`/assets/${name}`);
    assertEquals(status, 200, name);
    assertEquals(body, Deno.readTextFileSync(new URL(name, folder)), name);
    const extension = name.slice(name.lastIndexOf(".") + 1) as keyof typeof types;
    assertStringIncludes(headers.get("content-type") ?? "", types[extension]);
  }
});

Deno.test("assets come again only when they have changed", async () => {
  await using admin = new Admin();
  const { headers } = await admin.get("/assets/style.css");
  const tag = headers.get("etag") ?? "";
  const again = await admin.get("/assets/style.css", { headers: { "if-none-match": tag } });
  assertEquals([again.status, again.body], [304, ""]);
});

Deno.test("what isn't there isn't found, and nothing can be written", async () => {
  await using admin = new Admin();
  for (const path of ["/nothing", "/api/domains/unknown.example", "/domains/%ff", "/__proto__"]) {
    assertEquals([path, (await admin.get(path)).status], [path, 404]);
  }
  for (const method of ["PUT", "DELETE", "POST"]) {
    assertEquals((await admin.get("/api/domains", { method })).status, 405);
  }
  const head = await admin.get("/metrics", { method: "HEAD" });
  assertEquals([head.status, head.body], [200, ""]);
});

Deno.test("domains are searched, sorted and paged, those with trouble first", async () => {
  await using admin = new Admin();
  const { scene } = admin;
  for (let n = 0; n < 30; n++) scene.join(`rooms${n}.example`, n + 1);
  scene.lose("rooms3.example");
  scene.lose("rooms4.example");
  scene.verify("rooms4.example", { reachable: false });

  const all = await admin.json("/api/domains");
  assertEquals([all.found, all.pages, all.rows.length], [30, 1, 30]);
  const names = async (query: string) =>
    (await admin.json(`/api/domains?${query}`)).rows.map((row: { domain: string }) => row.domain);
  assertEquals(
    await names("size=3"),
    ["rooms4.example", "rooms3.example", "rooms29.example"],
  );
  assertEquals(await names("size=2&sort=joins&reverse=1"), ["rooms0.example", "rooms1.example"]);
  assertEquals(await names("search=ROOMS29&size=50"), ["rooms29.example"]);
  assertEquals(
    await names("size=10&page=3&sort=domain"),
    [
      ...["rooms27", "rooms28", "rooms29", "rooms3", "rooms4", "rooms5", "rooms6", "rooms7"],
      ...["rooms8", "rooms9"],
    ].map((name) => `${name}.example`),
  );
  // A page beyond the last one is the last one; nonsense is the default.
  assertEquals((await admin.json("/api/domains?size=10&page=99")).page, 3);
  assertEquals((await admin.json("/api/domains?size=x&page=-1&sort=x")).rows.length, 30);
});

Deno.test("a verification can be followed: progress, verdicts, history", async () => {
  await using admin = new Admin();
  const { scene } = admin;
  scene.join("rooms.example", 20, 4);
  scene.lose("rooms.example");
  const row = async () => (await admin.json("/api/domains")).rows[0];
  assertEquals((await row()).verifying, { phase: "delay", done: 0, total: 20 });
  scene.verify("rooms.example", { gone: 1, most: 8 });
  const { verifying, joins, link } = await row();
  assertEquals(verifying, { phase: "asking", done: 8, total: 20 });
  assertEquals([joins, link], [19, "down"]);

  const detail = await admin.json("/api/domains/rooms.example?search=room1@");
  assertEquals(detail.rooms, [{ room: "room1@rooms.example", joins: 5 }]);
  assertEquals([detail.joins.length, detail.joinsFound], [5, 5]);
  assertEquals(
    detail.events.map((event: { type: string }) => event.type),
    ["notices", "reachable", "loss"],
  );
  assertEquals(detail.links[0].timeline, [{ ago: 0, losses: 1, joined: 7, notified: 1 }]);
});

Deno.test("privacy: no user and no nick is shown, and users can't be searched for", async () => {
  await using admin = new Admin({ privacy: true });
  const { scene } = admin;
  scene.domain("rooms.example", RECOVERING);
  scene.join("rooms.example", 3);
  scene.lose("rooms.example");
  scene.verify("rooms.example", { gone: 10 });
  scene.bringBack("rooms.example", { refused: 1 });
  scene.join("rooms.example", 3);
  const { body } = await admin.get("/api/domains/rooms.example");
  assert(!/user\d|User/.test(body), body);
  for (const type of ["notices", "rejoined", "rejoin-failed"]) {
    assertStringIncludes(body, `"type":"${type}"`);
  }
  assertMatch(body, /"user":"~[0-9a-f]{12}@home\.example\/[0-9a-f]{4}"/);
  assertEquals((await admin.json("/api/domains/rooms.example?search=user1")).joinsFound, 0);
});

Deno.test("recovery is told for all and for each domain, with the last failure in words", async () => {
  await using admin = new Admin();
  const { scene } = admin;
  scene.domain("rooms.example", RECOVERING);
  scene.join("rooms.example", 10);
  scene.join("calm.example", 1);
  scene.lose("rooms.example");
  scene.verify("rooms.example", { gone: 3 });
  const before = await admin.json("/api/domains?sort=domain");
  const none = { rejoining: 0, back: 0, failed: 0, notified: 0 };
  assertEquals(before.overview.recovery, { ...none, rejoining: 3 });
  assertEquals(before.rows.map(({ recovery }: DomainRow) => recovery.rejoining), [0, 3]);
  assertEquals(before.overview.lastFailure, undefined);
  scene.bringBack("rooms.example", { refused: 1, seconds: 6 });
  const { overview, rows } = await admin.json("/api/domains?sort=notified");
  const { medianMs, ...counts } = overview.recovery;
  assertEquals(counts, { ...none, back: 2, failed: 1, notified: 1 });
  assert(medianMs >= 6_000 && medianMs < 10_000);
  assertEquals(rows[0].recovery, overview.recovery);
  const { room, why } = overview.lastFailure;
  assertEquals([room, why], ["room0@rooms.example", "the user is banned; the client is notified"]);
});

Deno.test("views come by themselves when they change", async () => {
  await using admin = new Admin();
  admin.scene.join("rooms.example", 2);
  const response = await fetch(`${admin.url}/api/events?size=10`);
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  const events = response.body!.pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream()).getReader();
  const next = async () => JSON.parse((await events.read()).value!.data);
  assertEquals((await next()).rows[0].joins, 2);
  admin.scene.join("rooms.example", 5);
  assertEquals((await next()).rows[0].joins, 5);
  await events.cancel();
});

Deno.test("too many viewers are put off", async () => {
  await using admin = new Admin();
  const views = await Promise.all(
    Array.from({ length: 33 }, () => fetch(`${admin.url}/api/events?size=1`)),
  );
  assertEquals(views.filter(({ status }) => status === 503).length, 1);
  for (const view of views) await view.body?.cancel();
});

Deno.test("closing ends the views that are open", async () => {
  const admin = new Admin();
  const response = await fetch(`${admin.url}/api/events`);
  const ended = response.text();
  await admin[Symbol.asyncDispose]();
  assertStringIncludes(await ended, "data: ");
});
