/**
 * Rooms without s2s: of an IRC gateway that is the home server's own component, and of the home
 * server's own MUC service. Their "link" is their being there.
 */
import { assert, assertEquals } from "@std/assert";
import { Biboumi } from "./support/biboumi.ts";
import { Client } from "./support/client.ts";
import { disposeAll } from "./support/dispose.ts";
import type { Ejabberd } from "./support/ejabberd.ts";
import { ejabberdHome } from "./support/ejabberd_home.ts";
import { Ngircd } from "./support/ngircd.ts";
import { Occupant } from "./support/occupant.ts";
import { PASSWORD, type Prosody } from "./support/prosody.ts";
import { prosodyHome } from "./support/prosody_home.ts";
import type { LogLine } from "../support/program.ts";
import { Roomkeeper } from "./support/roomkeeper.ts";

const GATEWAY = "gateway.home.example";
const LOCAL = "local.home.example";
const PATIENCE_MS = 30_000;
const HOMES = [["Prosody", prosody], ["ejabberd", ejabberdHome]] as const;

type Home = Prosody | Ejabberd;

/** What happens to the MUC service, by the software of the server. */
const RESTARTS: Readonly<Record<string, Restart>> = {
  "Prosody, its module reloaded": {
    make: prosody,
    hurt: (home) => (home as Prosody).shell(`module:reload("muc", "${LOCAL}")`),
    putsOut: false,
  },
  "Prosody, its host deactivated for a while": {
    make: prosody,
    hurt: async (home) => {
      await (home as Prosody).shell(`host:deactivate("${LOCAL}")`);
      await (home as Prosody).shell(`host:activate("${LOCAL}")`);
    },
    putsOut: false,
  },
  "ejabberd, its module restarted": {
    make: ejabberdHome,
    hurt: (home) =>
      (home as Ejabberd).api("restart_module", { host: "home.example", module: "mod_muc" }),
    putsOut: true,
  },
};

interface Restart {
  /** Makes the server; it is not started. */
  readonly make: () => Home;
  /** Restarts its MUC service. */
  readonly hurt: (home: Home) => Promise<unknown>;
  /** Whether the service puts its people out, rather than keep them. */
  readonly putsOut: boolean;
}

function prosody(): Prosody {
  return prosodyHome({
    homeHosts: `
Component "${LOCAL}" "muc"
  restrict_room_creation = false; muc_room_locking = false
Component "${GATEWAY}"
  component_secret = "${PASSWORD}"`,
  });
}

for (const [software, makeHome] of HOMES) {
  Deno.test(`a gateway of ${software} itself is killed: its people are brought back once, others left alone`, async () => {
    await using stage = await Stage.start(makeHome());
    await using irc = new Ngircd();
    await using gateway = new Biboumi({ domain: GATEWAY, server: stage.home.ip, irc: irc.ip });
    await irc.start();
    await gateway.start();
    const lost = [
      await stage.enter("alice", `#tea@${GATEWAY}`, "Alice"),
      await stage.enter("alice", `#cake@${GATEWAY}`, "Alice"),
      await stage.enter("bob", `#tea@${GATEWAY}`, "Bob"),
    ];
    const staying = [
      await stage.enter("alice", `den@${LOCAL}`, "Alice"),
      await stage.enter("carol", `den@${LOCAL}`, "Carol"),
    ];
    const after = stage.keeper.log.length;
    await gateway.kill();
    await stage.keeper.until("the loss", is("loss", GATEWAY), { after });
    await gateway.start();
    // One comes back by herself before she is asked about: she is in, and left alone.
    const back = await stage.enter("bob", `#cake@${GATEWAY}`, "Bob");
    for (const occupant of lost) {
      assert(await occupant.back(PATIENCE_MS), `${occupant.client.jid} in ${occupant.room}`);
    }
    await stage.settled(GATEWAY, after);
    for (const { returns } of lost) assertEquals(returns.length, 1);
    for (const { returns } of [...staying, back]) assertEquals(returns.length, 0);
    await stage.judge({ gone: [], staying: [...staying, back, ...lost] });
  });
}

for (const [what, { make, hurt, putsOut }] of Object.entries(RESTARTS)) {
  Deno.test(`rooms of ${what}: who is out is back, or told where the room is gone; who is in hears nothing`, async () => {
    await using stage = await Stage.start(make());
    await using irc = new Ngircd();
    await using gateway = new Biboumi({ domain: GATEWAY, server: stage.home.ip, irc: irc.ip });
    await irc.start();
    await gateway.start();
    const elsewhere = await stage.enter("bob", `#tea@${GATEWAY}`, "Bob");
    const fleeting = await stage.enter("alice", `hall@${LOCAL}`, "Alice");
    const lasting = [
      await stage.enter("alice", `den@${LOCAL}`, "Alice"),
      await stage.enter("bob", `den@${LOCAL}`, "Bob"),
    ];
    await lasting[0]!.makeLasting();
    for (const one of lasting) one.disregard();
    const after = stage.keeper.log.length;
    await hurt(stage.home);
    if (putsOut) {
      for (const one of lasting) assert(await one.back(PATIENCE_MS), one.client.jid);
      assert(await fleeting.told(PATIENCE_MS));
    } else await stage.settled(LOCAL, after);
    const staying = [elsewhere, ...lasting];
    await stage.judge(
      putsOut ? { gone: [fleeting], staying } : { gone: [], staying: [...staying, fleeting] },
    );
  });
}

for (const [software, makeHome] of HOMES) {
  Deno.test(`rooms of ${software} itself answer pings, which it hands straight back`, async () => {
    await using stage = await Stage.start(makeHome());
    const people = [
      await stage.enter("alice", `den@${LOCAL}`, "Alice"),
      await stage.enter("bob", `den@${LOCAL}`, "Bob"),
    ];
    await stage.keeper.kill();
    await stage.startKeeper();
    await stage.settled(LOCAL, 0);
    const verdicts = stage.keeper.lines(is("verdict", LOCAL)).map(({ properties }) =>
      [properties.user, properties.verdict, properties.because].join(" ")
    );
    assertEquals(verdicts.toSorted(), [
      "alice@home.example/phone joined result",
      "bob@home.example/phone joined result",
    ]);
    await stage.judge({ gone: [], staying: people });
  });
}

/** A home server with Roomkeeper, and its clients. */
class Stage implements AsyncDisposable {
  readonly home: Home;
  readonly keeper: Roomkeeper;
  readonly #clients = new Map<string, Client>();

  private constructor(home: Home) {
    this.home = home;
    this.keeper = new Roomkeeper({ ip: home.ip, keeper: { ping_timeout: "2s" } });
  }

  static async start(home: Home): Promise<Stage> {
    await home.start();
    const stage = new Stage(home);
    await stage.startKeeper();
    return stage;
  }

  /** Starts Roomkeeper, and waits until it knows what the plugin knows. */
  async startKeeper(): Promise<void> {
    await this.keeper.start();
    await this.keeper.until("the plugin", ({ properties }) => properties.event === "synced");
  }

  /** Waits until everything in a domain is decided. */
  async settled(domain: string, after: number): Promise<void> {
    const wait = { after, within: PATIENCE_MS };
    await this.keeper.until("the verdicts", is("settled", domain), wait);
  }

  /** A user enters a room; a session is made when it is first needed. */
  async enter(user: string, room: string, nick: string): Promise<Occupant> {
    const jid = `${user}@home.example/phone`;
    const client = this.#clients.get(jid) ?? await Client.connect({ jid, ip: this.home.ip });
    this.#clients.set(jid, client);
    return await Occupant.enter(client, room, nick, PATIENCE_MS);
  }

  /** One word to each who is out, by the room or by Roomkeeper, and none to those who are in. */
  async judge(
    { gone, staying }: { readonly gone: Occupant[]; readonly staying: Occupant[] },
  ): Promise<void> {
    for (const occupant of [...gone, ...staying]) {
      const { client, room } = occupant;
      await client.settle();
      const told = occupant.notices.length + occupant.dismissals.length;
      assertEquals(told, gone.includes(occupant) ? 1 : 0, `${client.jid} in ${room}`);
    }
    for (const occupant of staying) {
      assertEquals(await occupant.whereabouts(PATIENCE_MS), "in", occupant.room);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await disposeAll([...this.#clients.values(), this.keeper, this.home]);
  }
}

function is(event: string, domain: string): (line: LogLine) => boolean {
  return ({ properties }) => properties.event === event && properties.domain === domain;
}
