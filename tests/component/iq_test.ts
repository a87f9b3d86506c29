import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { RequestError } from "../../component/mod.ts";
import { type Element, serialize, xml } from "../../xml/mod.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { DOMAIN, type FakeSession } from "./fake_server.ts";
import { Fixture, tick } from "./fixture.ts";

const ASKER = "juliet@home.example/balcony";

function question(type: string, child: Element): Element {
  return xml("iq", NS.component, { type, id: "q1", from: ASKER, to: DOMAIN }, child);
}

async function answer(session: FakeSession, asked: Element): Promise<string> {
  await session.send(asked);
  return serialize(await session.stanza(), { ns: NS.component });
}

const head = (type: string) => `<iq from='${DOMAIN}' to='${ASKER}' id='q1' type='${type}'`;
const unavailable = `${head("error")}><error type='cancel'>` +
  `<service-unavailable xmlns='${NS.stanzaErrors}'/></error></iq>`;

Deno.test("the questions that every entity is asked are answered", async () => {
  await using fixture = new Fixture({
    identity: { software: { name: "Roomkeeper", version: "1.2" }, features: ["urn:x:mine"] },
  });
  const session = await fixture.start();
  assertEquals(await answer(session, question("get", xml("ping", NS.ping))), `${head("result")}/>`);
  assertEquals(
    await answer(session, question("get", xml("query", NS.discoInfo))),
    `${head("result")}><query xmlns='${NS.discoInfo}'>` +
      "<identity category='component' type='generic' name='Roomkeeper'/>" +
      [NS.discoInfo, NS.ping, NS.version, "urn:x:mine"].map((v) => `<feature var='${v}'/>`).join(
        "",
      ) +
      "</query></iq>",
  );
  assertEquals(
    await answer(session, question("get", xml("query", NS.version))),
    `${head("result")}><query xmlns='${NS.version}'>` +
      "<name>Roomkeeper</name><version>1.2</version></query></iq>",
  );
});

Deno.test("any other question gets service-unavailable", async () => {
  await using fixture = new Fixture();
  const session = await fixture.start();
  for (
    const asked of [
      question("get", xml("query", "jabber:iq:roster")),
      question("set", xml("query", NS.discoInfo)),
      question("set", xml("ping", NS.ping)),
      question("get", xml("query", NS.version)),
    ]
  ) {
    assertEquals(await answer(session, asked), unavailable);
  }
});

Deno.test("a node that is not there is not found", async () => {
  await using fixture = new Fixture();
  const session = await fixture.start();
  assertEquals(
    await answer(session, question("get", xml("query", NS.discoInfo, { node: "n" }))),
    `${head("error")}><error type='cancel'><item-not-found xmlns='${NS.stanzaErrors}'/>` +
      "</error></iq>",
  );
});

Deno.test("the owner may answer first, and its failures are answered too", async () => {
  await using fixture = new Fixture({
    events: {
      request: (iq) => {
        if (iq.child("broken", "urn:x:mine")) throw new Error("oops");
        return iq.child("mine", "urn:x:mine") &&
          xml("iq", NS.component, { type: "result", id: iq.attr("id"), from: DOMAIN, to: ASKER });
      },
    },
  });
  const session = await fixture.start();
  assertEquals(
    await answer(session, question("set", xml("mine", "urn:x:mine"))),
    `<iq type='result' id='q1' from='${DOMAIN}' to='${ASKER}'/>`,
  );
  assertEquals(await answer(session, question("get", xml("ping", NS.ping))), `${head("result")}/>`);
  assertEquals(
    await answer(session, question("set", xml("broken", "urn:x:mine"))),
    `${head("error")}><error type='cancel'><internal-server-error xmlns='${NS.stanzaErrors}'/>` +
      "</error></iq>",
  );
  assertEquals(fixture.said("error").length, 1);
});

Deno.test("questions that can't be answered as too much waits are counted, and told once", async () => {
  await using fixture = new Fixture({ outbox: { normal: 10 }, heartbeat: { selfPingMs: 0 } });
  fixture.transport.capacity = 1_000;
  const session = await fixture.start();
  const ping = serialize(question("get", xml("ping", NS.ping)), { ns: NS.component });
  for (let n = 0; n < 50; n++) await session.write(ping);
  await tick();
  assertEquals(fixture.connection.status.unanswered > 0, true);
  assertEquals(fixture.said("warning").length, 1);
});

const PING = xml("iq", NS.component, { type: "get", to: "muc.example" }, xml("ping", NS.ping));

function reply(asked: Element, attrs: Record<string, string> = {}): Element {
  return xml("iq", NS.component, {
    type: "result",
    id: asked.attr("id"),
    from: "muc.example",
    to: DOMAIN,
    ...attrs,
  });
}

Deno.test("an own question gets its answer, a result or an error", async () => {
  await using fixture = new Fixture();
  const session = await fixture.start();
  for (const type of ["result", "error"]) {
    const answered = fixture.connection.request(PING, { lane: "urgent" });
    const asked = await session.stanza();
    assertEquals(asked.attr("from"), DOMAIN);
    await session.send(reply(asked, { type }));
    assertEquals((await answered).attr("type"), type);
  }
  assertEquals(fixture.stanzas.size, 0);
});

Deno.test("an answer from somebody else is none", async () => {
  await using fixture = new Fixture();
  const session = await fixture.start();
  const answered = fixture.connection.request(PING);
  const asked = await session.stanza();
  await session.send(reply(asked, { from: "mallory@evil.example" }));
  assertEquals((await fixture.stanzas.next()).attr("from"), "mallory@evil.example");
  await session.send(reply(asked));
  assertEquals((await answered).attr("from"), "muc.example");
});

Deno.test("a question without answer ends with the time, and a late answer is a stanza", async () => {
  await using fixture = new Fixture();
  const session = await fixture.start();
  const answered = fixture.connection.request(PING, { timeoutMs: 5_000 });
  const rejected = assertRejects(() => answered, RequestError, "muc.example");
  const asked = await session.stanza();
  fixture.clock.advance(5_000);
  assertEquals((await rejected).reason, "timeout");
  await session.send(reply(asked));
  assertEquals((await fixture.stanzas.next()).attr("id"), asked.attr("id"));
});

Deno.test("a question is kept over a reconnect", async () => {
  await using fixture = new Fixture();
  fixture.transport.failure = "refused";
  fixture.connection.start();
  const answered = fixture.connection.request(PING);
  const { retryInMs } = await fixture.retrying.next();
  fixture.transport.failure = undefined;
  fixture.clock.advance(retryInMs);
  const session = await fixture.accept();
  await session.send(reply(await session.stanza()));
  assertEquals((await answered).attr("type"), "result");
});

Deno.test("what can't be asked is refused", async () => {
  await using fixture = new Fixture({ outbox: { normal: 10 } });
  const { connection } = fixture;
  await assertRejects(() => connection.request(xml("message", NS.component)), TypeError);
  connection.send("<message to='filler'/>");
  const error = await assertRejects(() => connection.request(PING), RequestError);
  assertEquals(error.reason, "full");
  assertThrows(
    () => {
      throw error;
    },
    RequestError,
    "drained()",
  );
});
