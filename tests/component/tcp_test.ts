import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  ComponentConnection,
  ConnectError,
  type ConnectFailure,
  tcpTransport,
} from "../../component/mod.ts";
import { xml } from "../../xml/mod.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { DOMAIN, FakeSession, SECRET } from "./fake_server.ts";
import { Inbox } from "./inbox.ts";

const HOST = "127.0.7.2";

/** What a fake server over real TCP needs. */
function listen(port = 0): Deno.TcpListener {
  return Deno.listen({ hostname: HOST, port });
}

async function accept(listener: Deno.TcpListener): Promise<FakeSession> {
  const conn = await listener.accept();
  return await FakeSession.accept(conn);
}

async function failure(hostname: string, port: number): Promise<ConnectFailure> {
  const transport = tcpTransport({ hostname, port });
  const error = await assertRejects(
    () => transport.connect(new AbortController().signal),
    ConnectError,
    `${hostname}:${port}`,
  );
  return error.reason;
}

Deno.test({
  name: "over TCP: stanzas both ways, a server restart, an orderly close",
  permissions: { net: [HOST] },
}, async () => {
  const connected = new Inbox<string>();
  const lost = new Inbox<string>();
  const stanzas = new Inbox<string>();
  let listener = listen();
  const { port } = listener.addr;
  const connection = new ComponentConnection({
    domain: DOMAIN,
    secret: SECRET,
    transport: tcpTransport({ hostname: HOST, port }),
    backoff: { minMs: 1, maxMs: 20 },
    log: () => {},
    events: {
      connected: ({ streamId }) => connected.put(streamId),
      disconnected: ({ reason }) => lost.put(reason.reason),
      stanza: (stanza) => stanzas.put(stanza.attr("id") ?? ""),
    },
  });
  connection.start();
  let session = await accept(listener);
  assertEquals(await connected.next(), "s1");
  connection.send(xml("message", NS.component, { id: "out", to: "home.example" }));
  assertEquals((await session.stanza()).attr("id"), "out");
  await session.write(`<message id='in'><body>${"ü".repeat(100_000)}</body></message>`);
  assertEquals(await stanzas.next(), "in");

  listener.close();
  await session.refuse("system-shutdown");
  assertEquals(await lost.next(), "system-shutdown");
  connection.send(xml("message", NS.component, { id: "kept", to: "home.example" }));
  listener = listen(port);
  session = await accept(listener);
  await connected.next();
  assertEquals((await session.stanza()).attr("id"), "kept");

  const closed = connection.close();
  assertEquals(await session.closed(), "close");
  await session.write("</stream:stream>");
  session.cut();
  assertEquals(await closed, { unsent: 0 });
  assertEquals(await lost.next(), "stopped");
  listener.close();
});

Deno.test("over TCP: nobody listens", async () => {
  const listener = listen();
  const { port } = listener.addr;
  listener.close();
  assertEquals(await failure(HOST, port), "refused");
});

Deno.test("over TCP: a name that does not resolve", async () => {
  // A label of more than 63 characters is refused without asking any name server.
  assertEquals(await failure(`${"x".repeat(64)}.invalid`, 5347), "name-not-found");
});

Deno.test({
  name: "over TCP: no permission for the server",
  permissions: { net: [HOST] },
}, async () => {
  assertEquals(await failure("127.0.7.3", 5347), "not-permitted");
});

Deno.test("over TCP: a close in the middle of a read and a write ends both", async () => {
  const listener = listen();
  const bytes = await tcpTransport({ hostname: HOST, port: listener.addr.port })
    .connect(new AbortController().signal);
  const far = await listener.accept();
  const reading = assertRejects(() => bytes.read(new Uint8Array(10)));
  const writing = assertRejects(async () => {
    for (;;) assert(await bytes.write(new Uint8Array(65_536)) > 0);
  });
  bytes.close();
  bytes.close();
  await Promise.all([reading, writing]);
  far.close();
  listener.close();
});

Deno.test("over TCP: while the consumer is behind the server has to wait, and loses nothing", async () => {
  const gate = Promise.withResolvers<void>();
  const got: string[] = [];
  const listener = listen();
  const connection = new ComponentConnection({
    domain: DOMAIN,
    secret: SECRET,
    transport: tcpTransport({ hostname: HOST, port: listener.addr.port }),
    log: () => {},
    events: {
      stanza: (stanza) => {
        got.push(stanza.attr("id") ?? "");
        return gate.promise;
      },
    },
  });
  connection.start();
  const session = await accept(listener);
  // More than the system keeps for two sockets.
  const [STANZAS, body] = [400, "x".repeat(200_000)];
  let written = 0;
  const writing = (async () => {
    for (; written < STANZAS; written++) {
      await session.write(`<message id='${written}'><body>${body}</body></message>`);
    }
  })();
  for (let last = -1, turns = 0; turns < 100; turns++) {
    await new Promise((turn) => setTimeout(turn, 1));
    if (written > last) [last, turns] = [written, 0];
  }
  assertEquals(got, ["0"]);
  assert(written < STANZAS, "the server could write all");
  gate.resolve();
  await writing;
  while (got.length < STANZAS) await new Promise((turn) => setTimeout(turn));
  assertEquals(got, Array.from({ length: STANZAS }, (_, n) => `${n}`));
  session.cut();
  await connection.close();
  listener.close();
});
