/** What the HTTP server bears, over real connections. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type HttpLimits, HttpServer } from "../../admin/http_server.ts";

const LOCAL = { hostname: "127.0.0.1", port: 0 };

/** A server that says what it was asked for, and what could not be answered. */
class Echo implements AsyncDisposable {
  readonly failures: unknown[] = [];
  readonly #server: HttpServer;

  constructor(limits: HttpLimits = {}) {
    this.#server = new HttpServer(LOCAL, {
      answer: async (request) => {
        const { pathname } = new URL(request.url);
        if (pathname === "/throw") throw new Error("thrown");
        const host = request.headers.get("host");
        return new Response(`${request.method} ${pathname} ${host} ${await request.text()}`);
      },
      failed: (error) => {
        this.failures.push(error);
        return new Response("failed", { status: 500 });
      },
      deaf: (error) => this.failures.push(error),
    }, limits);
  }

  get port(): number {
    return this.#server.address.port;
  }

  async connect(said = ""): Promise<Deno.TcpConn> {
    const conn = await Deno.connect({ ...LOCAL, port: this.port });
    await conn.write(new TextEncoder().encode(said));
    return conn;
  }

  /** All that comes on a connection until the other end closes it. */
  async ask(said: string): Promise<string> {
    return await all(await this.connect(said));
  }

  async fetch(path = "/"): Promise<string> {
    return await (await fetch(`http://127.0.0.1:${this.port}${path}`)).text();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}

async function all(conn: Deno.TcpConn): Promise<string> {
  return await new Response(conn.readable).text().catch(() => "reset");
}

Deno.test("HttpServer: any Host and target is answered or refused, and nothing fails", async () => {
  await using echo = new Echo();
  for (const host of ["a b", "[::1", "a@b/c?d#e", "x:99999", "%", "\x7f", "é", "a".repeat(9_000)]) {
    for (const target of ["/", "//evil.example/x", "/%", "/\\", "http://evil.example/y", "*"]) {
      const answer = await echo.ask(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      assert(/^HTTP\/1.1 (200|400) |^$|^reset$/.test(answer), answer);
    }
  }
  for (
    const request of [
      "GET / HTTP/1.1\r\n\r\n",
      "\x16\x03\x01\x02",
      "GET\r\n\r\n",
      "TRACE / HTTP/1.0\r\n\r\n",
    ]
  ) {
    assert(!(await echo.ask(request)).includes(" 500 "));
  }
  assertEquals(echo.failures, []);
  assertStringIncludes(await echo.fetch("/well"), "GET /well 127.0.0.1");
});

Deno.test("HttpServer: headers without end are too many, a body without end is closed", async () => {
  await using echo = new Echo({ requestMs: 300 });
  const endless = `GET / HTTP/1.1\r\nHost: a\r\n${"X-More: 1234567890\r\n".repeat(2_000)}`;
  assert(!(await echo.ask(endless)).includes("200 OK"));
  assertEquals(await echo.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"), "");
  assertStringIncludes(await echo.fetch(), "GET /");
  assertEquals(echo.failures, []);
});

Deno.test("HttpServer: whoever says nothing, or more and more slowly, is closed", async () => {
  await using echo = new Echo({ requestMs: 300 });
  assertEquals(await echo.ask(""), "");
  assertEquals(await echo.ask("GET / HTTP/1.1\r\nHost: a\r\n"), "");
  const slow = await echo.connect("GET / HTTP/1.1\r\n");
  const drip = setInterval(
    () => slow.write(new TextEncoder().encode("X: 1\r\n")).catch(() => {}),
    50,
  );
  await all(slow);
  clearInterval(drip);
});

Deno.test("HttpServer: unfinished requests make place for those that ask", async () => {
  await using echo = new Echo({ connections: 10, requestMs: 3_600_000 });
  const held: Deno.TcpConn[] = [];
  for (let n = 0; n < 100; n++) held.push(await echo.connect("GET / HTTP/1.1\r\nHost: a\r\n"));
  for (let n = 0; n < 20; n++) assertStringIncludes(await echo.fetch(`/${n}`), `GET /${n} `);
  // The last ones have a place still.
  const last = held.pop()!;
  await last.write(new TextEncoder().encode("\r\n"));
  assert((await all(last)).startsWith("HTTP/1.1 200 OK"));
  for (const conn of held) conn.close();
  assertEquals(echo.failures, []);
});

Deno.test("HttpServer: what fails is told, and answered with 500", async () => {
  await using echo = new Echo();
  assertEquals(await echo.fetch("/throw"), "failed");
  assertEquals(echo.failures.map(String), ["Error: thrown"]);
});

Deno.test("HttpServer: disposing of it ends what is open", async () => {
  const echo = new Echo();
  const open = await echo.connect("GET / HTTP/1.1\r\nHost: a\r\n");
  assertStringIncludes(await echo.fetch(), "GET /");
  await echo[Symbol.asyncDispose]();
  assertEquals(await all(open), "");
});
