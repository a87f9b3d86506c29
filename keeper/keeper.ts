/**
 * The keeper: the connection to a server, the tap, the router and its actors, put together.
 *
 * @module
 */
import type { DomainKey } from "../actors/messages/domains.ts";
import type { QuestionEffect, StoreChange } from "../actors/messages/effects.ts";
import type { Loss } from "../actors/messages/events.ts";
import { Router, type RouterOptions } from "../actors/remote_domain/router.ts";
import { ActorSystem, type ActorSystemOptions, systemClock } from "../actors/runtime/mod.ts";
import { RecordTap } from "../feed/record_tap.ts";
import { tap, type TapContext, type Tapped } from "../feed/tap.ts";
import {
  type BackoffOptions,
  ComponentConnection,
  type ConnectionStatus,
  type Identity,
  type OutboxLimits,
  type Priority,
  RequestError,
  type RequestHandler,
  scannerReader,
  type StanzaFilter,
  type Transport,
} from "../component/mod.ts";
import type { Element } from "../xml/mod.ts";
import { answerOrigin } from "../xmpp/answer_origin.ts";
import { discoInfoQuery } from "../xmpp/disco.ts";
import { parseIqAnswer } from "../xmpp/iq.ts";
import { PLUGIN_VERSION, pluginMessage } from "../xmpp/plugin_message.ts";
import type { PluginPayload } from "../xmpp/plugin_events.ts";
import { leaveNotice } from "../xmpp/muc.ts";
import { ping } from "../xmpp/ping.ts";
import { instantRoomForm, joinPresence, leavePresence } from "../xmpp/rejoin.ts";
import { selfPing } from "../xmpp/self_ping.ts";
import type { PluginSync } from "./plugin_sync.ts";
import type { JoinStore, StoreHealth } from "../store/join_store.ts";
import { SuspendAwareClock } from "./suspend_aware_clock.ts";
import { noticeText } from "./notice_text.ts";
import { NoticeQueue, type UserNotice } from "./notice_queue.ts";
import { type KeeperObserver, observers } from "./observer.ts";
import { Plugins } from "./plugins.ts";
import { backup } from "./backup.ts";
import { StanzaIds } from "./stanza_ids.ts";
import { PendingNotices } from "./pending_notices.ts";

/** What users are told, unless the operator has better words. */
const NOTICE_REASON = "Connection to remote server lost";

/** What a keeper needs. */
export interface KeeperOptions extends RouterOptions {
  /** The way to the server; see `tcpTransport`. */
  readonly transport: Transport;
  /** The component's domain, such as "keeper.example.net". */
  readonly domain: string;
  /** What the component shares with the server. */
  readonly secret: string;
  /** The hosts whose users are kept in their rooms. */
  readonly watch: readonly string[];
  /**
   * Where copies of stanzas come from: our plugin in the server, or the server's own means.
   * @default {"plugin"}
   */
  readonly feed?: "plugin" | "stock";
  /** Status codes of a notice, besides 110. @default {[330, 333]} */
  readonly noticeStatuses?: readonly number[];
  /** The reason given in a notice. @default {"Connection to remote server lost"} */
  readonly noticeReason?: string;
  /** What the component tells about itself. */
  readonly identity?: Identity;
  /** Answers questions to the component by itself, ad-hoc commands for example. */
  readonly request?: RequestHandler;
  /** How much may wait to be sent. */
  readonly outbox?: OutboxLimits;
  /** How to reconnect to the server. */
  readonly backoff?: BackoffOptions;
  /** The durable join table, closed at the end; without it, a restart forgets all joins. */
  readonly store?: JoinStore;
  /** Who is told what happens. */
  readonly observers?: readonly KeeperObserver[];
  /** Options of the actor system: its log, and, for tests, its clock. */
  readonly system?: ActorSystemOptions;
}

/**
 * Keeps the users of one server in their rooms.
 *
 * @example A keeper inside another program
 * ```ts no-run
 * import { Keeper, tcpTransport } from "@roomkeeper/roomkeeper";
 *
 * await using keeper = new Keeper({
 *   transport: tcpTransport({ port: 5347 }),
 *   domain: "keeper.example.net",
 *   secret: "a secret from a safe place",
 *   watch: ["example.net"],
 * });
 * await keeper.start();
 * ```
 */
export class Keeper implements AsyncDisposable {
  /** The joins, by link. */
  readonly router: Router;
  readonly #options: KeeperOptions;
  readonly #system: ActorSystem;
  readonly #connection: ComponentConnection;
  readonly #tapContext: TapContext;
  readonly #plugins: Plugins;
  readonly #observer: Required<KeeperObserver>;
  readonly #now: () => number;
  readonly #clock: SuspendAwareClock;
  readonly #ids = new StanzaIds();
  readonly #notices: NoticeQueue;
  readonly #pending: PendingNotices | undefined;
  #wasConnected = false;
  #stopping = false;
  /** Settles when what plugins have told so far is dealt with. */
  #told: Promise<void> = Promise.resolve();

  /** Puts a keeper together; nothing happens before {@linkcode start}. */
  constructor(options: KeeperOptions) {
    const { domain, secret, transport, watch, outbox, backoff, identity, request } = options;
    this.#options = options;
    this.#observer = observers(options.observers ?? []);
    this.#tapContext = { watched: new Set(watch), prefix: this.#ids.prefix };
    this.#clock = new SuspendAwareClock(options.system?.clock ?? systemClock);
    this.#now = () => this.#clock.now();
    this.#system = new ActorSystem({ ...options.system, clock: this.#clock });
    this.#connection = new ComponentConnection({
      domain,
      secret,
      transport,
      ...(outbox && { outbox }),
      ...(backoff && { backoff }),
      ...(identity && { identity }),
      createReader: scannerReader(this.#filter()),
      events: {
        connected: () => this.#connected(),
        disconnected: ({ reason }) => this.#disconnected(reason, undefined),
        retrying: ({ reason, retryInMs }) => this.#disconnected(reason, retryInMs),
        stanza: (stanza) => this.#received(stanza),
        ...(request && { request }),
      },
    });
    this.#pending = options.store && new PendingNotices(options.store, {
      now: this.#now,
      isJoined: (user, room) => this.router.isJoined(user, room),
    });
    this.#notices = new NoticeQueue({
      send: (notice) => this.#notify(notice),
      drained: () => this.#connection.drained("urgent"),
      written: () => this.#connection.written("urgent"),
      holds: ({ notice: { user, room } }) => !this.router.isJoined(user, room),
      delivered: (notice) => this.#delivered(notice),
    });
    this.router = new Router(this.#system, options, {
      now: this.#now,
      random: options.system?.random ?? Math.random,
      id: () => this.#ids.next(),
      blind: (host) => !this.#sees(host),
      hostProbes: (host) => this.#plugins.takesRequests(host),
      triesAnew: () => this.hosts.some(({ software }) => software === "prosody"),
      ask: (link, question) => this.#ask(link, question),
      notify: (link, notice) => {
        this.#pending?.begin({ link, notice });
        this.#notices.push({ link, notice });
      },
      persist: (link, change) => this.#options.store?.record(link, this.#dated(change)),
      report: (link, report) => this.#observer.reported(link, report),
    });
    this.#plugins = new Plugins(watch, {
      now: this.#now,
      greet: (host) => this.#greet(host),
      send: (host, request) => this.#send(this.#toPlugin(host, request)),
      router: this.router,
      observer: this.#observer,
    });
  }

  /** How the connection to the server is doing. */
  get connection(): ConnectionStatus {
    return this.#connection.status;
  }

  /** How far the plugin of each watched host is in step with us; none with a stock feed. */
  get hosts(): PluginSync[] {
    return this.#options.feed === "stock" ? [] : this.#plugins.all;
  }

  /** Whether nothing is done in users' names or told to them; see {@linkcode pause}. */
  get paused(): boolean {
    return this.#notices.paused;
  }

  /** How many notices are held back. */
  get held(): number {
    return this.paused ? this.#notices.length : 0;
  }

  /** How the store is doing, if there is one. */
  get store(): StoreHealth | undefined {
    return this.#options.store?.health;
  }

  /**
   * Remembers what the store knows, then connects, again and again if it must be.
   *
   * @throws What the store throws if it can't be read, such as {@linkcode StoreError}.
   */
  async start(): Promise<void> {
    const { store } = this.#options;
    if (store !== undefined) await this.#restore(store);
    if (this.#stopping) return;
    this.#clock.start();
    this.#connection.start();
    if (this.#options.feed !== "stock") this.#plugins.start();
  }

  /** Holds back all rejoins and notices, until {@linkcode resume}. */
  pause(): void {
    this.#notices.pause();
  }

  /** Goes on with rejoins, and sends the notices that still hold. */
  resume(): void {
    this.#notices.resume();
  }

  /**
   * Stops in order: sends what waits, says goodbye to the server, writes the store.
   *
   * @returns How many stanzas could not be sent.
   */
  async stop(): Promise<{ readonly unsent: number }> {
    this.#stopping = true;
    this.#plugins.stop();
    this.#clock.stop();
    const { unsent } = await this.#connection.close();
    await this.#system.stop();
    await this.#options.store?.close();
    this.#observer.stopped();
    return { unsent: unsent + this.#notices.length };
  }

  /** Stops, as {@linkcode stop} does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #restore(store: JoinStore): Promise<void> {
    store.backUpBy(() =>
      backup({
        domains: () => this.router.domains,
        notices: this.#notices,
        dated: (losses) => this.#realTimes(losses),
        now: this.#now,
      })
    );
    let joins = 0;
    for await (const link of store.load()) {
      if (this.#stopping) return;
      // It may have been watched before.
      if (!this.#tapContext.watched.has(link.host)) continue;
      this.router.restore([link]);
      joins += link.joins.length;
    }
    await this.router.away();
    this.#observer.restored(joins, this.router.domains.length);
  }

  /** A change with times that another process can go by. */
  #dated(change: StoreChange): StoreChange {
    return change.type === "losses"
      ? { ...change, losses: this.#realTimes(change.losses) }
      : change;
  }

  #realTimes(losses: readonly Loss[]): Loss[] {
    return losses.map((loss) => ({ ...loss, at: this.#clock.real(loss.at) }));
  }

  // --- the connection -------------------------------------------------------------------------

  /**
   * Whether we know what the users of a host do: what we don't see we must not judge. Before a
   * plugin's snapshot we may take users for lost who have left, or have been told already.
   */
  #sees(host: string): boolean {
    if (this.#connection.status.state !== "connected") return false;
    return this.#options.feed === "stock" || this.#plugins.isSynced(host);
  }

  async #connected(): Promise<void> {
    this.#observer.connected();
    const again = this.#wasConnected;
    this.#wasConnected = true;
    // Before the plugins tell anything, even if they do so at once.
    const takenBack = again ? this.#takeBackNotices() : undefined;
    if (this.#options.feed !== "stock") this.#plugins.connected();
    await takenBack;
    if (again) await this.router.away();
  }

  /**
   * Whoever was not told before the connection was lost may have left or rejoined since. So these
   * users are in doubt again, and their rooms are asked once more.
   */
  async #takeBackNotices(): Promise<void> {
    this.#connection.withdraw("urgent");
    const byHost = Map.groupBy(this.#notices.takeBack(), ({ link }) => link.host);
    await Promise.all(
      Array.from(
        byHost,
        ([host, some]) => this.router.name(host, some.map(({ notice }) => notice)),
      ),
    );
  }

  #disconnected(
    reason: Parameters<Required<KeeperObserver>["disconnected"]>[0],
    retryInMs: number | undefined,
  ): void {
    this.#plugins.disconnected();
    this.#observer.disconnected(reason, retryInMs);
  }

  #greet(host: string): boolean {
    const { prefix } = this.#ids;
    const rejoins = this.#options.recover !== "notify";
    const hello = { type: "keeper-hello", prefix, version: PLUGIN_VERSION, rejoins } as const;
    return this.#send(this.#toPlugin(host, hello), "urgent");
  }

  #toPlugin(host: string, payload: PluginPayload): Element {
    return pluginMessage({ from: this.#options.domain, to: host }, [payload]);
  }

  /** Returns whether the connection took it. */
  #send(stanza: Element, priority?: Priority): boolean {
    const sent = this.#connection.send(stanza, priority);
    return sent === "sent" || sent === "queued";
  }

  // --- what comes in --------------------------------------------------------------------------

  /** Most copies are understood as they are scanned; the others come as elements. */
  #filter(): StanzaFilter {
    const records = new RecordTap(this.#tapContext);
    return {
      begin: (scanner, count) => records.begin(scanner, count),
      take: (record) => {
        const tapped = records.tap(record);
        return tapped !== undefined && (this.#take(tapped) ?? true);
      },
    };
  }

  #received(stanza: Element): Promise<void> | undefined {
    return this.#take(tap(stanza, this.#tapContext));
  }

  /** What throws in here is a defect of ours: it costs one stanza, and is counted. */
  #take(tapped: Tapped): Promise<void> | undefined {
    try {
      return this.#tapped(tapped)?.catch((error) => this.#failed(tapped, error));
    } catch (error) {
      this.#failed(tapped, error);
      return undefined;
    }
  }

  #failed(tapped: Tapped, error: unknown): void {
    this.#observer.ignored("failed", tapped.type === "feed" ? tapped.host : "", String(error));
  }

  #tapped(tapped: Tapped): Promise<void> | undefined {
    switch (tapped.type) {
      case "other":
        return undefined;
      case "forged":
        this.#observer.ignored("forged", tapped.from, "is not a watched host");
        return undefined;
      case "feed":
        this.#observer.fed(tapped.host, tapped.kind);
        if (tapped.event !== undefined) return this.router.route(tapped.event) ?? this.#caughtUp();
        for (const { message } of tapped.malformed ?? []) {
          this.#observer.ignored("malformed", tapped.host, message);
        }
        return tapped.pluginEvents?.length
          ? this.#tell(tapped.host, tapped.pluginEvents)
          : undefined;
    }
  }

  /** One message after the other, even if they come over different streams. */
  #tell(host: string, pluginEvents: readonly PluginPayload[]): Promise<void> {
    const told = this.#told.then(async () => {
      await this.#plugins.take(host, pluginEvents);
      await this.#caughtUp();
    });
    this.#told = told.catch(() => {});
    return told;
  }

  /** A feed that is faster than the store has to wait: what is not written, a crash would lose. */
  #caughtUp(): Promise<void> | undefined {
    return this.#options.store?.caughtUp();
  }

  // --- what goes out --------------------------------------------------------------------------

  #ask(link: DomainKey, question: QuestionEffect): boolean {
    // While notices wait, more verdicts would only make more of them.
    if (!this.#sees(link.host) || this.#notices.behind) return false;
    const { id } = question;
    switch (question.type) {
      case "probe":
        return question.by === "host"
          ? this.#plugins.request(link, { type: "probe", id, domain: link.domain })
          : this.#probe(link, id);
      case "ping":
        return this.#send(selfPing(question));
      case "ask-room":
        return this.#send(discoInfoQuery({ id, from: question.user, to: question.room }));
      case "rejoin":
        return !this.paused && this.#rejoin(link, question);
      case "configure":
        return !this.paused && this.#send(instantRoomForm(question));
      case "leave":
        return !this.paused && this.#send(leavePresence({ ...question, status: this.#unwanted }));
    }
  }

  /** The plugin knows what the session's join has to say; without it, the join is a plain one. */
  #rejoin(link: DomainKey, rejoin: Extract<QuestionEffect, { type: "rejoin" }>): boolean {
    const { id, user, room } = rejoin;
    return this.#plugins.takesRequests(link.host)
      ? this.#plugins.request(link, { type: "rejoin", id, user, room })
      : this.#send(joinPresence(rejoin));
  }

  #probe(link: DomainKey, id: string): boolean {
    const { domain, pingTimeout: timeoutMs = 30_000 } = this.#options;
    this.#connection.request(ping({ from: domain, to: link.domain, id }), { timeoutMs })
      .then((answer) => this.router.probed(link, id, this.#isRemote(answer, link)))
      .catch((error) => {
        if (!(error instanceof RequestError)) {
          this.#observer.ignored("failed", link.domain, String(error));
        }
        const wasSent = !(error instanceof RequestError && error.reason === "full");
        this.router.probed(link, id, wasSent ? false : undefined);
      });
    return true;
  }

  /** Whether the remote side made this answer, rather than a server that could not reach it. */
  #isRemote(iq: Element, link: DomainKey): boolean {
    const answer = parseIqAnswer(iq);
    const ours = new Set([link.host, this.#options.domain]);
    return answer !== undefined && answerOrigin(answer, link.domain, ours) === "remote";
  }

  /** What a user is told of a room that a rejoin has made. */
  get #unwanted(): string {
    return noticeText(this.#options.noticeReason ?? NOTICE_REASON, "unwanted room");
  }

  #notify(userNotice: UserNotice): "sent" | "full" | "closed" | "failed" {
    const { user, room, nick, reason, alternate, because } = userNotice.notice;
    const { noticeReason = NOTICE_REASON, noticeStatuses } = this.#options;
    try {
      const stanza = leaveNotice({
        user,
        room,
        nick,
        id: this.#ids.next(),
        reason: noticeText(noticeReason, because),
        ...(reason === "destroyed" ? { destroyed: { alternate } } : { statuses: noticeStatuses }),
      });
      const sent = this.#connection.send(stanza, "urgent");
      return sent === "queued" ? "sent" : sent;
    } catch (error) {
      // A notice that XML can't carry is a defect of ours: it must not hold up the others.
      this.#observer.ignored("failed", user, String(error));
      this.#pending?.end(userNotice);
      return "failed";
    }
  }

  #delivered(userNotice: UserNotice): void {
    this.#pending?.end(userNotice);
    this.#observer.notified(userNotice.link, userNotice.notice);
  }
}
