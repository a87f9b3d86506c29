import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type ComponentError,
  ConnectionLostError,
  ProtocolError,
  ServerStreamError,
} from "../../component/mod.ts";
import { FakeSession, SECRET } from "./fake_server.ts";
import { Fixture } from "./fixture.ts";

type ErrorClass<E> = new (...args: never[]) => E;

/** Checks the class of an error, for the compiler too. */
function known<E>(error: unknown, type: ErrorClass<E>): E {
  if (error instanceof type) return error;
  throw error;
}

/** Why the connection fails when a server does this with the stream it is asked for. */
async function failure<E extends ComponentError>(
  type: ErrorClass<E>,
  serve: (session: FakeSession) => Promise<void>,
): Promise<E> {
  await using fixture = new Fixture();
  fixture.connection.start();
  await serve(await FakeSession.on(await fixture.transport.accepted.next()));
  const { reason } = await fixture.retrying.next();
  return known(reason, type);
}

/** Each condition, what the message must name, and whether it lasts. */
const REFUSALS: readonly [condition: string, named: readonly string[], lasting: boolean][] = [
  [
    "not-authorized",
    [
      "`[server] secret`",
      "roomkeeper.toml",
      "ROOMKEEPER_SECRET",
      "`component_secret`",
      "`password`",
    ],
    true,
  ],
  ["host-unknown", ['`Component "keeper.example"`'], true],
  ["conflict", ["another program is connected as keeper.example"], false],
  ["invalid-from", ["`validate_from_addresses = false`", "`check_from: false`"], true],
  ["system-shutdown", ["the server is stopping"], false],
  ["see-other-host", ["see-other-host"], false],
];

for (const [condition, named, lasting] of REFUSALS) {
  Deno.test(`${condition} in the handshake tells what to do about it`, async () => {
    const error = await failure(ServerStreamError, async (session) => {
      await session.greet();
      await session.stanza();
      await session.refuse(condition, "so says the server");
    });
    assertEquals(error.condition, condition);
    assertEquals(error.text, "so says the server");
    assertEquals(error.lasting, lasting);
    for (const words of [...named, "so says the server"]) {
      assertStringIncludes(error.message, words);
    }
  });
}

Deno.test("a stream error right after a header without id is understood", async () => {
  const error = await failure(ServerStreamError, async (session) => {
    await session.greet("");
    await session.refuse("host-unknown");
  });
  assertEquals(error.reason, "host-unknown");
});

Deno.test("a secret that the server repeats is not in the error", async () => {
  const error = await failure(ServerStreamError, async (session) => {
    await session.greet();
    await session.refuse("not-authorized", `expected ${SECRET}`);
  });
  assertEquals(error.text, "expected [secret]");
  assert(!Deno.inspect(error).includes(SECRET));
});

Deno.test("a port for clients is told from one for components", async () => {
  let received = "";
  const error = await failure(ProtocolError, async (session) => {
    await session.greet("c1", "jabber:client");
    await session.closed();
    received = session.received;
  });
  assertEquals(error.condition, "invalid-namespace");
  assertStringIncludes(error.message, "is not an XMPP server's component port");
  assertStringIncludes(received, "<invalid-namespace");
  assertStringIncludes(received, "</stream:stream>");
});

Deno.test("a port that speaks no XMPP at all is told", async () => {
  const error = await failure(ProtocolError, async (session) => {
    await session.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    await session.closed();
  });
  assertStringIncludes(error.message, "is not an XMPP server's component port");
  assert(error.lasting);
});

Deno.test("a server that hangs up in the handshake", async () => {
  const error = await failure(ConnectionLostError, async (session) => {
    await session.event();
    session.cut();
  });
  assertEquals(error.reason, "closed");
});

Deno.test("a server that says nothing is given up after the handshake's time", async () => {
  await using fixture = new Fixture({ handshakeTimeoutMs: 10_000 });
  fixture.connection.start();
  const session = await FakeSession.on(await fixture.transport.accepted.next());
  await session.event();
  fixture.clock.advance(9_999);
  assertEquals(fixture.retrying.size, 0);
  fixture.clock.advance(1);
  assertEquals((await fixture.retrying.next()).reason.reason, "handshake-timeout");
});

Deno.test("what came before an error in the same bytes is still delivered", async () => {
  await using fixture = new Fixture();
  const session = await fixture.start();
  await session.write("<message id='good'/><!-- bad -->");
  assertEquals((await fixture.stanzas.next()).attr("id"), "good");
  const error = known(await fixture.disconnected.next(), ProtocolError);
  assertEquals([error.condition, error.lasting], ["restricted-xml", false]);
});

Deno.test("the reason of a hang-up is read even if a write fails before", async () => {
  await using fixture = new Fixture();
  const session = await fixture.start();
  const refused = session.refuse("invalid-from");
  fixture.connection.send("<presence from='user@home.example' to='room@muc.example'/>");
  await refused;
  assertEquals((await fixture.disconnected.next()).reason, "invalid-from");
});
