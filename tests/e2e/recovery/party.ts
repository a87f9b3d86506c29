/**
 * A room on a remote server, whose owner stays there while a user of ours is lost.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { ALICE } from "../cases/people.ts";
import type { Client, Received } from "../support/client.ts";
import { type Occupant, orNothing } from "../support/occupant.ts";
import { configure } from "../support/room_owner.ts";
import { PATIENCE_MS, ROOMS, type Stage } from "../support/stage.ts";

/** A user of the rooms' server, and the nick it has there. */
const OWNER = "mallory@away.example/lair";
/** Somebody else there. */
export const GUEST = "mallory@away.example/sofa";
const HOME = "home.example";
const BEFORE = ["one", "two"];
/** How long a server may take to find out that another one is away. */
const ANSWER_MS = 4_000;
/** How long a rejoin may take that is tried three times. */
export const LONG_MS = 90_000;

/** What is special about a room, and who is in it. */
export interface PartyOptions {
  /** The user's full JID. @default {ALICE} */
  readonly user?: string;
  /** Whether its session can be resumed (XEP-0198). @default {false} */
  readonly resumable?: boolean;
  /** The room's password, which the user knows. */
  readonly password?: string;
  /** Whether the room ends with its last occupant. @default {false} */
  readonly temporary?: boolean;
}

/** Ann, who is to be lost, and the owner of the room. */
export class Party {
  /** Where it is. */
  readonly stage: Stage;
  /** The owner. */
  readonly owner: Occupant;
  /** The user of ours. */
  readonly ann: Occupant;
  /** A position in Roomkeeper's log: when everybody was in. */
  readonly mark: number;
  /** What was said while Ann was out. */
  readonly missed: string[] = [];

  /** A position in what the owner received: when everybody was in. */
  readonly #met: number;

  private constructor(stage: Stage, owner: Occupant, ann: Occupant) {
    this.stage = stage;
    this.owner = owner;
    this.ann = ann;
    this.mark = stage.mark();
    this.#met = owner.client.journal.length;
  }

  /** A new room, in which something has been said. */
  static async meet(stage: Stage, name: string, options: PartyOptions = {}): Promise<Party> {
    const { user = ALICE, resumable = false, password, temporary = false } = options;
    await stage.client(user, { resumable });
    const owner = await stage.enter(OWNER, stage.newRoom(name), "Mal");
    const { room } = owner;
    if (stage.cell.rooms !== "irc") {
      await configure(owner.client, room, {
        persistentroom: temporary ? "0" : "1",
        ...password !== undefined && { passwordprotectedroom: "1", roomsecret: password },
      });
    }
    const party = new Party(stage, owner, await stage.enter(user, room, "Ann", password));
    for (const body of BEFORE) await party.say(body);
    await party.untilHeard(party.ann, BEFORE.at(-1)!);
    return party;
  }

  /** The bare JID of the room. */
  get room(): string {
    return this.owner.room;
  }

  /** The owner says something. */
  async say(body: string): Promise<void> {
    await this.owner.client.say(this.room, body);
  }

  /** While the servers can't reach each other: what is said brings it out that Ann can't hear it. */
  async loseAnn(): Promise<void> {
    // Without the plugin nothing else tells that the rooms can't be reached.
    if (this.stage.cell.feed === "stock") await untilFailing(this.stage.bystander.client, ROOMS);
    await untilFailing(this.owner.client, HOME);
    // What was not acknowledged when the link broke may have brought it out before.
    const after = this.#met;
    const isGone = (s: Received) =>
      s.from === `${this.room}/${this.ann.nick}` && s.type === "unavailable";
    for (let gone = false; !gone;) {
      await this.miss();
      const wait = { after, within: PATIENCE_MS / 4 };
      const farewell = this.owner.client.untilStanza("the end of Ann", isGone, wait);
      gone = await orNothing(farewell) !== undefined;
    }
    await this.miss();
    // What the room had to say to Ann has failed, and nothing waits for a better day.
    await untilFailing(this.owner.client, HOME);
  }

  /** The owner says something that Ann can't hear. */
  async miss(): Promise<void> {
    const body = `missed ${this.missed.length + 1}`;
    assert(this.missed.length < 5, `${this.room} does not put ${this.ann.nick} out`);
    this.missed.push(body);
    await this.say(body);
  }

  /** The owner sees that somebody is not in the room any more. */
  async untilGone(nick: string, after: number): Promise<void> {
    await this.owner.client.untilStanza(
      `the end of ${nick}`,
      (s) => s.from === `${this.room}/${nick}` && s.type === "unavailable",
      { after, within: PATIENCE_MS },
    );
  }

  /** An occupant has heard it. */
  async untilHeard({ client }: Occupant, body: string): Promise<void> {
    await client.untilStanza(body, (s) => this.#isTalk(s) && s.body === body, {
      within: PATIENCE_MS,
    });
  }

  /**
   * Ann is in again, once and without her doing; has heard everything, once where the server's
   * plugin sees to that; hears and is heard; and nobody has told her that she is out.
   */
  async isBack(who: Occupant = this.ann): Promise<void> {
    assert(await who.back(LONG_MS), `${who.client.jid} is not in ${this.room} again`);
    await this.stage.untilLogged("rejoined", who, this.mark);
    await this.isWell(who);
    assertEquals(who.notices.map(({ xml }) => xml), []);
    assertEquals([who.returns.length, this.stage.rejoins(who)], [1, 1]);
  }

  /** Ann is in, has missed nothing, hears and is heard. */
  async isWell(who: Occupant = this.ann, ...later: readonly string[]): Promise<void> {
    const now = crypto.randomUUID();
    await this.say(now);
    await this.untilHeard(who, now);
    const heard = this.#heard(who.client, now);
    const all = [...BEFORE, ...this.missed, ...later];
    if (this.stage.cell.feed === "plugin") assertEquals(heard, all);
    // A component alone can't tell what the client has from what it missed: it asks for more.
    else {for (const body of this.missed) {
        assertEquals(heard.filter((each) => each === body), [body]);
      }}
    const back = crypto.randomUUID();
    await who.client.say(this.room, back);
    await this.untilHeard(this.owner, back);
  }

  /**
   * Ann is told that she is out, once, and why; she is not in.
   *
   * @param because What the room answered.
   * @param reason What people are told of it.
   */
  async isTold(because: string, reason: RegExp, who: Occupant = this.ann): Promise<Received> {
    assert(await who.told(LONG_MS), `${who.client.jid} is not told that it is out of ${this.room}`);
    await this.stage.decided(LONG_MS);
    const [notice, ...more] = [...who.notices, ...who.dismissals];
    assertEquals([notice !== undefined, more.length], [true, 0]);
    assertMatch(/<(?:\w+:)?reason>([^<]*)/.exec(notice!.xml)?.[1] ?? "", reason);
    if (because !== "") {
      const [failure] = this.failures(who).slice(-1);
      assertEquals([failure?.because, failure?.next], [because, "notify"]);
    }
    assertEquals([who.returns, await who.whereabouts(PATIENCE_MS) !== "in"], [[], true]);
    return notice!;
  }

  /** How often, and why, Roomkeeper has failed to bring somebody back. */
  failures({ client, room }: Occupant = this.ann): Readonly<Record<string, unknown>>[] {
    return this.stage.keeper.lines(({ properties: { event, ...about } }) =>
      event === "rejoin-failed" && about.user === client.jid && about.room === room
    ).map(({ properties }) => properties);
  }

  /** Nobody joins the room in Ann's name, nor tells her anything, once everything is decided. */
  async isLeftAlone(who: Occupant = this.ann): Promise<void> {
    await this.stage.decided(LONG_MS);
    const now = crypto.randomUUID();
    await this.say(now);
    await this.untilHeard(this.owner, now);
    const { client } = this.owner;
    const isAnn = (s: Received) => s.kind === "presence" && s.from === `${this.room}/${who.nick}`;
    const last = client.stanzas().findLast(isAnn);
    assertEquals(last?.type, "unavailable", last?.xml);
    assertEquals([who.notices, this.stage.rejoins(who)], [[], 0]);
  }

  /** What a client was shown of the talk before `end`, which is not always there at once. */
  #heard(client: Client, end: string): string[] {
    const bodies = client.stanzas().flatMap((s) => this.#isTalk(s) ? [s.body!] : []);
    return bodies.slice(0, bodies.indexOf(end));
  }

  #isTalk(stanza: Received): boolean {
    return stanza.type === "groupchat" && stanza.body !== undefined &&
      stanza.from!.startsWith(`${this.room}/`);
  }
}

/** Waits until a client's server finds that it can't reach a domain; what waited before has failed. */
async function untilFailing(client: Client, domain: string): Promise<void> {
  for (let tries = 0; tries < 10; tries++) {
    const id = crypto.randomUUID();
    await client.sendRaw(
      `<message type='chat' to='nobody@${domain}' id='${id}'><body>?</body></message>`,
    );
    const isError = (s: Received) => s.id === id && s.type === "error";
    // What is written into a connection that is breaking has no answer at all.
    const wait = { within: ANSWER_MS };
    const error = await orNothing(client.untilStanza("an error", isError, wait));
    if (error?.condition?.startsWith("remote-server-")) return;
  }
  throw new Error(`${domain} can still be reached`);
}
