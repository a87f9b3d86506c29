import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ComponentConnection, tcpTransport } from "../../component/mod.ts";
import { UnserializableError, xml } from "../../xml/mod.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { DOMAIN, FakeSession, SECRET } from "./fake_server.ts";
import { Fixture, tick } from "./fixture.ts";

const message = (id: string) =>
  xml("message", NS.component, { id, from: DOMAIN, to: "somebody@home.example" });

Deno.test("stanzas go both ways", async () => {
  await using fixture = new Fixture();
  const session = await fixture.start();
  await session.send(xml("message", NS.component, { id: "m1", from: "home.example", to: DOMAIN }));
  assertEquals((await fixture.stanzas.next()).attr("id"), "m1");
  assertEquals(fixture.connection.send(message("m2")), "sent");
  assertEquals((await session.stanza()).attr("id"), "m2");
  assertEquals(fixture.connection.status.state, "connected");
  assertEquals(fixture.connection.status.streamId, "s1");
});

Deno.test("what is sent before there is a connection waits for it, the urgent first", async () => {
  await using fixture = new Fixture();
  assertEquals(fixture.connection.send(message("normal")), "queued");
  assertEquals(fixture.connection.send(message("urgent"), "urgent"), "queued");
  assertEquals(fixture.connection.status.waiting, { urgent: 1, normal: 1 });
  const session = await fixture.start();
  assertEquals((await session.stanza()).attr("id"), "urgent");
  assertEquals((await session.stanza()).attr("id"), "normal");
});

Deno.test("what is sent as urgent on connecting goes before what waited as normal", async () => {
  await using fixture = new Fixture({
    events: {
      connected: () => {
        fixture.connection.send(message("hello"), "urgent");
        fixture.connected.put("");
      },
    },
  });
  fixture.connection.send(message("ping"));
  const session = await fixture.start();
  assertEquals((await session.stanza()).attr("id"), "hello");
  assertEquals((await session.stanza()).attr("id"), "ping");
});

Deno.test("a lost connection is made again after a jittered wait that grows", async () => {
  await using fixture = new Fixture({ backoff: { minMs: 1_000, maxMs: 3_000 } });
  const session = await fixture.start();
  fixture.transport.failure = "refused";
  session.cut();
  assertEquals((await fixture.disconnected.next()).reason, "closed");
  for (const wait of [500, 1_000, 1_500]) {
    const { retryInMs } = await fixture.retrying.next();
    assertEquals(retryInMs, wait);
    assertEquals(fixture.connection.status.state, "waiting");
    if (wait === 1_500) fixture.transport.failure = undefined;
    fixture.clock.advance(retryInMs);
  }
  await fixture.accept();
});

Deno.test("only a connection that held for a while starts the waits from the least", async () => {
  await using fixture = new Fixture({ backoff: { minMs: 1_000, maxMs: 64_000, stableMs: 30_000 } });
  let session = await fixture.start();
  for (const wait of [500, 1_000, 2_000]) {
    session.cut();
    const { retryInMs } = await fixture.retrying.next();
    assertEquals(retryInMs, wait);
    fixture.clock.advance(retryInMs);
    session = await fixture.accept();
  }
  const routed = session.closed();
  await tick();
  fixture.clock.advance(30_000);
  session.cut();
  await routed;
  assertEquals((await fixture.retrying.next()).retryInMs, 500);
});

Deno.test("a wrong secret is tried again at the slowest pace, and reported once", async () => {
  await using fixture = new Fixture({ backoff: { minMs: 10, maxMs: 60_000 } });
  fixture.connection.start();
  for (let attempt = 0; attempt < 4; attempt++) {
    const session = await FakeSession.on(await fixture.transport.accepted.next());
    await session.greet();
    await session.stanza();
    await session.refuse("not-authorized");
    const { retryInMs } = await fixture.retrying.next();
    assertEquals(retryInMs, 60_000);
    fixture.clock.advance(retryInMs);
  }
  assertEquals(fixture.said("error").length, 1);
  assert(fixture.said("error")[0]!.includes("the shared secret is wrong"));
  assertEquals(fixture.said("warning"), []);
  assert(!JSON.stringify(fixture.log).includes(SECRET));
  assert(!Deno.inspect(fixture.connection, { depth: 9, showHidden: true }).includes(SECRET));
});

Deno.test("a full lane is told to the sender, who can wait until it is drained", async () => {
  await using fixture = new Fixture({ outbox: { normal: 400 } });
  const results: string[] = [];
  for (let n = 0; n < 10; n++) results.push(fixture.connection.send(message(`m${n}`)));
  const taken = results.filter((result) => result === "queued").length;
  assertEquals(results, [...Array(taken).fill("queued"), ...Array(10 - taken).fill("full")]);
  assertEquals(fixture.connection.send(message("notice"), "urgent"), "queued");

  const drained = fixture.connection.drained("normal");
  const session = await fixture.start();
  const ids: (string | undefined)[] = [];
  for (let n = 0; n <= taken; n++) ids.push((await session.stanza()).attr("id"));
  assertEquals(ids, ["notice", ...Array.from({ length: taken }, (_, n) => `m${n}`)]);
  await drained;
  assertEquals(fixture.connection.send(message("m10")), "sent");
});

Deno.test("a server that reads slowly makes the sender wait, and loses nothing", async () => {
  await using fixture = new Fixture({ outbox: { normal: 2_000 } });
  fixture.transport.capacity = 500;
  const session = await fixture.start();
  const sending = (async () => {
    let full = 0;
    for (let n = 0; n < 500; n++) {
      while (fixture.connection.send(message(`m${n}`)) === "full") {
        full++;
        await fixture.connection.drained();
      }
    }
    return full;
  })();
  for (let n = 0; n < 500; n++) assertEquals((await session.stanza()).attr("id"), `m${n}`);
  assert(await sending > 0);
});

Deno.test("a stanza that was cut off goes out whole over the next connection", async () => {
  await using fixture = new Fixture({ heartbeat: { selfPingMs: 0 }, backoff: { minMs: 1 } });
  fixture.transport.capacity = 600;
  const session = await fixture.start();
  for (let n = 0; n < 20; n++) fixture.connection.send(message(`m${n}`));
  await tick();
  session.cut();
  fixture.clock.advance((await fixture.retrying.next()).retryInMs);
  const next = await fixture.accept();
  const first = Number((await next.stanza()).attr("id")!.slice(1));
  assert(first > 0 && first < 20, `the first one is m${first}`);
  for (let n = first + 1; n < 20; n++) assertEquals((await next.stanza()).attr("id"), `m${n}`);
});

Deno.test("nothing is read while the consumer is behind", async () => {
  const gate = Promise.withResolvers<void>();
  const got: (string | undefined)[] = [];
  await using fixture = new Fixture({
    events: {
      stanza: (stanza) => {
        got.push(stanza.attr("id"));
        return gate.promise;
      },
    },
  });
  fixture.transport.capacity = 1_000;
  const session = await fixture.start();
  let written = 0;
  const writing = (async () => {
    for (; written < 200; written++) await session.write(`<message id='m${written}'/>`);
  })();
  await tick();
  assertEquals(got, ["m0"]);
  assert(written < 200, "the server could write all");
  gate.resolve();
  await writing;
  while (got.length < 200) await tick();
  assertEquals(got, Array.from({ length: 200 }, (_, n) => `m${n}`));
});

Deno.test("a consumer that throws is logged, and the next stanza is delivered", async () => {
  await using fixture: Fixture = new Fixture({
    events: {
      stanza: (stanza): void | Promise<void> => {
        if (stanza.attr("id") === "1") throw new Error("sync");
        if (stanza.attr("id") === "2") return Promise.reject(new Error("async"));
        return fixture.stanzas.put(stanza);
      },
    },
  });
  const session = await fixture.start();
  await session.write("<message id='1'/><message id='2'/><message id='3'/>");
  assertEquals((await fixture.stanzas.next()).attr("id"), "3");
  assertEquals(fixture.said("error").map((text) => text.split(": ").at(-1)), ["sync", "async"]);
});

Deno.test("an orderly close sends what waits, says goodbye and waits for the answer", async () => {
  await using fixture = new Fixture();
  const session = await fixture.start();
  fixture.connection.send(message("last"));
  const closed = fixture.connection.close();
  assertEquals(fixture.connection.send(message("late")), "closed");
  assertEquals((await session.stanza()).attr("id"), "last");
  assertEquals(await session.closed(), "close");
  await session.write("<message id='meanwhile'/></stream:stream>");
  assertEquals(await closed, { unsent: 0 });
  assertEquals((await fixture.stanzas.next()).attr("id"), "meanwhile");
  assertEquals(fixture.connection.status.state, "closed");
  assertEquals((await fixture.disconnected.next()).reason, "stopped");
  assertEquals(await session.closed(), "end");
  assertEquals(fixture.clock.pending, 0);
});

Deno.test("a close is bounded, and tells what could not be sent", async () => {
  await using fixture = new Fixture({ closeTimeoutMs: 5_000 });
  fixture.transport.capacity = 300;
  await fixture.start();
  for (let n = 0; n < 10; n++) fixture.connection.send(message(`m${n}`));
  const closed = fixture.connection.close();
  await tick();
  fixture.clock.advance(5_000);
  await tick();
  fixture.clock.advance(5_000);
  const { unsent } = await closed;
  assert(unsent > 0 && unsent <= 10);
  assertEquals(fixture.said("warning"), [
    `Closed with ${unsent} stanzas that could not be sent`,
  ]);
  assertEquals(fixture.clock.pending, 0);
});

Deno.test("a close while waiting for the next attempt is immediate", async () => {
  await using fixture = new Fixture();
  fixture.transport.failure = "refused";
  fixture.connection.start();
  await fixture.retrying.next();
  fixture.connection.send(message("m"));
  assertEquals(await fixture.connection.close(), { unsent: 1 });
  assertEquals(fixture.clock.pending, 0);
});

Deno.test("a close in the handshake hangs up", async () => {
  await using fixture = new Fixture();
  fixture.connection.start();
  const session = await FakeSession.on(await fixture.transport.accepted.next());
  await session.event();
  await fixture.connection.close();
  assertEquals(await session.closed(), "end");
  assertEquals(fixture.retrying.size, 0);
});

Deno.test("a transport that hangs is given up in time", async () => {
  await using fixture = new Fixture({
    connectTimeoutMs: 3_000,
    transport: {
      address: "nowhere",
      connect: (signal) =>
        new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(new Error("gave up")))
        ),
    },
  });
  fixture.connection.start();
  await tick();
  fixture.clock.advance(3_000);
  assertEquals((await fixture.retrying.next()).reason.reason, "timeout");
});

Deno.test("a reader that can't be made is a fault of ours, and the next attempt may work", async () => {
  await using fixture = new Fixture({
    createReader: () => Promise.reject(new Error("out of memory")),
  });
  fixture.connection.start();
  const { reason } = await fixture.retrying.next();
  assertEquals(reason.reason, "internal");
  assertEquals((reason.cause as Error).message, "out of memory");
});

Deno.test("a reader that breaks is a fault of ours, not of the network", async () => {
  await using fixture = new Fixture({
    createReader: () => ({
      input: () => new Uint8Array(10),
      commit: () => {
        throw new TypeError("a bug");
      },
    }),
  });
  fixture.connection.start();
  const session = await FakeSession.on(await fixture.transport.accepted.next());
  await session.greet();
  const { reason } = await fixture.retrying.next();
  assertEquals([reason.reason, (reason.cause as Error).message], ["internal", "a bug"]);
});

Deno.test("the stanzas of a new stream wait for a consumer still at work for the old one", async () => {
  const gate = Promise.withResolvers<void>();
  const got: (string | undefined)[] = [];
  await using fixture = new Fixture({
    events: {
      stanza: (stanza) => {
        got.push(stanza.attr("id"));
        fixture.stanzas.put(stanza);
        return stanza.attr("id") === "old" ? gate.promise : undefined;
      },
    },
  });
  fixture.transport.capacity = 400;
  const stuck = await fixture.start();
  await stuck.write("<message type='error' id='old'/>");
  await fixture.stanzas.next();
  // The server reads nothing, so that the ping to ourselves can't be written.
  while (fixture.connection.send(message("m")) === "sent") await tick();
  for (let n = 0; n < 3 && fixture.disconnected.size === 0; n++) {
    fixture.clock.advance(20_000);
    await tick();
  }
  assertEquals((await fixture.disconnected.next()).reason, "no-answer");
  fixture.clock.advance((await fixture.retrying.next()).retryInMs);

  const session = await fixture.accept();
  await session.write("<message id='new1'/><message id='new2'/>");
  await tick();
  assertEquals(got, ["old"]);
  gate.resolve();
  await fixture.stanzas.next();
  await fixture.stanzas.next();
  assertEquals(got, ["old", "new1", "new2"]);
});

Deno.test("what XML can't carry is refused at once", () => {
  const { connection } = new Fixture();
  assertThrows(
    () => connection.send(xml("message", NS.component, { id: "\u0000" })),
    UnserializableError,
  );
});

Deno.test("options that make no sense are refused", () => {
  const options = { domain: DOMAIN, secret: SECRET, transport: tcpTransport() };
  assertThrows(() => new ComponentConnection({ ...options, domain: "" }), RangeError, "'domain'");
  assertThrows(
    () => new ComponentConnection({ ...options, secret: "" }),
    RangeError,
    "ROOMKEEPER_SECRET",
  );
  assertThrows(
    () => new ComponentConnection({ ...options, heartbeat: { selfPingMs: -1 } }),
    RangeError,
    "'selfPingMs'",
  );
  assertThrows(() => tcpTransport({ port: 0 }), RangeError, "'port'");
});

Deno.test("a second start and a start after the close do nothing", async () => {
  await using fixture = new Fixture();
  await fixture.connection.close();
  fixture.connection.start();
  await tick();
  assertEquals(fixture.transport.accepted.size, 0);
  await assertRejects(
    () =>
      fixture.connection.request(
        xml("iq", NS.component, { type: "get", to: "home.example" }, xml("ping", NS.ping)),
      ),
    Error,
    "closed",
  );
});
