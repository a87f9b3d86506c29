/** Rejoins by the ejabberd plugin: what rooms get, what clients see, and what the component is told. */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { serialize } from "../../xml/serialize.ts";
import { NS } from "../../xmpp/namespaces.ts";
import type { Client, Received } from "./support/client.ts";
import { ComponentPeer, type Got } from "./support/component_peer.ts";
import { EJABBERD_RETRY } from "./support/stage.ts";
import { EjabberdHome, ejabberdHome, type EjabberdHomeOptions } from "./support/ejabberd_home.ts";
import type { Ejabberd } from "./support/ejabberd.ts";
import { DeadlineError } from "./support/journal.ts";
import { loseOccupant } from "./support/lose_occupant.ts";
import { Prosody } from "./support/prosody.ts";
import { StagedRoom } from "./support/staged_room.ts";

const ALICE = "alice@home.example/phone";
const MALLORY = "mallory@away.example/x";
const ROOM = "den@rooms.example";
const STAGED = "garden@gateway.home.example";
const isOwn = (s: Received) => s.kind === "presence" && !s.type && s.statuses.includes(110);

/** What a client was shown of a room's talk. */
function heard(client: Client, room = ROOM): string[] {
  return client.stanzas().flatMap((s) =>
    s.type === "groupchat" && s.body !== undefined && s.from?.startsWith(room) ? [s.body] : []
  );
}

/** Waits until everything that was said before has reached a client in the room. */
async function untilHeard(client: Client, body: string, after = 0): Promise<void> {
  await client.untilStanza(body, (s) => s.body === body && s.type === "groupchat", { after });
}

/** What is waited for, or nothing if it does not come in time. */
async function orNothing<T>(promise: Promise<T>): Promise<T | undefined> {
  return await promise.catch((error) => {
    if (!(error instanceof DeadlineError)) throw error;
    return undefined;
  });
}

/** Both servers, the component, and two people in a room: one at home, one at the rooms' server. */
class Scene implements AsyncDisposable {
  /** How many messages a room could not deliver. */
  #bounced = 0;

  private constructor(
    readonly servers: EjabberdHome,
    readonly peer: ComponentPeer,
    readonly alice: Client,
    readonly mallory: Client,
  ) {}

  static async open(options: EjabberdHomeOptions, resumable = false): Promise<Scene> {
    const servers = await EjabberdHome.start({
      homeOptions: EJABBERD_RETRY,
      roomsOptions: EJABBERD_RETRY,
      ...options,
    });
    const peer = await ComponentPeer.connect(servers.home.ip);
    await peer.hello();
    const alice = await servers.client(ALICE, { resumable });
    const mallory = await servers.client(MALLORY);
    await mallory.join(ROOM, "Mal");
    await alice.join(ROOM, "Ann");
    return new Scene(servers, peer, alice, mallory);
  }

  /** Alice hears this. */
  async talk(...bodies: string[]): Promise<void> {
    for (const body of bodies) await this.mallory.say(ROOM, body);
    await untilHeard(this.alice, bodies.at(-1)!, 0);
  }

  /** The room loses Alice without a word; then this is said. Returns all that she missed. */
  async loseAlice(...bodies: string[]): Promise<string[]> {
    const { rooms } = this.servers;
    const missed = rooms instanceof Prosody
      ? await loseOccupant(rooms, `${ROOM}/Ann`)
      : await this.#bounce();
    for (const body of bodies) await this.mallory.say(ROOM, body);
    await untilHeard(this.mallory, bodies.at(-1)!);
    return [...missed ?? [], ...bodies];
  }

  /** Breaks the link until what the room sends Alice bounces, so that it drops her. */
  async #bounce(): Promise<string[]> {
    const after = this.mallory.journal.length;
    const isLoss = (s: Received) => s.from === `${ROOM}/Ann` && s.type === "unavailable";
    const said: string[] = [];
    this.servers.cut();
    while (this.mallory.stanzas(after).every((s) => !isLoss(s))) {
      const body = `bounced ${this.#bounced++}`;
      said.push(body);
      await this.mallory.say(ROOM, body);
      await this.mallory.untilStanza("Ann's loss", isLoss, { after, within: 500 }).catch(
        (error) => {
          if (!(error instanceof DeadlineError)) throw error;
        },
      );
    }
    this.servers.mend();
    return said;
  }

  /** Waits until the rooms can be reached. */
  async linked(): Promise<void> {
    while (!await this.peer.probe("rooms.example", `rk-test-up-${crypto.randomUUID()}`));
  }

  /** Brings Alice back. What the room says may get lost as links come and go: then it is tried again. */
  async rejoin(id: string): Promise<void> {
    for (let attempt = 0;; attempt++) {
      await this.linked();
      const after = this.peer.journal.length;
      const own = `${id}-${attempt}`;
      assertEquals(await this.peer.rejoin(ALICE, ROOM, own), "rejoining");
      const isSelf = ({ copy }: Got) => copy?.attr("id") === own && !copy.attr("type");
      const back = this.peer.journal.until("herself", isSelf, { after, within: 5_000 });
      if (await orNothing(back)) return;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.peer[Symbol.asyncDispose]();
    await this.servers[Symbol.asyncDispose]();
  }
}

for (const rooms of ["prosody", "ejabberd"] as const) {
  for (const clock of [0, 90, -90]) {
    Deno.test(`ejabberd rejoin: what was missed comes, once, from ${rooms} ${clock} s ahead`, async () => {
      await using scene = await Scene.open({ rooms, roomsClockAhead: clock });
      const { alice, mallory } = scene;
      await scene.talk("one", "ok", "ok", "two");
      const missed = await scene.loseAlice("missed", "ok", "two", "also missed");
      const lost = alice.journal.length;
      await scene.rejoin("rk-test-r1");
      await alice.untilStanza("itself", isOwn, { after: lost });
      await scene.talk("now");
      const first = alice.stanzas().find(({ body }) => body === "missed")!;
      const stamp = Date.parse(/stamp="([^"]+)"/.exec(first.xml)![1]!);
      assert(Math.abs(stamp - Date.now() - clock * 1000) < 45_000, "the rooms' clock");
      assertEquals(heard(alice), ["one", "ok", "ok", "two", ...missed, "now"]);
      await alice.say(ROOM, "back");
      await untilHeard(mallory, "back");
    });
  }

  Deno.test(`ejabberd rejoin: a hibernated session, twice, in a room of ${rooms}`, async () => {
    await using scene = await Scene.open({ rooms }, true);
    const { alice, mallory } = scene;
    await scene.talk("one");
    await alice.drop();
    await mallory.say(ROOM, "asleep");
    await untilHeard(mallory, "asleep");
    const all = ["one", "asleep"];
    for (const n of [1, 2]) {
      all.push(...await scene.loseAlice(`missed ${n}`), `back ${n}`);
      await scene.rejoin(`rk-test-r${n}`);
      await mallory.say(ROOM, `back ${n}`);
      await untilHeard(mallory, `back ${n}`);
    }
    await alice.reconnect();
    await untilHeard(alice, "back 2");
    assertEquals(alice.journal.where((e) => e.event === "resumed").length, 1);
    assertEquals(heard(alice), all);
    // What it takes to bring her back has moved to the resumed session's process.
    all.push(...await scene.loseAlice("missed 3"), "back 3");
    await scene.rejoin("rk-test-r3");
    await scene.talk("back 3");
    assertEquals(heard(alice), all);
    await alice.settle();
    await alice.drop();
    await alice.reconnect();
    assertEquals(alice.journal.where((e) => e.event === "resumed").length, 2, "counts are right");
    const back = mallory.journal.length;
    await alice.quit();
    const isFarewell = (s: Received) => s.from === `${ROOM}/Ann` && s.type === "unavailable";
    await mallory.untilStanza("her leaving, with her session", isFarewell, { after: back });
    await scene.peer.untilEvent("her end", ({ type }) => type === "ended");
  });
}

/** A home server alone, with a room that the test plays at one of its components' domains. */
class Rehearsal implements AsyncDisposable {
  private constructor(
    readonly home: Ejabberd,
    readonly peer: ComponentPeer,
    readonly room: StagedRoom,
    readonly alice: Client,
  ) {}

  static async open(options: EjabberdHomeOptions = {}): Promise<Rehearsal> {
    const { Client } = await import("./support/client.ts");
    const home = ejabberdHome(options);
    await home.start();
    const peer = await ComponentPeer.connect(home.ip);
    await peer.hello();
    const room = await StagedRoom.open(STAGED, home.ip);
    const alice = await Client.connect({ jid: ALICE, ip: home.ip });
    return new Rehearsal(home, peer, room, alice);
  }

  /** Asks for a rejoin, and returns the join as the room gets it. */
  async rejoin(id: string) {
    assertEquals(await this.peer.rejoin(ALICE, STAGED, id), "rejoining");
    return await this.room.untilGot(id);
  }

  /** The joins of a new snapshot. */
  async joins(): Promise<string[]> {
    const events = await this.peer.hello();
    return events.flatMap((n) => n.type === "joined" ? [`${n.user} ${n.room}/${n.nick}`] : []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.alice[Symbol.asyncDispose]();
    await this.peer[Symbol.asyncDispose]();
    await this.room[Symbol.asyncDispose]();
    const faults = this.home.log.where((line) => /\[(error|critical)\]/.test(line));
    await this.home[Symbol.asyncDispose]();
    assertEquals(faults, [], "logged");
  }
}

Deno.test("ejabberd rejoin: the presence of today, the password, and the time away", async () => {
  await using stage = await Rehearsal.open();
  const { alice, room } = stage;
  await room.admit(
    alice,
    "Ann",
    "<password>open sesame</password><history since='2020-01-01T00:00:00Z'/>",
  );
  const caps = `<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v'/>`;
  await alice.sendRaw(
    `<presence id='mine'><show>dnd</show><status>thinking</status>${caps}` +
      `<x xmlns='vcard-temp:x:update'><photo>abc</photo></x></presence>`,
  );
  await alice.untilStanza("its own presence", (s) => s.id === "mine");
  const join = await stage.rejoin("rk-test-r1");
  assertEquals([join.attr("to"), join.attr("from")], [`${STAGED}/Ann`, ALICE]);
  assertEquals(join.elements().map((child) => `${child.name} ${child.ns}`).sort(), [
    "c http://jabber.org/protocol/caps",
    "show jabber:component:accept",
    "status jabber:component:accept",
    "x http://jabber.org/protocol/muc",
    "x vcard-temp:x:update",
  ]);
  const x = join.child("x", NS.muc)!;
  assertEquals(x.child("password")?.text, "open sesame");
  const history = x.child("history")!;
  const seconds = Number(history.attr("seconds"));
  assert(seconds >= 5 && seconds <= 15, serialize(history));
  assertEquals(Object.keys(history.attrs).filter((name) => name !== "xmlns"), ["seconds"]);
  // The session's own presence is still what it was.
  await alice.sendRaw(`<presence to='alice@home.example' type='probe' id='probe'/>`);
  await alice.untilStanza(
    "its presence",
    (s) => s.kind === "presence" && s.xml.includes("thinking"),
    {
      after: alice.journal.length - 1,
    },
  );
});

Deno.test("ejabberd rejoin: a session that broadcasts no presence sends the one that the room had", async () => {
  await using stage = await Rehearsal.open();
  const { alice, room } = stage;
  await alice.sendRaw("<presence type='unavailable'/>");
  await alice.settle();
  await room.admit(alice, "Ann");
  await alice.sendRaw(`<presence id='xa' to='${STAGED}/Ann'><show>xa</show></presence>`);
  await room.untilGot("xa");
  const join = await stage.rejoin("rk-test-r1");
  assertEquals(join.elements().map(({ name }) => name).sort(), ["show", "x"]);
});

Deno.test("ejabberd rejoin: an error comes stripped, the client gets none, the password is nowhere", async () => {
  const secret = "open-sesame-8261";
  await using stage = await Rehearsal.open();
  const { alice, peer, room } = stage;
  await room.admit(alice, "Ann", `<password>${secret}</password>`);
  const before = alice.journal.length;
  assertStringIncludes(serialize(await stage.rejoin("rk-test-r1")), secret);
  const echo = (id: string) =>
    `<presence type='error' ${id} from='${STAGED}/Ann' to='${ALICE}'>` +
    `<x xmlns='${NS.muc}'><password>${secret}</password></x><error type='auth' by='${STAGED}'>` +
    `<not-authorized xmlns='${NS.stanzaErrors}'/></error></presence>`;
  await room.send(echo("id='rk-test-r1'"));
  const copy = await peer.untilCopy("the error", (s) => s.attr("id") === "rk-test-r1");
  assertEquals(Object.keys(copy.attrs).filter((name) => name !== "xmlns").sort(), [
    "from",
    "id",
    "to",
    "type",
  ]);
  assertEquals(copy.elements().map(({ name }) => name), ["error"]);
  assertEquals(copy.child("error")?.attr("by"), STAGED);
  assertEquals(copy.child("error")?.elements().map(({ name }) => name), ["not-authorized"]);
  // A gateway to IRC names no id; it is the answer while a rejoin is open, and the client's own else.
  await stage.rejoin("rk-test-r2");
  await room.send(echo(""));
  await peer.untilCopy("the error", (s) => s.attr("type") === "error" && !s.attr("id"));
  await alice.settle();
  assertEquals(alice.stanzas(before).filter((s) => s.kind === "presence"), []);
  await room.send(echo("id='own'"));
  await alice.untilStanza("its own error", (s) => s.id === "own" && s.type === "error");
  const own = await peer.untilCopy("it", (s) => s.attr("id") === "own");
  assertEquals(own.elements().map(({ name }) => name), ["error"]);
  // Another nick is asked for with a password too.
  await alice.sendRaw(
    `<presence to='${STAGED}/Anna'><x xmlns='${NS.muc}'><password>${secret}</password></x></presence>`,
  );
  await peer.untilCopy("the wish", (s) => s.attr("to") === `${STAGED}/Anna`);
  await peer.settle();
  const wire = peer.journal.entries.map(({ stanza }) => serialize(stanza)).join("\n");
  assertFalse(wire.includes(secret), "told to the component");
  assertFalse(stage.home.log.entries.join("\n").includes(secret), "logged");
});

Deno.test("ejabberd rejoin: a real room that refuses: the component alone is told", async () => {
  await using scene = await Scene.open({ rooms: "ejabberd" });
  const { alice, peer } = scene;
  const missed = await scene.loseAlice("missed");
  await scene.linked();
  const carol = await scene.servers.client("carol@home.example/x");
  assertEquals(await carol.join(ROOM, "Ann"), "Ann");
  const before = alice.journal.length;
  assertEquals(await peer.rejoin(ALICE, ROOM, "rk-test-r1"), "rejoining");
  const copy = await peer.untilCopy("the error", (s) => s.attr("id") === "rk-test-r1");
  assert(copy.child("error")?.child("conflict", NS.stanzaErrors), serialize(copy));
  await alice.settle();
  assertEquals(alice.stanzas(before).filter((s) => s.kind === "presence"), []);
  await carol.leave(ROOM, "Ann");
  await scene.rejoin("rk-test-r2");
  await scene.talk("back");
  assertEquals(heard(alice), [...missed, "back"]);
});

Deno.test("ejabberd rejoin: a message that a room returns to one of its people is told at once", async () => {
  await using stage = await Rehearsal.open();
  const { alice, peer, room } = stage;
  const bounce = (id: string, from: string, condition: string) =>
    `<message type='error' id='${id}' from='${from}' to='${ALICE}'><body>hi</body><error type='modify'>` +
    `<${condition} xmlns='${NS.stanzaErrors}'/></error></message>`;
  await room.send(bounce("stranger", STAGED, "not-acceptable"));
  await room.admit(alice, "Ann");
  await room.send(
    bounce("m1", STAGED, "not-acceptable") + bounce("m2", `${STAGED}/Bob`, "not-acceptable"),
  );
  // Whoever can't be reached is told of once in a while.
  for (const id of ["u1", "u2"]) {
    await room.send(bounce(id, "ann@gateway.home.example", "remote-server-timeout"));
  }
  await alice.untilStanza("the last one", (s) => s.id === "u2");
  await peer.settle();
  const errors = peer.copies().filter((copy) => copy.attr("type") === "error");
  assertEquals(errors.map((copy) => copy.attr("id")), ["m1", "m2", "u1"]);
  assertEquals(errors.flatMap((copy) => copy.elements().map(({ name }) => name)), [
    "error",
    "error",
    "error",
  ]);
});

Deno.test("ejabberd rejoin: why there is none", async () => {
  await using stage = await Rehearsal.open();
  const { alice, peer, room } = stage;
  assertEquals(await peer.rejoin("nobody@home.example/x", STAGED, "rk-test-1"), "ended");
  assertEquals(await peer.rejoin("keeper.home.example", STAGED, "rk-test-2"), "ended");
  assertEquals(await peer.rejoin(ALICE, STAGED, "rk-test-3"), "left");
  const join = (id: string) =>
    `<presence id='${id}' to='${STAGED}/Ann'><x xmlns='${NS.muc}'/></presence>`;
  await alice.sendRaw(join("j1"));
  await room.untilGot("j1");
  assertEquals(await peer.rejoin(ALICE, STAGED, "rk-test-4"), "joining", "the first join");
  await room.send(room.presence(ALICE, "Ann"));
  await alice.untilStanza("itself", isOwn);
  await stage.rejoin("rk-test-5");
  await alice.sendRaw(join("j2"));
  await room.untilGot("j2");
  assertEquals(await peer.rejoin(ALICE, STAGED, "rk-test-6"), "joining", "by itself");
  const after = alice.journal.length;
  await room.send(room.presence(ALICE, "Ann"));
  await alice.untilStanza("itself", isOwn, { after });
  await alice.sendRaw(`<presence id='away' to='${STAGED}/Ann'><show>away</show></presence>`);
  await room.untilGot("away");
  await stage.rejoin("rk-test-7");
  await alice.leave(STAGED, "Ann");
  await alice.settle();
  assertEquals(await peer.rejoin(ALICE, STAGED, "rk-test-8"), "left");
  await alice.quit();
  await peer.untilEvent("nothing of hers", ({ type }) => type !== "ended");
  assertEquals(await peer.rejoin(ALICE, STAGED, "rk-test-9"), "ended");
  const sent = room.peer.journal.entries.map(({ stanza }) => stanza.attr("id"));
  assertEquals(sent.filter((id) => id?.startsWith("rk-")), ["rk-test-5", "rk-test-7"]);
});

Deno.test("ejabberd rejoin: blocked, and the client hears nothing", async () => {
  await using stage = await Rehearsal.open({ homeModules: { mod_privacy: {}, mod_blocking: {} } });
  const { alice, peer, room } = stage;
  await room.admit(alice, "Ann");
  const set = async (id: string, xml: string) => {
    await alice.sendRaw(`<iq type='set' id='${id}'>${xml}</iq>`);
    await alice.untilStanza(id, (s) => s.id === id && s.type === "result");
  };
  await set("b1", `<block xmlns='urn:xmpp:blocking'><item jid='${STAGED}'/></block>`);
  const before = alice.journal.length;
  assertEquals(await peer.rejoin(ALICE, STAGED, "rk-test-r1"), "blocked");
  await alice.settle();
  assertEquals(alice.stanzas(before).filter((s) => s.kind === "presence"), []);
  await set("b2", `<unblock xmlns='urn:xmpp:blocking'><item jid='${STAGED}'/></unblock>`);
  await stage.rejoin("rk-test-r2");
});

Deno.test("ejabberd rejoin: who leaves in the middle stays out, and is in again only by its own wish", async () => {
  await using stage = await Rehearsal.open();
  const { alice, peer, room } = stage;
  await room.admit(alice, "Ann");
  await stage.rejoin("rk-test-r1");
  await alice.leave(STAGED, "Ann");
  await peer.untilCopy("her leaving", (s) => s.attr("from") === ALICE && !!s.attr("type"));
  const [left, seen] = [peer.journal.length, alice.journal.length];
  await room.send(room.presence(ALICE, "Ann"));
  await alice.untilStanza("the late word", isOwn, { after: seen });
  assertEquals(await stage.joins(), []);
  assertEquals(peer.copies(left), []);
  // Leaving and joining at once: the room's word on the leaving does not end the join.
  await room.admit(alice, "Ann");
  const place = `${STAGED}/Ann`; // in one piece, as slixmpp sends what is raw first
  await alice.sendRaw(
    `<presence to='${place}' type='unavailable'/><presence to='${place}' id='again'/>`,
  );
  await room.untilGot("again");
  const after = alice.journal.length;
  await room.send(
    room.presence(ALICE, "Ann", undefined, "unavailable") + room.presence(ALICE, "Ann"),
  );
  await alice.untilStanza("itself", isOwn, { after });
  assertEquals(await stage.joins(), [`${ALICE} ${STAGED}/Ann`]);
});

Deno.test("ejabberd rejoin: a history that breaks off comes whole the next time, and nothing twice", async () => {
  await using stage = await Rehearsal.open();
  const { alice, room } = stage;
  await room.admit(alice, "Ann");
  const old = (body: string) =>
    room.line(ALICE, "Bob", body, `<delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/>`);
  await room.send(room.line(ALICE, "Bob", "one") + room.line(ALICE, "Bob", "ok"));
  await untilHeard(alice, "ok");
  const first = (await stage.rejoin("rk-test-r1")).child("x", NS.muc)!.child("history")!;
  await room.send(old("one") + old("ok") + old("missed"));
  await untilHeard(alice, "missed");
  const second = (await stage.rejoin("rk-test-r2")).child("x", NS.muc)!.child("history")!;
  assert(Number(second.attr("seconds")) >= Number(first.attr("seconds")));
  const subject =
    `<message type='groupchat' from='${STAGED}/Bob' to='${ALICE}'><subject/></message>`;
  await room.send(["one", "ok", "missed", "ok", "last"].map(old).join("") + subject);
  await untilHeard(alice, "last");
  assertEquals(heard(alice, STAGED), ["one", "ok", "missed", "ok", "last"]);
  // After the subject nothing is held back, whatever it looks like.
  const after = alice.journal.length;
  await room.send(old("one"));
  await untilHeard(alice, "one", after);
});

Deno.test("ejabberd: a client that logs in again with its old resource is watched again", async () => {
  await using stage = await Rehearsal.open();
  const { peer, room } = stage;
  const { Client } = await import("./support/client.ts");
  await room.admit(stage.alice, "Ann");
  await peer.settle();
  for (let round = 0; round < 5; round++) {
    const before = peer.journal.length;
    await using renewed = await Client.connect({ jid: ALICE, ip: stage.home.ip });
    await room.admit(renewed, `Ann${round}`);
    const isEnd = (line: string) => line.includes(`Closing c2s session for ${ALICE}`);
    while (stage.home.log.where(isEnd).length <= round) {
      await stage.home.log.until("the old one's end", isEnd, { after: stage.home.log.length - 1 });
    }
    await renewed.settle();
    assertEquals(await stage.joins(), [`${ALICE} ${STAGED}/Ann${round}`]);
    const news = peer.journal.entries.slice(before).flatMap(({ events, copy }) => [
      ...events.filter(({ type }) => type === "ended").map(({ type }) => type),
      ...copy?.attr("from") === `${STAGED}/Ann${round}` && !copy.attr("type") ? ["in"] : [],
    ]);
    assertEquals(news, ["ended", "in"]);
    assertEquals(await peer.rejoin(ALICE, STAGED, `rk-test-${round}`), "rejoining");
    if (round < 4) continue;
    await renewed.quit();
    await peer.untilEvent("its end", ({ type }) => type === "ended", peer.journal.length - 1);
    assertEquals(await stage.joins(), []);
  }
});
