import { assert, assertEquals } from "@std/assert";
import { type IgnoredInput, Keeper } from "../../mod.ts";
import { forward } from "../../xmpp/forward.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { pluginMessage } from "../../xmpp/plugin_message.ts";
import type { PluginEvent } from "../../xmpp/plugin_events.ts";
import { type Element, xml } from "../../xml/mod.ts";
import { DOMAIN, FakeSession, SECRET } from "../component/fake_server.ts";
import { MemoryTransport } from "../component/memory_transport.ts";

const HOST = "home.example";
const ANN = "ann@home.example/phone";
const GARDEN = "garden@rooms.example";

/** A keeper with the server's end of its connection. */
class Fixture implements AsyncDisposable {
  readonly ignored: [IgnoredInput, string][] = [];
  readonly refused: string[] = [];
  readonly keeper: Keeper;
  readonly #transport = new MemoryTransport();
  #session: FakeSession | undefined;

  constructor(maxJoinsPerUser = 1000) {
    this.keeper = new Keeper({
      transport: this.#transport,
      domain: DOMAIN,
      secret: SECRET,
      watch: [HOST],
      feed: "stock",
      recover: "notify",
      settle: 0,
      probe: "user",
      maxJoinsPerUser,
      observers: [{
        ignored: (kind, from) => this.ignored.push([kind, from]),
        reported: (_link, report) => {
          if (report.type === "refused") this.refused.push(report.room);
        },
      }],
    });
  }

  async start(): Promise<FakeSession> {
    await this.keeper.start();
    const accepted: Parameters<typeof FakeSession.accept>[0] = await this.#transport.accepted
      .next();
    return this.#session = await FakeSession.accept(accepted);
  }

  /** Sends stanzas, and waits until the keeper has taken them and a last one after them. */
  async send(...stanzas: Element[]): Promise<void> {
    const ping = xml("ping", NS.ping);
    const last = xml("iq", NS.component, { from: HOST, to: DOMAIN, type: "get", id: "last" }, ping);
    for (const stanza of [...stanzas, last]) await this.#session!.send(stanza);
    while ((await this.#session!.stanza()).attr("id") !== "last");
    await new Promise((taken) => setTimeout(taken));
  }

  get joins(): number {
    return this.keeper.router.domains.reduce((sum, { joins }) => sum + joins.size, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session?.cut();
    await this.keeper.stop();
  }
}

function join(user: string, room = GARDEN, nick = "Ann"): Element {
  const status = xml("status", NS.mucUser, { code: "110" });
  const x = xml("x", NS.mucUser, {}, status);
  return xml("presence", NS.client, { from: `${room}/${nick}`, to: user }, x);
}

function copied(stanza: Element, from: string): Element {
  return forward(stanza, { from, to: DOMAIN });
}

/** Everybody who can send the XML of a feed, but is not the watched host. */
const STRANGERS = [
  "mallory@home.example/x",
  "mallory@home.example",
  "home.example/x",
  "rooms.example",
  "evil.home.example",
  "home.example.evil.example",
  "keeper.example",
];

Deno.test("a copy is believed from the watched host alone", async () => {
  await using fixture = new Fixture();
  await fixture.start();
  await fixture.send(...STRANGERS.map((from) => copied(join(ANN), from)));
  assertEquals(fixture.joins, 0);
  assertEquals(fixture.ignored, STRANGERS.map((from) => ["forged", from]));

  await fixture.send(copied(join(ANN), HOST));
  assertEquals(fixture.joins, 1);
});

Deno.test("a notice is believed from the watched host alone", async () => {
  await using fixture = new Fixture();
  await fixture.start();
  await fixture.send(copied(join(ANN), HOST));
  const notices: PluginEvent[] = [
    { type: "link", domain: "rooms.example", state: "down", direction: "out", clean: false },
    { type: "ended", user: ANN },
  ];
  await fixture.send(...STRANGERS.map((from) => pluginMessage({ from, to: DOMAIN }, notices)));
  assertEquals(fixture.ignored, STRANGERS.map((from) => ["forged", from]));
  assertEquals(fixture.joins, 1);
  assertEquals(fixture.keeper.router.domains[0]!.status.losses, []);
});

Deno.test("a watched host is believed about its own users alone", async () => {
  await using fixture = new Fixture();
  await fixture.start();
  const eve = "eve@other.example/x";
  const ended: PluginEvent = { type: "ended", user: eve };
  await fixture.send(copied(join(eve), HOST), pluginMessage({ from: HOST, to: DOMAIN }, [ended]));
  assertEquals(fixture.joins, 0);
  assertEquals(fixture.ignored, [["forged", HOST]]);
});

Deno.test("an answer counts from the room that was asked alone", async () => {
  await using fixture = new Fixture();
  const session = await fixture.start();
  await fixture.send(copied(join(ANN), HOST));
  fixture.keeper.router.verify("rooms.example");
  const question = await session.stanza();
  assertEquals(question.attr("to"), `${GARDEN}/Ann`);

  const id = question.attr("id")!;
  const refusal = (from: string, id: string) => {
    const condition = xml("not-acceptable", NS.stanzaErrors);
    const error = xml("error", NS.client, { type: "cancel" }, condition);
    return copied(xml("iq", NS.client, { type: "error", id, from, to: ANN }, error), HOST);
  };
  await fixture.send(
    refusal("shed@rooms.example/Ann", id),
    refusal("garden@evil.example/Ann", id),
    refusal(`${GARDEN}/Ann`, `${id}1`),
    refusal(`${GARDEN}/Ann`, id.replace("rk-", "")),
  );
  assertEquals(fixture.joins, 1);

  await session.send(refusal(`${GARDEN}/Ann`, id));
  const notice = await session.stanza();
  assertEquals([notice.attr("type"), notice.attr("from")], ["unavailable", `${GARDEN}/Ann`]);
  assertEquals(fixture.joins, 0);
});

Deno.test("one user in very many rooms fills nothing but the own limit", async () => {
  await using fixture = new Fixture(10);
  await fixture.start();
  const rooms = Array.from({ length: 25 }, (_, index) => `room${index}@rooms.example`);
  await fixture.send(...rooms.map((room) => copied(join(ANN, room), HOST)));
  await fixture.send(copied(join("bob@home.example/x"), HOST));
  assertEquals(fixture.joins, 11);
  assertEquals(fixture.refused, rooms.slice(10));
});

Deno.test("a bomb ends the stream, not the keeper", async () => {
  await using fixture = new Fixture();
  const session = await fixture.start();
  await fixture.send(copied(join(ANN), HOST));
  await session.write("<message>" + "<a>".repeat(100_000)).catch(() => {});
  assertEquals(await session.closed().catch(() => "end"), "close");
  assert(session.received.includes("policy-violation"));
  assertEquals(fixture.joins, 1);
});

const LONG = "é".repeat(512);

Deno.test("addresses and nicks of more than 1,023 bytes are malformed and no join; others stay", async () => {
  await using fixture = new Fixture();
  await fixture.start();
  const renamed = xml(
    "presence",
    NS.client,
    { from: `${GARDEN}/Ann`, to: ANN, type: "unavailable" },
    xml(
      "x",
      NS.mucUser,
      {},
      xml("item", NS.mucUser, { nick: LONG }),
      ...["303", "110"].map((code) => xml("status", NS.mucUser, { code })),
    ),
  );
  await fixture.send(
    copied(join(ANN), HOST),
    copied(join("bob@home.example/x", GARDEN, LONG), HOST),
    copied(join(`${LONG}@home.example/x`), HOST),
    copied(join(`bob@home.example/${LONG}`), HOST),
    copied(join("bob@home.example/x", `${LONG}@rooms.example`), HOST),
    copied(join("bob@home.example/x", `garden@${"x".repeat(200_000)}`), HOST),
    copied(renamed, HOST),
    copied(join("bob@home.example/x", GARDEN, LONG.slice(1)), HOST),
  );
  assertEquals(fixture.ignored, Array(6).fill(["malformed", HOST]));
  const joins = fixture.keeper.router.domains.flatMap(({ joins }) => [...joins]);
  assertEquals(joins.map(({ nick }) => nick), ["Ann", LONG.slice(1)]);
});
