/** The connection to the server breaks while users are still to be told. */
import type { DomainKey } from "../../actors/messages/domains.ts";
import { assert, assertEquals } from "@std/assert";
import { Keeper, type KeeperOptions } from "../../mod.ts";
import { type Element, xml } from "../../xml/mod.ts";
import { forward } from "../../xmpp/forward.ts";
import { iqResult } from "../../xmpp/iq.ts";
import { bareJid, domainOf } from "../../xmpp/jid.ts";
import { pluginMessage } from "../../xmpp/plugin_message.ts";
import type { PluginEvent } from "../../xmpp/plugin_events.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { errorReply } from "../../xmpp/stanza_error.ts";
import { DOMAIN, FakeSession, SECRET } from "../component/fake_server.ts";
import { MemoryTransport } from "../component/memory_transport.ts";
import { selfPresence } from "../support/copies.ts";
import { pluginEvents } from "../support/plugin_events.ts";
import { HOME } from "../support/world.ts";

const OTHER = "other.example";
const ROOMS = "rooms.example";
const GARDEN = `garden@${ROOMS}`;
const [ANN, BOB, CID] = ["ann", "bob", "cid"].map((name) => `${name}@${HOME}/phone`) as [
  string,
  string,
  string,
];
const EVE = `eve@${OTHER}/phone`;
const LAST = xml(
  "iq",
  NS.component,
  { from: HOME, to: DOMAIN, type: "get", id: "last" },
  xml("ping", NS.ping),
);
const NOT_IN = { type: "cancel", condition: "not-acceptable" } as const;

/** A keeper, and a server that is there, reads no more, hangs up, and comes back. */
class Server implements AsyncDisposable {
  readonly keeper: Keeper;
  readonly #transport = new MemoryTransport();
  /** Users who are in the room. */
  readonly present = new Set<string>();
  session!: FakeSession;

  private constructor(options: Partial<KeeperOptions>) {
    // No notice fits into the socket as a whole.
    this.#transport.capacity = 2_000;
    this.keeper = new Keeper({
      transport: this.#transport,
      domain: DOMAIN,
      secret: SECRET,
      watch: [HOME, OTHER],
      recover: "notify",
      settle: 0,
      probe: "component",
      pingDelay: 0,
      noticeReason: "because ".repeat(300),
      backoff: { minMs: 1, maxMs: 1 },
      ...options,
    });
  }

  static async start(options: Partial<KeeperOptions>): Promise<Server> {
    const server = new Server(options);
    await server.keeper.start();
    await server.accept();
    return server;
  }

  async accept(): Promise<void> {
    this.session = await FakeSession.accept(await this.#transport.accepted.next());
  }

  /** The users join, fall out of the room, and the keeper finds out while nobody reads notices. */
  async lose(users: readonly string[]): Promise<void> {
    for (const user of users) await this.copy(selfPresence(place(user)));
    await this.until(() => users.every((user) => this.keeper.router.isJoined(user, GARDEN)));
    this.keeper.router.verify(ROOMS);
    const questions: Element[] = [];
    while (questions.length < users.length) {
      const stanza = await this.session.stanza();
      // A probe, for each host.
      if (stanza.attr("from") === DOMAIN && stanza.name === "iq") await this.answer(stanza);
      else if (stanza.name === "iq") questions.push(stanza);
    }
    for (const question of questions) await this.answer(question);
    await this.until(() => users.every((user) => !this.keeper.router.isJoined(user, GARDEN)));
    assert(this.keeper.connection.waiting.urgent > 0, "notices wait");
  }

  /** Hangs up, and takes the next connection: users are in doubt then. */
  async reconnect(hosts = 1): Promise<void> {
    this.session.cut();
    await this.accept();
    await this.until(() => this.doubtful.length === hosts);
  }

  /** The links with somebody in doubt. */
  get doubtful(): DomainKey[] {
    return this.keeper.router.domains.filter(({ status }) => status.losses.length > 0);
  }

  /** The plugins of some hosts answer the keeper's hello with who of their users is in the room. */
  async synced(hosts: readonly string[], users: readonly string[]): Promise<void> {
    for (const host of hosts) {
      const there = users.filter((user) => domainOf(user) === host);
      const notices: PluginEvent[] = [
        { type: "plugin-hello", version: 1, software: "prosody", boot: "1" },
        ...there.map((user): PluginEvent => ({ type: "joined", ...place(user) })),
        ...pluginEvents(ROOMS, "up"),
        { type: "synced" },
      ];
      await this.session.send(pluginMessage({ from: host, to: DOMAIN }, notices));
    }
    const synced = () => this.keeper.hosts.filter(({ state }) => state === "synced");
    await this.until(() => hosts.every((host) => synced().some((sync) => sync.host === host)));
  }

  async copy(stanza: Element): Promise<void> {
    const user = stanza.attr("to")!;
    await this.session.send(forward(stanza, { from: domainOf(user), to: DOMAIN }));
  }

  async answer(question: Element): Promise<void> {
    const user = question.attr("from")!;
    if (user === DOMAIN) return await this.session.send(iqResult(question));
    const isIn = this.present.has(user);
    await this.copy(isIn ? iqResult(question) : errorReply(question, NOT_IN));
  }

  /** Answers questions until nobody is in doubt; returns who was asked about, and who told. */
  async settle(): Promise<{ readonly asked: string[]; readonly told: string[] }> {
    const [asked, told]: [string[], string[]] = [[], []];
    const blind = this.keeper.hosts.filter(({ state }) => state !== "synced");
    const seen = ({ host }: DomainKey) => blind.every((sync) => sync.host !== host);
    // What is asked last is answered last.
    const end = this.until(() => !this.doubtful.some(seen)).then(() => this.session.send(LAST));
    for (;;) {
      const stanza = await this.session.stanza();
      if (stanza.attr("id") === LAST.attr("id")) break;
      else if (stanza.attr("type") === "unavailable") {
        assertEquals(bareJid(stanza.attr("from")!), GARDEN);
        told.push(stanza.attr("to")!);
      } else if (stanza.name === "iq") {
        if (stanza.attr("from") !== DOMAIN) asked.push(stanza.attr("from")!);
        await this.answer(stanza);
      }
    }
    await end;
    return { asked, told };
  }

  async until(so: () => boolean): Promise<void> {
    while (!so()) await new Promise((turn) => setTimeout(turn));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.session.cut();
    await this.keeper.stop();
  }
}

function place(user: string): { user: string; room: string; nick: string } {
  return { user, room: GARDEN, nick: user.slice(0, 3) };
}

Deno.test("stock feed: who was not told before the connection broke is asked about, and told if still out", async () => {
  await using server = await Server.start({ feed: "stock" });
  await server.lose([ANN, BOB]);
  server.present.add(ANN);
  await server.reconnect();
  const { asked, told } = await server.settle();
  assertEquals(asked.toSorted(), [ANN, BOB]);
  assertEquals(told, [BOB], "Ann has rejoined meanwhile");
  assert(server.keeper.router.isJoined(ANN, GARDEN));
});

Deno.test("plugin: who was not told before the connection broke is told only if the plugin still knows the user and the room does not", async () => {
  await using server = await Server.start({ feed: "plugin" });
  await server.synced([HOME, OTHER], []);
  await server.lose([ANN, BOB, CID]);
  server.present.add(CID);
  await server.reconnect();
  // Bob has left meanwhile, Cid has rejoined.
  await server.synced([HOME, OTHER], [ANN, CID]);
  const { asked, told } = await server.settle();
  assertEquals(asked.toSorted(), [ANN, CID]);
  assertEquals(told, [ANN]);
  assert(server.keeper.router.isJoined(CID, GARDEN));
  assert(!server.keeper.router.isJoined(BOB, GARDEN));
});

Deno.test("a plugin that stays silent holds up nobody but its own users", async () => {
  await using server = await Server.start({ feed: "plugin" });
  await server.synced([HOME, OTHER], []);
  await server.lose([ANN, EVE]);
  await server.reconnect(2);
  await server.synced([OTHER], [EVE]);
  assertEquals(await server.settle(), { asked: [EVE], told: [EVE] });
  await server.synced([HOME], [ANN]);
  assertEquals(await server.settle(), { asked: [ANN], told: [ANN] });
});
