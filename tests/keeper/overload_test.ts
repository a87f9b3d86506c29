/** More than can be handled, over real TCP: everything is bounded, and nothing is lost. */
import { assert, assertEquals } from "@std/assert";
import { Keeper, type KeeperOptions, openStore, tcpTransport } from "../../mod.ts";
import { forward } from "../../xmpp/forward.ts";
import { iqResult } from "../../xmpp/iq.ts";
import { bareJid } from "../../xmpp/jid.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { errorReply } from "../../xmpp/stanza_error.ts";
import { type Element, serialize } from "../../xml/mod.ts";
import { DOMAIN, FakeSession, SECRET } from "../component/fake_server.ts";
import { Folder, stored } from "../store/fixture.ts";
import { left, selfPresence } from "../support/copies.ts";
import { HOME } from "../support/world.ts";

const LOOPBACK = "127.0.7.4";
const FEED = { from: HOME, to: DOMAIN };

/** A keeper with the server's end of its connection. */
class Overload implements AsyncDisposable {
  readonly keeper: Keeper;
  readonly #listener = Deno.listen({ hostname: LOOPBACK, port: 0 });
  #session: FakeSession | undefined;

  constructor(options: Partial<KeeperOptions>) {
    this.keeper = new Keeper({
      transport: tcpTransport({ hostname: LOOPBACK, port: this.#listener.addr.port }),
      domain: DOMAIN,
      secret: SECRET,
      watch: [HOME],
      feed: "stock",
      recover: "notify",
      settle: 0,
      probe: "user",
      maxJoinsPerUser: 1_000_000,
      ...options,
    });
  }

  async start(): Promise<FakeSession> {
    await this.keeper.start();
    this.#session = await FakeSession.accept(await this.#listener.accept());
    return this.#session;
  }

  get joins(): number {
    return this.keeper.router.domains.reduce((sum, { joins }) => sum + joins.size, 0);
  }

  /** Lets the event loop turn until something is so. */
  async until(so: () => boolean): Promise<void> {
    while (!so()) await new Promise((turn) => setTimeout(turn));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session?.cut();
    this.#listener.close();
    await this.keeper.stop();
  }
}

function join(user: string, room: string): Element {
  return forward(selfPresence({ user, room, nick: "nick" }), FEED);
}

function leave(user: string, room: string): Element {
  return forward(left({ user, room, nick: "nick" }), FEED);
}

function text(...stanzas: Element[]): string {
  return stanzas.map((stanza) => serialize(stanza, { ns: NS.component })).join("");
}

Deno.test("a feed that is faster than the actors is held up; nothing of it is lost", async () => {
  const [MAILBOX, USERS] = [10, 20_000];
  await using overload = new Overload({ mailbox: MAILBOX });
  const session = await overload.start();
  let deepest = 0;
  const look = setInterval(() => deepest = Math.max(deepest, overload.keeper.router.depth));
  // Everybody joins, and all but every tenth leaves again: only in the right order it adds up.
  for (let from = 0; from < USERS; from += 500) {
    const users = Array.from({ length: 500 }, (_, i) => `user${from + i}@${HOME}/x`);
    const room = "garden@rooms.example";
    await session.write(text(...users.map((user) => join(user, room))));
    await session.write(text(...users.filter((_, i) => i % 10 > 0).map((u) => leave(u, room))));
  }
  await session.write(text(join(`last@${HOME}/x`, "end@rooms.example")));
  await overload.until(() =>
    overload.keeper.router.isJoined(`last@${HOME}/x`, "end@rooms.example")
  );
  clearInterval(look);
  assertEquals(overload.joins, USERS / 10 + 1);
  assert(deepest <= MAILBOX + 1, `${deepest} events waited`);
});

Deno.test("a feed that is faster than the store is held up, so that a crash loses little of it", async () => {
  const [MAILBOX, BATCH, USERS] = [10, 10, 20_000];
  using folder = new Folder();
  const store = await openStore(folder.file, { batch: BATCH });
  let most = 0;
  {
    await using overload = new Overload({ mailbox: MAILBOX, store });
    const session = await overload.start();
    const look = setInterval(() => most = Math.max(most, store.health.pending));
    const users = Array.from({ length: USERS }, (_, i) => `user${i}@${HOME}/x`);
    await session.write(text(...users.map((user) => join(user, "garden@rooms.example"))));
    await overload.until(() => overload.joins === USERS);
    clearInterval(look);
  }
  assert(most <= 10 * BATCH + MAILBOX + 1, `${most} changes waited`);
  const links = await stored(folder.file);
  assertEquals(links.reduce((sum, { joins }) => sum + joins.length, 0), USERS);
});

Deno.test("a server that stops reading: notices are kept, questions wait, the feed goes on", async () => {
  const USERS = 3_000;
  await using overload = new Overload({
    // Long notices, so that they fill what the system's sockets take.
    noticeReason: "because ".repeat(1_000),
    outbox: { urgent: 100_000, normal: 10_000_000 },
    pingsPerSecond: 1_000_000,
    maxPingsPerSecond: 1_000_000,
    pingTimeout: 600_000,
  });
  const { keeper } = overload;
  const session = await overload.start();
  for (let n = 0; n < USERS; n++) {
    await session.send(join(`user${n}@${HOME}/x`, `room${n % 10}@rooms.example`));
  }
  await session.send(join(`ann@${HOME}/x`, "garden@other.example"));
  await overload.until(() => overload.joins === USERS + 1);

  // The first answer shows that the domain is there: then everybody is asked about.
  keeper.router.verify("rooms.example");
  await session.send(forward(errorReply(await session.stanza(), NOT_IN), FEED));
  const questions: Element[] = [];
  while (questions.length < USERS - 1) {
    const stanza = await session.stanza();
    if (stanza.name === "iq") questions.push(stanza);
  }

  // From here on the server reads nothing.
  for (const question of questions) {
    await session.send(forward(errorReply(question, NOT_IN), FEED));
  }
  await overload.until(() => overload.joins === 1);
  const { waiting } = keeper.connection;
  assert(waiting.urgent > 0, "the sockets took everything");
  assert(waiting.urgent * 8_000 <= 200_000, `${waiting.urgent} notices in the outgoing queue`);
  assertEquals(keeper.router.verify("other.example"), 1);
  await session.send(join(`bob@${HOME}/x`, "garden@other.example"));
  await overload.until(() => overload.joins === 2);
  assertEquals(keeper.connection.waiting.normal, 0, "no question is sent meanwhile");

  const told = new Set<string>();
  for (;;) {
    const stanza = await session.stanza();
    if (stanza.name === "iq") {
      assertEquals(bareJid(stanza.attr("to")!), "garden@other.example");
      await session.send(forward(iqResult(stanza), FEED));
      break;
    }
    const user = stanza.attr("to")!;
    assert(!told.has(user), `${user} is told twice`);
    told.add(user);
  }
  assertEquals(told.size, USERS - 1, "all notices come, and before the questions");
});

const NOT_IN = { type: "cancel", condition: "not-acceptable" } as const;
