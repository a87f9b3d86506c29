import { assertEquals, assertStringIncludes } from "@std/assert";
import { scannerReader } from "../../component/mod.ts";
import { xml } from "../../xml/mod.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { isPing } from "../../xmpp/ping.ts";
import { DOMAIN } from "./fake_server.ts";
import { Fixture, tick } from "./fixture.ts";

Deno.test("the stream is pinged through the server at once, and again after each silence", async () => {
  await using fixture = new Fixture({ heartbeat: { selfPingMs: 30_000 } });
  const session = await fixture.start();
  session.routing = false;
  for (let n = 0; n < 3; n++) {
    const ping = await session.stanza();
    assertEquals([isPing(ping), ping.attr("from"), ping.attr("to")], [true, DOMAIN, DOMAIN]);
    await session.send(ping);
    await tick();
    fixture.clock.advance(30_000);
  }
  assertEquals(fixture.disconnected.size, 0);
  assertEquals(fixture.stanzas.size, 0);
});

Deno.test("a connection through which nothing comes back is closed and made again", async () => {
  await using fixture = new Fixture({ heartbeat: { selfPingTimeoutMs: 20_000 } });
  const session = await fixture.start();
  session.routing = false;
  await session.stanza();
  fixture.clock.advance(19_999);
  assertEquals(fixture.connection.status.state, "connected");
  fixture.clock.advance(1);
  assertEquals((await fixture.disconnected.next()).reason, "no-answer");
  fixture.clock.advance((await fixture.retrying.next()).retryInMs);
  await fixture.accept();
});

Deno.test("an error for the ping means that we have no route: no need to wait longer", async () => {
  await using fixture = new Fixture();
  const session = await fixture.start();
  session.routing = false;
  const ping = await session.stanza();
  await session.send(
    xml("iq", NS.component, { type: "error", from: DOMAIN, to: DOMAIN, id: ping.attr("id") }),
  );
  assertEquals((await fixture.disconnected.next()).reason, "no-answer");
});

Deno.test("stanzas routed to us prove the route, errors and results do not", async () => {
  await using fixture = new Fixture({
    heartbeat: { selfPingMs: 30_000, selfPingTimeoutMs: 20_000 },
  });
  const session = await fixture.start();
  session.routing = false;
  await session.stanza();
  await session.write("<message from='home.example' to='keeper.example'/>");
  await fixture.stanzas.next();
  // Enough for this interval and, as it came within it, for the next.
  await session.write("<message from='home.example' to='keeper.example'/>");
  await fixture.stanzas.next();
  fixture.clock.advance(30_000);
  await tick();
  assertEquals(session.received.split("<iq").length, 2);

  fixture.clock.advance(30_000);
  await session.stanza();
  await session.write("<iq type='result' id='x' from='home.example' to='keeper.example'/>");
  await session.write("<message type='error' from='home.example' to='keeper.example'/>");
  await fixture.stanzas.next();
  await fixture.stanzas.next();
  fixture.clock.advance(20_000);
  assertEquals((await fixture.disconnected.next()).reason, "no-answer");
});

Deno.test("stanzas that are taken at a glance prove the route as any others do", async () => {
  for (const [type, dead] of [["normal", false], ["error", true]] as const) {
    const createReader = scannerReader({ begin: () => {}, take: () => true });
    await using fixture = new Fixture({ createReader });
    const server = await fixture.start();
    for (let seconds = 0; seconds < 100 && fixture.disconnected.size === 0; seconds++) {
      await server.write(`<message from='home.example' type='${type}'/>`);
      await tick();
      fixture.clock.advance(1_000);
      await tick();
    }
    assertEquals(fixture.disconnected.size > 0, dead, type);
  }
});

Deno.test("an answer to the ping from elsewhere is told, and is no reason to hang up", async () => {
  await using fixture = new Fixture();
  const session = await fixture.start();
  session.routing = false;
  const ping = await session.stanza();
  await session.send(
    xml("iq", NS.component, { type: "result", from: DOMAIN, to: DOMAIN, id: ping.attr("id") }),
  );
  await tick();
  fixture.clock.advance(29_000);
  assertEquals(fixture.disconnected.size, 0);
  assertStringIncludes(fixture.said("warning")[0]!, "another program is connected");
});

Deno.test("the ping of another instance of us is answered, and told", async () => {
  await using fixture = new Fixture();
  const session = await fixture.start();
  session.routing = false;
  await session.stanza();
  await session.send(
    xml(
      "iq",
      NS.component,
      { type: "get", from: DOMAIN, to: DOMAIN, id: "other-1" },
      xml("ping", NS.ping),
    ),
  );
  const answer = await session.stanza();
  assertEquals([answer.attr("type"), answer.attr("id")], ["result", "other-1"]);
  assertStringIncludes(fixture.said("warning")[0]!, "another program is connected");
});

Deno.test("a consumer that is behind is not taken for a dead connection", async () => {
  const gate = Promise.withResolvers<void>();
  await using fixture = new Fixture({ events: { stanza: () => gate.promise } });
  const session = await fixture.start();
  session.routing = false;
  const ping = await session.stanza();
  fixture.clock.advance(1);
  // The consumer is stuck with an error, which is no proof of a route, before the ping comes back.
  await session.write("<message type='error' from='home.example' to='keeper.example'/>");
  await tick();
  await session.send(ping);
  for (let n = 0; n < 5; n++) {
    fixture.clock.advance(20_000);
    await session.stanza();
  }
  gate.resolve();
  await tick();
  fixture.clock.advance(25_000);
  assertEquals(fixture.disconnected.size, 0);
});

Deno.test("a server that stops reading is dead, even if the consumer waits for it", async () => {
  await using fixture: Fixture = new Fixture({
    outbox: { normal: 500 },
    events: { stanza: (): Promise<void> => fixture.connection.drained() },
  });
  fixture.transport.capacity = 400;
  const session = await fixture.start();
  const stuck = "<message from='keeper.example' to='a@home.example'/>";
  while (fixture.connection.send(stuck) !== "full") await tick();
  await session.write("<message type='error' from='home.example' to='keeper.example'/>");
  await tick();
  for (let n = 0; n < 3 && fixture.disconnected.size === 0; n++) {
    fixture.clock.advance(20_000);
    await tick();
  }
  assertEquals((await fixture.disconnected.next()).reason, "no-answer");
});

Deno.test("a space is written when nothing else was for long enough", async () => {
  await using fixture = new Fixture({ heartbeat: { selfPingMs: 0, keepAliveMs: 60_000 } });
  const session = await fixture.start();
  const ended = session.closed();
  fixture.clock.advance(59_999);
  fixture.connection.send("<message/>");
  await tick();
  fixture.clock.advance(59_999);
  await tick();
  assertEquals(session.received.endsWith("<message/>"), true);
  fixture.clock.advance(1);
  await tick();
  fixture.clock.advance(60_000);
  await tick();
  assertEquals(session.received.endsWith("<message/>  "), true);
  session.cut();
  await ended;
});
