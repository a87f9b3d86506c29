/**
 * A client in a room, what it was told, and what the room itself says.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { type Client, isFrom, type Received } from "./client.ts";
import { DeadlineError } from "./journal.ts";
import { configure } from "./room_owner.ts";

/** What a room says when its user asks whether it is in (XEP-0410). */
export type Whereabouts = "in" | "out" | "vanished" | "unreachable";

/** The code of a notice; Roomkeeper has another one besides, mod_ping_muc has not. */
const NOTICE = 333;
/**
 * Where Prosody's rooms put an occupant out, with the same code, since a stanza to it came back:
 * that is how the reason begins. It happens when a link breaks with something unacknowledged.
 */
const PUT_OUT = "Kicked: ";
/** A question may get lost in a connection that is breaking; then it is asked again. */
const ANSWER_MS = 4_000;
const PAUSE_MS = 250;

/** One session of a user in one room. */
export class Occupant {
  /** The client. */
  readonly client: Client;
  /** The bare JID of the room. */
  readonly room: string;
  #nick: string;
  #since: number;

  private constructor(client: Client, room: string, nick: string, since: number) {
    this.client = client;
    this.room = room;
    this.#nick = nick;
    this.#since = since;
  }

  /**
   * Enters a room, and tries again while its server can't be reached.
   *
   * @param within Milliseconds until it is given up.
   * @param password The room's, if it has one.
   */
  static async enter(
    client: Client,
    room: string,
    nick: string,
    within: number,
    password?: string,
  ): Promise<Occupant> {
    const deadline = performance.now() + within;
    for (;;) {
      const since = client.journal.length;
      await client.askIn(room, nick, password);
      const answer = await orNothing(client.untilStanza(
        `an answer of ${room}`,
        (s) => isOwnPresence(s, room) || (s.kind === "presence" && isError(s, room)),
        { after: since, within: ANSWER_MS },
      ));
      if (answer !== undefined && answer.type === undefined) {
        const given = answer.from!.slice(room.length + 1);
        return new Occupant(client, room, given, client.journal.entries.indexOf(answer) + 1);
      }
      if (performance.now() > deadline) {
        throw new Error(`${client.jid} can't enter ${room}: ${answer?.xml ?? "no answer"}`);
      }
      await delay(PAUSE_MS);
    }
  }

  /** The nick, as the room gave it. */
  get nick(): string {
    return this.#nick;
  }

  /** Changes the nick, with the room's consent. */
  async changeNick(nick: string): Promise<void> {
    await this.client.changeNick(this.room, nick);
    this.#nick = nick;
    this.disregard();
  }

  /** What it was told so far does not count. */
  disregard(): void {
    this.#since = this.client.journal.length;
  }

  /** Makes the room outlast its occupants and its server; only its owner can. */
  async makeLasting(): Promise<void> {
    await configure(this.client, this.room, { persistentroom: "1" });
  }

  /** The notices that say it is out, which the room did not send. */
  get notices(): Received[] {
    return this.#farewells().filter(isNotice);
  }

  /** What the room itself said of its being out. */
  get dismissals(): Received[] {
    return this.#farewells().filter((s) => !isNotice(s));
  }

  /** Its own presences since it entered: each means that somebody has joined in its name. */
  get returns(): Received[] {
    return this.client.stanzas(this.#since).filter((s, at, all) =>
      isOwnPresence(s, this.room) && !isRenaming(all[at - 1], this.room)
    );
  }

  /** Waits until it was told that it is out; returns whether it was. */
  async told(within: number): Promise<boolean> {
    return await this.#until("a farewell", (s) => isUnavailable(s, this.room), within);
  }

  /** Waits until it is in again without its doing; returns whether it is. */
  async back(within: number): Promise<boolean> {
    return await this.#until("a return", (s) => isOwnPresence(s, this.room), within);
  }

  /** Waits until it is in again, or was told that it is out; returns whether it was either. */
  async helped(within: number): Promise<boolean> {
    const isHelp = (s: Received) => isUnavailable(s, this.room) || isOwnPresence(s, this.room);
    return await this.#until("help", isHelp, within);
  }

  async #until(what: string, fits: (s: Received) => boolean, within: number): Promise<boolean> {
    const wait = { after: this.#since, within };
    return await orNothing(this.client.untilStanza(what, fits, wait)) !== undefined;
  }

  /** Asks the room, again and again while it gives no answer. */
  async whereabouts(within: number): Promise<Whereabouts> {
    const deadline = performance.now() + within;
    for (;;) {
      const id = crypto.randomUUID();
      await this.client.sendRaw(
        `<iq type='get' to='${this.room}/${this.#nick}' id='${id}'><ping xmlns='urn:xmpp:ping'/></iq>`,
      );
      const answer = await orNothing(
        this.client.untilStanza("an answer", (s) => s.id === id && s.type !== "get", {
          within: ANSWER_MS,
        }),
      );
      if (answer?.type === "result") return "in";
      if (answer !== undefined && !isUnreachable(answer)) {
        return answer.condition === "item-not-found" ? "vanished" : "out";
      }
      if (performance.now() > deadline) return "unreachable";
      await delay(PAUSE_MS);
    }
  }

  /** Leaves the room in good order. */
  async leave(): Promise<void> {
    const after = this.client.journal.length;
    await this.client.leave(this.room, this.#nick);
    const isFarewell = (s: Received) => isUnavailable(s, this.room);
    await this.client.untilStanza("its leaving", isFarewell, { after });
  }

  #farewells(): Received[] {
    return this.client.stanzas(this.#since).filter((s) => isUnavailable(s, this.room));
  }
}

function isOwnPresence(stanza: Received, room: string): boolean {
  return stanza.kind === "presence" && stanza.type === undefined && isFrom(stanza, room) &&
    stanza.statuses.includes(110);
}

/** Whether the user is told to be out; a change of the nick is not that. */
function isUnavailable(stanza: Received, room: string): boolean {
  return stanza.kind === "presence" && stanza.type === "unavailable" && isFrom(stanza, room) &&
    stanza.statuses.includes(110) && !stanza.statuses.includes(303);
}

/** Whether a room announces the nick of the presence that follows. */
function isRenaming(stanza: Received | undefined, room: string): boolean {
  return stanza?.kind === "presence" && isFrom(stanza, room) && stanza.statuses.includes(303);
}

function isNotice({ statuses, xml }: Received): boolean {
  return statuses.includes(NOTICE) && !xml.includes(PUT_OUT);
}

function isError(stanza: Received, room: string): boolean {
  return stanza.type === "error" && isFrom(stanza, room);
}

/** Whether somebody on the way answered; a gateway says with such words that it has no such user. */
function isUnreachable({ condition = "", xml }: Received): boolean {
  return /^(remote-server-|recipient-unavailable)/.test(condition) &&
    !xml.includes("Not connected to IRC");
}

/** What was waited for, or undefined if it did not come in time. */
export async function orNothing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    return undefined;
  }
}
