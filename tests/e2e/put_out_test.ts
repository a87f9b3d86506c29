/** What the plugins do when a room puts a user out: by a fault or a restart, or because somebody said so. */
import { assertEquals } from "@std/assert";
import { NS } from "../../xmpp/namespaces.ts";
import { Client } from "./support/client.ts";
import { ComponentPeer } from "./support/component_peer.ts";
import { ejabberdHome } from "./support/ejabberd_home.ts";
import { DeadlineError } from "./support/journal.ts";
import { lua, PASSWORD } from "./support/prosody.ts";
import { prosodyHome } from "./support/prosody_home.ts";
import type { Server } from "./support/server.ts";
import { StagedRoom } from "./support/staged_room.ts";

const ALICE = "alice@home.example/phone";
const KEEPER = "keeper.home.example";
const GATEWAY = "gateway.home.example";
const ROOM = `garden@${GATEWAY}`;
const REJOINS = "rejoins='true'";

const HOMES: Readonly<Record<string, () => Server>> = {
  prosody: () =>
    prosodyHome({
      homeHosts: `Component ${lua(GATEWAY)}\n  component_secret = ${lua(PASSWORD)}`,
    }),
  ejabberd: () => ejabberdHome(),
};

/** A fault or a restart, and nothing else. */
const TECHNICAL = [["333"], ["332"], ["332", "333"]];

/** What somebody decided, and what is for good; and a leaving without a reason. */
const MEANT: Readonly<Record<string, string>> = {
  ...Object.fromEntries(["301", "307", "321", "322"].flatMap((code) => [
    [code, statuses(code)],
    [`${code} with 333`, statuses(code, "333")],
  ])),
  "no reason": statuses(),
  "the room's end": statuses("332") + "<destroy/>",
};

function statuses(...codes: string[]): string {
  return ["110", ...codes].map((code) => `<status code='${code}'/>`).join("");
}

/** A home server with a user, and a room that the test plays. */
class Scene implements AsyncDisposable {
  private constructor(
    readonly home: Server,
    readonly room: StagedRoom,
    readonly alice: Client,
  ) {}

  static async open(home: Server): Promise<Scene> {
    await home.start();
    const room = await StagedRoom.open(ROOM, home.ip);
    return new Scene(home, room, await Client.connect({ jid: ALICE, ip: home.ip }));
  }

  /** The room says that an occupant is out; returns where Alice's journal stood. */
  async putOut(inner: string, nick = "Ann"): Promise<number> {
    const before = this.alice.journal.length;
    await this.room.send(this.room.presence(ALICE, nick, inner, "unavailable"));
    return before;
  }

  /** Alice is shown that an occupant is out. */
  async isTold(after: number, nick = "Ann"): Promise<void> {
    const isIt = (from?: string) => from === `${ROOM}/${nick}`;
    await this.alice.untilStanza(
      `that ${nick} is out`,
      (s) => isIt(s.from) && s.type === "unavailable",
      { after },
    );
  }

  /** What Alice has been shown of the room. */
  async seen(after: number): Promise<string[]> {
    await this.alice.settle();
    return this.alice.stanzas(after).filter((s) => s.from?.startsWith(ROOM)).map((s) => s.xml);
  }

  /** Alice goes, as far as her server knows. */
  async leave(): Promise<void> {
    await this.alice.leave(ROOM, "Ann");
    await this.alice.settle();
  }

  /** Waits until the home server knows that the component is away. */
  async keeperIsAway(): Promise<void> {
    for (let n = 0;; n++) {
      const id = `there-${n}`;
      await this.room.send(
        `<iq type='get' id='${id}' from='${GATEWAY}' to='${KEEPER}'><ping xmlns='${NS.ping}'/></iq>`,
      );
      const returned = this.room.peer.journal.until(
        "an error",
        ({ stanza }) => stanza.attr("id") === id && stanza.attr("type") === "error",
        { within: 500 },
      );
      const isAway = await returned.then(() => true, (error) => {
        if (error instanceof DeadlineError) return false;
        throw error;
      });
      if (isAway) return;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.alice[Symbol.asyncDispose]();
    await this.room[Symbol.asyncDispose]();
    await this.home[Symbol.asyncDispose]();
  }
}

/** The rooms that a user was put out of, as the component was told. */
function dropped(peer: ComponentPeer, after = 0): string[] {
  return peer.events(after).flatMap((e) => e.type === "dropped" ? [`${e.user} ${e.room}`] : []);
}

for (const [software, home] of Object.entries(HOMES)) {
  Deno.test(`${software}: who is put out by a fault is brought back and not told`, async () => {
    await using scene = await Scene.open(home());
    const { alice, room } = scene;
    await using peer = await ComponentPeer.connect(scene.home.ip);
    await peer.hello("rk-test-", REJOINS);
    for (const [n, codes] of TECHNICAL.entries()) {
      await room.admit(alice, "Ann");
      const told = peer.journal.length;
      const before = await scene.putOut(statuses(...codes));
      await peer.untilEvent("dropped", (event) => event.type === "dropped", told);
      assertEquals(dropped(peer, told), [`${ALICE} ${ROOM}`], `${codes}`);
      assertEquals(await scene.seen(before), [], `${codes}`);
      const copied = peer.copies(told).filter((copy) => copy.attr("type") === "unavailable");
      assertEquals(copied, [], `${codes}`);
      // It is what it was: a join that can be made again.
      assertEquals(await peer.rejoin(ALICE, ROOM, `rk-test-${n}`), "rejoining");
      assertEquals((await room.untilGot(`rk-test-${n}`)).attr("to"), `${ROOM}/Ann`);
      await scene.leave();
    }
  });

  Deno.test(`${software}: a second removal within a minute is passed on`, async () => {
    await using scene = await Scene.open(home());
    await using peer = await ComponentPeer.connect(scene.home.ip);
    await peer.hello("rk-test-", REJOINS);
    await scene.room.admit(scene.alice, "Ann");
    await scene.putOut(statuses("333"));
    await peer.untilEvent("dropped", (event) => event.type === "dropped");
    assertEquals(await peer.rejoin(ALICE, ROOM, "rk-test-1"), "rejoining");
    await scene.room.send(scene.room.presence(ALICE, "Ann"));
    await peer.untilCopy("herself", (copy) => copy.attr("type") === undefined);
    const before = await scene.putOut(statuses("333"));
    await scene.isTold(before);
    await peer.untilCopy("the removal", (copy) => copy.attr("type") === "unavailable");
    assertEquals(dropped(peer).length, 1);
  });

  Deno.test(`${software}: a removal that somebody meant is passed on`, async () => {
    await using scene = await Scene.open(home());
    await using peer = await ComponentPeer.connect(scene.home.ip);
    await peer.hello("rk-test-", REJOINS);
    for (const [name, inner] of Object.entries(MEANT)) {
      await scene.room.admit(scene.alice, "Ann");
      const told = peer.journal.length;
      await scene.isTold(await scene.putOut(inner));
      await peer.untilCopy(name, (copy) => copy.attr("type") === "unavailable", told);
      await scene.leave();
    }
    await scene.room.admit(scene.alice, "Ann");
    await scene.isTold(await scene.putOut("<status code='333'/>", "Bob"), "Bob");
    await peer.settle();
    assertEquals(dropped(peer), []);
  });

  Deno.test(`${software}: a removal is passed on unless the component is there and rejoins`, async () => {
    await using scene = await Scene.open(home());
    const { alice, room } = scene;
    await room.admit(alice, "Ann");
    await scene.isTold(await scene.putOut(statuses("333"))); // nobody has said hello
    await scene.leave();

    const peer = await ComponentPeer.connect(scene.home.ip);
    await peer.hello("rk-test-", REJOINS);
    await room.admit(alice, "Ann");
    await peer[Symbol.asyncDispose]();
    await scene.keeperIsAway();
    await scene.isTold(await scene.putOut(statuses("333")));
    await scene.leave();

    await using notifies = await ComponentPeer.connect(scene.home.ip);
    await notifies.hello();
    await room.admit(alice, "Ann");
    await scene.isTold(await scene.putOut(statuses("333")));
    await notifies.settle();
    assertEquals(dropped(notifies), []);
  });

  Deno.test(`${software}: the component's own notice is passed on`, async () => {
    await using scene = await Scene.open(home());
    await using peer = await ComponentPeer.connect(scene.home.ip);
    await peer.hello("rk-test-", REJOINS);
    for (const codes of TECHNICAL) {
      await scene.room.admit(scene.alice, "Ann");
      const before = scene.alice.journal.length;
      await peer.send(
        `<presence type='unavailable' id='rk-test-notice' from='${ROOM}/Ann' to='${ALICE}'>` +
          `<x xmlns='${NS.mucUser}'><item affiliation='none' role='none'/>${
            statuses(...codes)
          }</x></presence>`,
      );
      await scene.isTold(before);
    }
    await peer.settle();
    assertEquals(dropped(peer), []);
  });
}
