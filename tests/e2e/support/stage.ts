/**
 * A home server, a rooms' server and Roomkeeper between them: every kind with every other, and the
 * same verbs for all.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { Client, type ClientOptions } from "./client.ts";
import { disposeAll } from "./dispose.ts";
import { ejabberdHome, KEEPER } from "./ejabberd_home.ts";
import { Wire } from "./link_cut.ts";
import { Occupant } from "./occupant.ts";
import { prosodyHome } from "./prosody_home.ts";
import { Roomkeeper } from "./roomkeeper.ts";
import type { LogLine } from "../../support/program.ts";
import { type RoomsKind, roomsServer } from "./rooms_server.ts";
import { type Server, type ServerOptions, serverOptions } from "./server.ts";

/** Which software is where. */
export interface Cell {
  /** The software of the home server. */
  readonly home: "prosody" | "ejabberd";
  /** How it tells Roomkeeper what happens; `ping-muc`: Prosody's mod_ping_muc, no Roomkeeper. */
  readonly feed: "plugin" | "stock" | "ping-muc";
  /** The software of the rooms' server. */
  readonly rooms: RoomsKind;
}

/** What is special about a stage. */
export interface StageOptions extends ServerOptions {
  /**
   * Whether the component's domain has a DNS record, and the home server a certificate for it: most
   * operators will give it neither.
   *
   * @default {false}
   */
  readonly keeperFederates?: boolean;
  /** Options of `[keeper]` in place of {@linkcode DELAYS}, as in `roomkeeper.toml`. */
  readonly keeper?: Readonly<Record<string, string | number>>;
  /** Whether a new room is locked until its owner has configured it, on Prosody. @default {false} */
  readonly locking?: boolean;
  /** How far the clock of the rooms' server is ahead in seconds, behind if negative. @default {0} */
  readonly roomsClockAhead?: number;
  /**
   * Whether Roomkeeper and the servers have their own delays, rather than those that suit tests.
   *
   * @default {false}
   */
  readonly asShipped?: boolean;
  /** `ping_muc_delay` of mod_ping_muc, in seconds, where that is in Roomkeeper's place. */
  readonly pingMucDelay?: number;
}

/** The options of `[keeper]` on every stage: everything happens in seconds. */
export const DELAYS = {
  ping_delay: "500ms",
  settle: "1s",
  ping_timeout: "2s",
  give_up: "15s",
  backoff_min: "1s",
  backoff_max: "2s",
  silence: "3s",
  retry_delay: "1s",
} as const;

/** The domain of the rooms. */
export const ROOMS = "rooms.example";
/** A domain with rooms that nothing happens to. */
export const ELSEWHERE = "local.home.example";
/** The bystander may give orders to Roomkeeper. */
const ADMIN = "carol@home.example";
/** The option of ejabberd without which it may take minutes before it tries a link again. */
export const EJABBERD_RETRY = { s2s_max_retry_delay: 1 } as const;

/** How long anything may take before it counts as not happening. */
export const PATIENCE_MS = 45_000;

/** Everything runs; the parts can be hurt. */
export class Stage implements AsyncDisposable {
  /** Which software is where. */
  readonly cell: Cell;
  /** Whether strangers can reach the component. */
  readonly keeperFederates: boolean;
  /** `home.example`, and rooms at `local.home.example`. */
  readonly home: Server;
  /** `rooms.example`. */
  readonly rooms: Server;
  /** Roomkeeper; never started where mod_ping_muc is in its place. */
  readonly keeper: Roomkeeper;
  readonly #outward: Wire;
  readonly #inward: Wire;
  readonly #clients = new Map<string, Promise<Client>>();
  #bystander: Occupant | undefined;
  #roomCount = 0;
  #roomsUp = false;
  #keeperUp = false;
  #downSince = 0;
  #secondsAway: number | undefined;

  private constructor(cell: Cell, options: StageOptions) {
    const { keeperFederates = false, asShipped = false, pingMucDelay } = options;
    const ejabberd = asShipped ? {} : EJABBERD_RETRY;
    const shared = { ...serverOptions(options), keeperCertified: keeperFederates };
    this.keeperFederates = keeperFederates;
    this.cell = cell;
    this.home = cell.home === "prosody"
      ? prosodyHome({
        ...shared,
        feed: cell.feed,
        homeOptions: pingMucDelay === undefined ? "" : `ping_muc_delay = ${pingMucDelay}`,
        homeHosts: `Component "${ELSEWHERE}" "muc"`,
      })
      : ejabberdHome({ ...shared, feed: feedOf(cell), homeOptions: ejabberd });
    const { roomsClockAhead: clockAhead = 0, locking = false } = options;
    this.rooms = roomsServer(cell.rooms, { ...shared, ejabberd, clockAhead, locking });
    this.keeper = new Roomkeeper({
      ip: this.home.ip,
      feed: feedOf(cell),
      keeper: asShipped ? "as shipped" : { ...DELAYS, ...options.keeper },
      metrics: true,
      admins: [ADMIN],
    });
    this.#outward = new Wire(this.rooms.ip);
    this.#inward = new Wire(this.home.ip);
    this.home.resolve(ROOMS, this.#outward.ip);
    this.home.resolve("away.example", this.#outward.ip);
    this.rooms.resolve("home.example", this.#inward.ip);
    if (keeperFederates) this.rooms.resolve(KEEPER, this.#inward.ip);
  }

  /** Starts everything. */
  static async start(cell: Cell, options: StageOptions = {}): Promise<Stage> {
    const stage = new Stage(cell, options);
    try {
      const atHome = async () => {
        await stage.home.start();
        if (cell.feed !== "ping-muc") await stage.startKeeper();
      };
      await Promise.all([atHome(), stage.startRooms()]);
      stage.#bystander = await stage.enter(`${ADMIN}/pad`, `hall@${ELSEWHERE}`, "Cleo");
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
    return stage;
  }

  // --- verbs ----------------------------------------------------------------------------------

  /** Starts the rooms' server, with what it stored. */
  async startRooms(): Promise<void> {
    await this.rooms.start();
    this.#roomsUp = true;
    if (this.#downSince > 0) this.#secondsAway = (performance.now() - this.#downSince) / 1000;
  }

  /** Kills the rooms' server with SIGKILL. */
  async killRooms(): Promise<void> {
    this.#roomsDown();
    await this.rooms.kill();
  }

  /** Stops the rooms' server with SIGTERM. */
  async stopRooms(): Promise<void> {
    this.#roomsDown();
    await this.rooms.stop();
  }

  /** Breaks the connections between the servers; new ones break at once. */
  cut(): void {
    this.#outward.cut();
    this.#inward.cut();
  }

  /** Lets what the servers say to each other take a while. */
  slow(): void {
    this.#outward.slow();
    this.#inward.slow();
  }

  /** Lets the servers reach each other again, as fast as they can. */
  mend(): void {
    this.#outward.mend();
    this.#inward.mend();
  }

  /** Starts Roomkeeper, with what it stored, and waits until it sees what happens. */
  async startKeeper(): Promise<void> {
    await this.keeper.start();
    this.#keeperUp = true;
    const seeing = this.cell.feed === "plugin" ? "synced" : "Connected to the server";
    await this.keeper.until(
      "its server",
      ({ properties, message }) => properties.event === seeing || message === seeing,
    );
  }

  /** An operator has Roomkeeper verify who is in the rooms of the domain. */
  async verify(): Promise<void> {
    const id = crypto.randomUUID();
    const { client } = this.bystander;
    await client.sendRaw(
      `<iq type='set' to='${KEEPER}' id='${id}'>` +
        `<command xmlns='http://jabber.org/protocol/commands' node='roomkeeper#verify' action='execute'>` +
        `<x xmlns='jabber:x:data' type='submit'><field var='domain'><value>${ROOMS}</value></field></x>` +
        `</command></iq>`,
    );
    const { type, xml } = await client.untilStanza("Roomkeeper's consent", (s) => s.id === id);
    if (type !== "result" || !xml.includes('"completed"')) throw new Error(xml);
  }

  /** Kills Roomkeeper with SIGKILL. */
  async killKeeper(): Promise<void> {
    this.#keeperUp = false;
    await this.keeper.kill();
  }

  // --- people ---------------------------------------------------------------------------------

  /** The client with this address, connected when it is first asked for. */
  async client(jid: string, options: Partial<ClientOptions> = {}): Promise<Client> {
    const known = this.#clients.get(jid);
    if (known !== undefined) return await known;
    const ip = isHome(jid) ? this.home.ip : this.rooms.ip;
    const client = Client.connect({ jid, ip, ...options });
    this.#clients.set(jid, client);
    return await client;
  }

  /** Logs a client out; {@linkcode client} then makes a new session. */
  async logOut(jid: string): Promise<void> {
    const client = await this.#clients.get(jid);
    this.#clients.delete(jid);
    await client?.quit();
    await client?.[Symbol.asyncDispose]();
  }

  /** The address of a room that was never used before. */
  newRoom(name: string): string {
    const unique = `${name}${++this.#roomCount}`;
    return this.cell.rooms === "irc" ? `#${unique}@${ROOMS}` : `${unique}@${ROOMS}`;
  }

  /** A user enters a room, with a session that is made if there is none. */
  async enter(jid: string, room: string, nick: string, password?: string): Promise<Occupant> {
    const client = await this.client(jid);
    const occupant = await Occupant.enter(client, room, nick, PATIENCE_MS, password);
    // Strangers can't write to a component that has no name in the DNS.
    if (this.#keeperUp && isHome(jid)) await this.keeperHasRead(client);
    return occupant;
  }

  /** Carol, who is in a room of another domain, so that nothing concerns her. */
  get bystander(): Occupant {
    return this.#bystander!;
  }

  // --- waiting --------------------------------------------------------------------------------

  /** A position in Roomkeeper's log; 0 after it was started again. */
  mark(): number {
    return this.#keeperUp ? this.keeper.log.length : 0;
  }

  /** Waits until Roomkeeper has read all that the home server told it by now. */
  async keeperHasRead(by: Client): Promise<void> {
    const id = crypto.randomUUID();
    await by.sendRaw(`<iq type='get' to='${KEEPER}' id='${id}'><ping xmlns='urn:xmpp:ping'/></iq>`);
    await by.untilStanza("Roomkeeper's answer", (s) => s.id === id);
  }

  /**
   * Waits until Roomkeeper looks into what happened since `mark`: a loss that it noticed, or with
   * the stock feed, which can't see everything, the next routine look.
   */
  async noticed(mark: number): Promise<void> {
    if (this.#keeperUp) await this.#untilEvent("a loss", "loss", mark);
  }

  /** Waits until it was asked so many times whether the domain can be reached. */
  async probed(times: number, mark: number): Promise<void> {
    for (let done = 0; done < times; done++) {
      await this.#untilEvent("a probe", "probing", mark);
      const isProbe = (line: string) => eventOf(line) === "probing";
      mark = this.keeper.log.entries.findIndex((line, at) => at >= mark && isProbe(line)) + 1;
    }
  }

  /** Waits until Roomkeeper has found out that the domain can be reached. */
  async reachable(mark: number): Promise<void> {
    await this.#untilEvent("the domain's return", "reachable", mark);
  }

  /** Waits until the home server has got a question about a user from Roomkeeper. */
  async asked(mark: number): Promise<void> {
    await this.keeper.log.until(
      "a question",
      (line) => line.includes('"event":"asked"') && line.includes(`@${ROOMS}`),
      { after: mark, within: PATIENCE_MS },
    );
    await this.keeperHasRead(this.bystander.client);
  }

  /** Waits until Roomkeeper has written down all that it knows. */
  async stored(): Promise<void> {
    await this.keeperHasRead(this.bystander.client);
    while (await this.keeper.metric("roomkeeper_store_pending_changes") > 0) await delay(20);
  }

  /** Waits until Roomkeeper logs something about a user in a room. */
  async untilLogged(event: string, { client, room }: Occupant, mark: number): Promise<LogLine> {
    return await this.keeper.until(
      `${event} of ${client.jid} in ${room}`,
      ({ properties }) =>
        properties.event === event && properties.user === client.jid && properties.room === room,
      { after: mark, within: PATIENCE_MS },
    );
  }

  /** Whether whoever is out is to be brought back, rather than told. */
  get recovers(): boolean {
    return this.cell.feed !== "ping-muc";
  }

  /** How often Roomkeeper has brought somebody back, by its log since its last start. */
  rejoins({ client, room }: Occupant): number {
    if (!this.#keeperUp) return 0;
    const isReturn = ({ properties }: LogLine) =>
      properties.event === "rejoined" && properties.user === client.jid && properties.room === room;
    return this.keeper.lines(isReturn).length;
  }

  /** Waits until Roomkeeper has decided about everybody; `within` milliseconds for each step. */
  async decided(within = PATIENCE_MS): Promise<void> {
    while (this.#keeperUp) {
      await this.keeperHasRead(this.bystander.client);
      const { entries } = this.keeper.log;
      const last = entries.findLastIndex((line) => /^(loss|settled)$/.test(eventOf(line)));
      if (last < 0 || eventOf(entries[last]!) === "settled") return;
      await this.#untilEvent("the end of a verification", "settled", last, within);
    }
  }

  /** What Roomkeeper logged as an error since its last start. */
  get failures(): string[] {
    if (!this.#keeperUp) return [];
    return this.keeper.lines(({ level }) => /^(error|fatal)$/.test(level)).map((line) =>
      line.message
    );
  }

  /** How long the rooms' server was away since the last recovery, if it was. */
  get secondsAway(): number | undefined {
    return this.#secondsAway;
  }

  /** Mends everything that was hurt, and lets the servers find each other. */
  async recover(): Promise<void> {
    this.mend();
    if (!this.#roomsUp) await this.startRooms();
    this.rooms.thaw();
    this.#secondsAway = undefined;
    if (this.cell.feed !== "ping-muc" && !this.#keeperUp) await this.startKeeper();
  }

  /** Ends everything and leaves nothing behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    const servers = [this.keeper, this.home, this.rooms, this.#outward, this.#inward];
    const clients = await Promise.allSettled(this.#clients.values());
    const connected = clients.flatMap((each) => each.status === "fulfilled" ? [each.value] : []);
    await disposeAll([...connected, ...servers]);
  }

  #roomsDown(): void {
    this.#roomsUp = false;
    this.#downSince = performance.now();
  }

  async #untilEvent(
    what: string,
    event: string,
    after: number,
    within = PATIENCE_MS,
  ): Promise<void> {
    const fits = (line: string) => eventOf(line) === event;
    await this.keeper.log.until(what, fits, { after, within });
  }
}

function isHome(jid: string): boolean {
  return jid.includes("@home.example");
}

function feedOf({ feed }: Cell): "plugin" | "stock" {
  return feed === "stock" ? "stock" : "plugin";
}

/** The event that a line of Roomkeeper's log tells of the rooms' domain; empty if none. */
function eventOf(line: string): string {
  if (!line.includes(`"domain":"${ROOMS}"`)) return "";
  return /"event":"(\w+)"/.exec(line)?.[1] ?? "";
}
