import type { StoredDomain } from "../../actors/messages/domains.ts";
import { assert, assertEquals } from "@std/assert";
import type { JoinRecord } from "../../actors/messages/events.ts";
import { Keeper, MemoryStore } from "../../mod.ts";
import { type Element, xml } from "../../xml/mod.ts";
import { forward } from "../../xmpp/forward.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { errorReply } from "../../xmpp/stanza_error.ts";
import { DOMAIN, FakeSession, SECRET } from "../component/fake_server.ts";
import { MemoryTransport } from "../component/memory_transport.ts";
import { selfPresence } from "../support/copies.ts";
import { HOME } from "../support/world.ts";

const ANN = "ann@home.example/phone";
const GARDEN = "garden@rooms.example";

/** One life of a keeper with a stock feed, which learns that Ann is gone whenever it asks. */
class Life implements AsyncDisposable {
  readonly keeper: Keeper;
  readonly #transport = new MemoryTransport();
  session!: FakeSession;

  readonly #settled = Promise.withResolvers<void>();

  private constructor(store: MemoryStore) {
    this.keeper = new Keeper({
      transport: this.#transport,
      domain: DOMAIN,
      secret: SECRET,
      watch: [HOME],
      feed: "stock",
      recover: "notify",
      settle: 0,
      probe: "user",
      pingDelay: 0,
      store,
      observers: [{
        reported: (_link, { type }) => type === "settled" && this.#settled.resolve(),
      }],
    });
  }

  static async begin(store: MemoryStore): Promise<Life> {
    const life = new Life(store);
    await life.keeper.start();
    life.session = await FakeSession.accept(await life.#transport.accepted.next());
    return life;
  }

  /** Ann's room shows her in. */
  async join(): Promise<void> {
    await this.#copy(selfPresence({ user: ANN, room: GARDEN, nick: "Ann" }));
    await this.taken();
  }

  /** The keeper finds out that Ann is not in. */
  async lose(): Promise<void> {
    this.keeper.router.verify("rooms.example");
    await this.deny();
    await this.#settled.promise;
  }

  /** Answers the keeper's next question: Ann is not in the room. */
  async deny(): Promise<void> {
    const question = await this.session.stanza();
    assertEquals(question.attr("to"), `${GARDEN}/Ann`);
    await this.#copy(errorReply(question, { type: "cancel", condition: "not-acceptable" }));
  }

  /** Resolves when the keeper has taken all that was sent to it. */
  async taken(): Promise<void> {
    const attrs = { from: HOME, to: DOMAIN, type: "get", id: "last" };
    await this.session.send(xml("iq", NS.component, attrs, xml("ping", NS.ping)));
    while ((await this.session.stanza()).attr("id") !== "last");
    await new Promise((resolve) => setTimeout(resolve));
  }

  async #copy(stanza: Element): Promise<void> {
    await this.session.send(forward(stanza, { from: HOME, to: DOMAIN }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.session.cut();
    await this.keeper.stop();
  }
}

/** A store that tells what would be written if it began anew. */
class AnewStore extends MemoryStore {
  anew: () => Iterable<StoredDomain> = () => [];

  override backUpBy(all: () => Iterable<StoredDomain>): void {
    this.anew = all;
  }
}

function stored(store: MemoryStore): string[] {
  return joinsIn(store.load()).map(({ user }) => user);
}

function joinsIn(links: Iterable<StoredDomain>): JoinRecord[] {
  return [...links].flatMap(({ joins }) => joins);
}

Deno.test("a notice that was held back when the keeper was killed is sent by the next one", async () => {
  const store = new MemoryStore();
  // Nothing more of it reaches the store, as if it were killed.
  await using killed = await Life.begin(store);
  killed.keeper.pause();
  await killed.join();
  await killed.lose();
  assertEquals([killed.keeper.held, killed.keeper.router.isJoined(ANN, GARDEN)], [1, false]);
  assertEquals(stored(store), [ANN], "until she knows");
  assert([...store.load()].every(({ joins }) => Number.isInteger(joins[0]?.since)));

  await using next = await Life.begin(store);
  await next.deny();
  const notice = await next.session.stanza();
  assertEquals([notice.attr("type"), notice.attr("to")], ["unavailable", ANN]);
  await next.taken();
  assertEquals(stored(store), [], "she knows");
});

Deno.test("who has rejoined while a notice was held back stays in the store", async () => {
  const store = new MemoryStore();
  await using life = await Life.begin(store);
  life.keeper.pause();
  await life.join();
  await life.lose();
  await life.join();
  life.keeper.resume();
  await life.taken();
  assert(life.keeper.router.isJoined(ANN, GARDEN));
  assertEquals(stored(store), [ANN]);
});

Deno.test("once the server has been sent the notice, the store forgets the join", async () => {
  const store = new MemoryStore();
  await using life = await Life.begin(store);
  await life.join();
  await life.lose();
  await life.session.stanza();
  await life.taken();
  assertEquals(stored(store), []);
});

Deno.test("a store that begins anew is given who is still to be told", async () => {
  const store = new AnewStore();
  await using life = await Life.begin(store);
  life.keeper.pause();
  await life.join();
  await life.lose();
  assertEquals(joinsIn(store.anew()).map(({ user, confirmed }) => [user, confirmed]), [[ANN, 0]]);
  life.keeper.resume();
  await life.session.stanza();
  await life.taken();
  assertEquals(joinsIn(store.anew()), []);
});
