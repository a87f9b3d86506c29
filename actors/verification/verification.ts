/**
 * Verifies the joins of one link after a loss: waits, finds out whether the domain can be reached,
 * asks, tries again.
 *
 * @module
 */
import type { Join } from "../joins/join.ts";
import type { DomainPorts } from "../ports/ports.ts";
import { firstWait, longestWait } from "./waits.ts";
import { Recovery } from "../recovery/recovery.ts";
import type { RejoinRefusal } from "../../xmpp/plugin_events.ts";
import type { SelfPingAnswer } from "../../xmpp/self_ping.ts";
import type { LossCause, RoomError } from "../messages/events.ts";
import type { GoneAnswer } from "../recovery/gone_answer.ts";
import { SelfPinger } from "./self_pinger.ts";
import type { ConfirmationDeadline } from "./confirmation_deadline.ts";
import type { Evidence } from "../joins/evidence.ts";
import type { FullDomainOptions } from "../messages/options.ts";

/** How long to wait when our own server is in the way, and at least before trying again. */
const PAUSE_MS = 1_000;

/** Who finds out whether the domain can be reached. */
type Prober = "component" | "host" | "user";

/** Where a verification stands. Times are milliseconds since the epoch. */
type Phase =
  /** No join is in doubt. */
  | { readonly name: "rest" }
  /** Waiting after the loss, so that a blip or a restart can pass. */
  | { readonly name: "delay"; readonly until: number }
  /** Waiting for the answer to "can the domain be reached?". */
  | {
    readonly name: "probe";
    readonly id: string;
    readonly until: number;
    readonly by: Prober;
  }
  /** It could not be reached, or not everything could be decided: waiting to try again. */
  | { readonly name: "backoff"; readonly until: number }
  /** Asking the rooms, join by join, and bringing users back. */
  | { readonly name: "asking"; readonly next: number };

const REST: Phase = { name: "rest" };

/** The verification of one link, and the recovery of those who turn out to be lost. */
export class Verification {
  readonly #host: string;
  readonly #evidence: Evidence;
  readonly #deadline: ConfirmationDeadline;
  readonly #pinger: SelfPinger;
  readonly #options: FullDomainOptions;
  readonly #ports: DomainPorts;
  #phase: Phase = REST;
  /** How many times in a row something could not be decided. */
  #attempt = 0;
  /** Since when the remote side is known to be there; undefined: not known since the last loss. */
  #aliveSince: number | undefined;
  #recovery: Recovery | undefined;
  /** When the next rejoin may be sent, so that each recovery keeps the pace of the one before. */
  #nextRejoin = -Infinity;
  /** All questions are answered, and only the recovery goes on. */
  #recoveryOnly = false;
  /** The join of which a room says that it is none; it alone is asked about first. */
  #rejected: Join | undefined;
  /** When a user's stanza last could not be delivered, or no longer. */
  #failedAt = -Infinity;
  #heard: number;

  /** Makes a verification at rest. */
  constructor(
    host: string,
    domain: string,
    evidence: Evidence,
    deadline: ConfirmationDeadline,
    options: FullDomainOptions,
    ports: DomainPorts,
  ) {
    this.#host = host;
    this.#evidence = evidence;
    this.#deadline = deadline;
    this.#pinger = new SelfPinger(
      host,
      domain,
      evidence,
      deadline,
      options,
      ports,
      (gone) => this.#gone(gone),
    );
    this.#options = options;
    this.#ports = ports;
    this.#heard = ports.now();
  }

  /** Where the verification stands; undefined: no join is in doubt. */
  get phase(): Exclude<Phase["name"], "rest"> | undefined {
    return this.#phase.name === "rest" ? undefined : this.#phase.name;
  }

  /** How many questions are not sent yet. */
  get left(): number {
    return this.#phase.name === "asking" ? this.#pinger.left : 0;
  }

  /** How many questions wait for an answer. */
  get open(): number {
    return this.#pinger.open;
  }

  /** How many users are being brought back. */
  get rejoining(): number {
    return this.#recovery?.size ?? 0;
  }

  /** When {@linkcode wake} is to be called, in milliseconds since the epoch. */
  get due(): number | undefined {
    const { silence } = this.#options;
    const phase = this.#phase;
    if (phase.name === "rest") {
      return silence > 0 && this.#evidence.joins.size > 0 ? this.#heard + silence : undefined;
    }
    const asked = Math.min(
      this.#pinger.due ?? Infinity,
      this.#recovery?.due(this.#isRecovering) ?? Infinity,
    );
    if (phase.name !== "asking") {
      return Math.min(asked, phase.until, this.#deadline.due ?? Infinity);
    }
    const next = this.#pinger.left > 0 ? Math.min(asked, phase.next) : asked;
    return next === Infinity ? undefined : next;
  }

  /** Puts every join in doubt that was not confirmed after `seq`, and starts to verify. */
  lost(cause: LossCause, seq: number = this.#evidence.next()): void {
    if (this.#evidence.joins.size === 0) return;
    // A link that is lost again before a probe is answered was none.
    if (cause === "link-down") this.#missed();
    this.#evidence.lose(cause, seq);
    this.#recovery?.lost(cause);
    this.#recoveryOnly = false;
    this.#rejected = undefined;
    if (cause === "rejected") this.#aliveSince = -Infinity;
    else this.#aliveSince = cause === "link-up" ? this.#ports.now() : undefined;
    if (cause === "link-down") this.#failedAt = this.#ports.now();
    if (cause === "restart") this.#deadline.back();
    const { name } = this.#phase;
    if (name === "delay" ? cause !== "operator" : name !== "rest" && cause === "link-up") return;
    this.#pinger.stop();
    const wait = firstWait(cause, this.#options.pingDelay, this.#ports.random());
    const until = this.#ports.now() + wait;
    this.#phase = { name: "delay", until };
    this.#evidence.report({ type: "waiting", until });
  }

  /** A room does not know a user: if that is true it may have lost others, too. */
  rejected(join: Join): void {
    if (this.#phase.name !== "rest") return;
    this.lost("rejected");
    this.#rejected = join;
  }

  /**
   * A room has put a user out: it, or its server, is in trouble, so that others may be out too. Who
   * is in doubt or being brought back already is no news.
   */
  dropped(join: Join): void {
    if (this.#evidence.isUnverified(join) || this.#recovery?.has(join)) return;
    this.lost("dropped");
  }

  /** Anything that the remote side made proves that it can be reached. */
  heard(): void {
    this.#heard = this.#ports.now();
    if (this.#phase.name === "rest") return;
    const wasAlive = this.#aliveSince !== undefined;
    this.#aliveSince ??= this.#heard;
    this.#deadline.reached();
    if (this.#phase.name !== "backoff" || wasAlive) return;
    const until = this.#heard + this.#options.settle * (1 + this.#ports.random() / 5);
    if (until < this.#phase.until) this.#phase = { name: "backoff", until };
  }

  /** A user's stanza could not be delivered. */
  failed(): void {
    this.#aliveSince = undefined;
    this.#failedAt = this.#ports.now();
  }

  /** What is known of the link, from whoever has the link itself. */
  told(alive: boolean): void {
    if (alive) this.#aliveSince ??= this.#ports.now();
    else this.#aliveSince = undefined;
  }

  /** The time asked for by {@linkcode due} has come. */
  wake(): void {
    const now = this.#ports.now();
    const { silence } = this.#options;
    if (this.#phase.name === "rest" && silence > 0 && now >= this.#heard + silence) {
      this.lost("silence");
    }
    for (let id = this.#pinger.overdue; id !== undefined; id = this.#pinger.overdue) {
      this.answered(id, { type: "timeout" });
    }
    const phase = this.#phase;
    switch (phase.name) {
      case "rest":
        return;
      case "asking":
        if (now >= phase.next) this.#ask(now);
        break;
      case "probe":
        if (now >= phase.until) this.#probeFailed(now);
        break;
      default:
        if (now >= phase.until) this.#reach(now);
    }
    this.#giveUp();
  }

  /** An answer to a question that was asked in a user's name; without `room`: our own finding. */
  answered(id: string, answer: SelfPingAnswer, room?: string): void {
    if (this.#phase.name === "rest") return;
    const reachability = this.#pinger.answered(id, answer, room);
    if (reachability === undefined) {
      // Too late to be an answer, but whoever is slow is there.
      if (room !== undefined && this.#pinger.isSignOfLife(room, answer)) this.heard();
      return;
    }
    const now = this.#ports.now();
    const phase = this.#phase;
    const isProbe = phase.name === "probe" && phase.id === id;
    if (reachability === "reached") {
      this.#heard = now;
      this.#aliveSince ??= now;
      // The room knows the user after all, so it has lost nobody.
      if (isProbe && this.#rejected && this.#isConfirmed(this.#rejected)) return this.settle();
      if (isProbe || phase.name === "backoff") return this.#reached(now);
    } else this.#recoveryOnly = false;
    if (reachability === "unreachable") {
      this.failed();
      if (phase.name === "asking") return this.#tryLater(now);
    }
    if (isProbe) this.#probeFailed(now);
    else this.#roundDone(now);
  }

  /** Whether a join is known to be in, rather than in doubt or being brought back. */
  #isConfirmed(join: Join): boolean {
    return this.#evidence.joins.has(join) && !this.#evidence.isUnverified(join) &&
      !this.#recovery?.knows(join);
  }

  /** A room passed a ping on to an occupant. */
  reflected(user: string, room: string, nick: string): void {
    const id = this.#pinger.pingOf(user, room, nick);
    if (id !== undefined) this.answered(id, { type: "reflected" });
  }

  /** The component's probe was answered or not. */
  probed(id: string, reachable: boolean): void {
    if (this.#phase.name !== "probe" || this.#phase.id !== id) return;
    const now = this.#ports.now();
    if (!reachable) return this.#probeFailed(now);
    this.#heard = now;
    this.#aliveSince ??= now;
    this.#reached(now);
  }

  /** The room has sent its self-presence; `created`: the join has made it. */
  joined(join: Join, created: boolean): void {
    this.#recovery?.isIn(join, "joined", created);
  }

  /** A join was answered with an error. */
  refused(id: string, user: string, room: string, error: RoomError): void {
    if (this.#recovery?.refused(id, user, room, error) !== true) return;
    this.failed();
    if (this.#phase.name === "asking") this.#tryLater(this.#ports.now());
  }

  /** A join was sent in the user's name. */
  rejoinSent(id: string): void {
    this.#recovery?.rejoining(id);
  }

  /** The session does not join again. */
  notRejoined(id: string, reason: RejoinRefusal): void {
    this.#recovery?.notRejoined(id, reason);
  }

  /** After each event: goes on with the recovery, and ends what is done. */
  proceed(): void {
    const recovery = this.#recovery;
    if (recovery === undefined || this.#phase.name === "rest") return;
    const now = this.#ports.now();
    this.#askSoon(recovery.expire(now));
    if (this.#aliveSince === undefined) recovery.giveBack();
    else if (this.#isRecovering) this.#askSoon(recovery.work(now));
    if (recovery.takeReturned()) this.#recoveryOnly = false;
    this.#roundDone(now);
  }

  /** Our server could not take the question now. */
  deferred(id: string): void {
    if (this.#recovery?.deferred(id)) return;
    const phase = this.#phase;
    const until = this.#ports.now() + PAUSE_MS;
    this.#pinger.deferred(id);
    if (phase.name === "asking") this.#phase = { name: "asking", next: until };
    else if (phase.name === "probe" && phase.id === id) this.#phase = { name: "backoff", until };
  }

  /** No join is in doubt any more. */
  settle(): void {
    const now = this.#ports.now();
    const after = now - (this.#evidence.losses.oldest?.at ?? now);
    this.#phase = REST;
    this.#nextRejoin = this.#recovery?.next ?? this.#nextRejoin;
    this.#recovery = this.#evidence.recovery = undefined;
    this.#recoveryOnly = false;
    this.#rejected = undefined;
    this.#attempt = 0;
    this.#heard = now;
    this.#pinger.forget();
    this.#deadline.settled();
    this.#evidence.settle();
    this.#evidence.report({ type: "settled", after });
  }

  /** Finds out whether the domain can be reached; goes straight to the rooms when that is known. */
  #reach(now: number): void {
    if (this.#evidence.unverified === 0) return this.#awaitRecovery(now);
    if (this.#rejected !== undefined) {
      // Who has left meanwhile, or was seen in the room, is no reason for doubts any more.
      return this.#evidence.isUnverified(this.#rejected) ? this.#probe("user", now) : this.settle();
    }
    if (this.#aliveSince !== undefined) return this.#reached(now);
    this.#probe(this.#prober(now), now);
  }

  /** The domain is there: its rooms are asked when that has been so for a while. */
  #reached(now: number): void {
    const until = this.#aliveSince! + this.#options.settle;
    if (now >= until || this.#rejected !== undefined) return this.#startAsking(now);
    this.#deadline.reached();
    this.#phase = { name: "backoff", until };
  }

  /** Nobody is left to be asked about. */
  #awaitRecovery(now: number): void {
    if (this.rejoining === 0) return this.settle();
    if (this.#aliveSince === undefined) {
      this.#phase = { name: "backoff", until: now + PAUSE_MS };
      return;
    }
    this.#pinger.begin();
    this.#recovery?.askedAgain();
    this.#phase = { name: "asking", next: now };
    this.#recoveryOnly = true;
  }

  /** Whether rejoins may be sent now. */
  get #isRecovering(): boolean {
    const { name } = this.#phase;
    return this.#aliveSince !== undefined &&
      (name === "asking" || (name === "backoff" && !this.#settling));
  }

  /** Whether the domain has not been there for long enough. */
  get #settling(): boolean {
    return this.#ports.now() < (this.#aliveSince ?? Infinity) + this.#options.settle;
  }

  #askSoon(joins: readonly Join[]): void {
    if (this.#phase.name === "asking") { for (const join of joins) this.#pinger.soon(join); }
  }

  /** A user is not in the room. */
  #gone(gone: GoneAnswer): void {
    const { recover } = this.#options;
    if (recover === "notify") {
      const { join, why, because, alternate } = gone;
      const reason = why === "ended" ? "destroyed" : "gone";
      return this.#evidence.notify(join, reason, because, alternate);
    }
    if (this.#recovery === undefined) {
      this.#recovery = new Recovery(
        this.#host,
        this.#evidence,
        this.#options,
        this.#ports,
        this.#nextRejoin,
      );
      this.#evidence.recovery = this.#recovery;
    }
    this.#recovery.gone(gone);
  }

  #probe(by: Prober, now: number): void {
    const id = this.#ports.id();
    const until = by === "user"
      ? this.#pinger.probeByPing(id, now, this.#rejected)
      : this.#pinger.leave(now);
    if (until !== undefined) return void (this.#phase = { name: "backoff", until });
    if (by !== "user") this.#evidence.want({ type: "probe", id, by });
    this.#evidence.report({ type: "probing", by });
    this.#phase = { name: "probe", id, until: now + this.#options.pingTimeout, by };
  }

  /**
   * The home host goes over the very link that the users need. A domain may answer others, but not
   * the component: so users have their turn.
   */
  #prober(now: number): Prober {
    const { probe } = this.#options;
    if (probe !== "auto") return probe;
    if (this.#ports.hostProbes()) return "host";
    if (this.#mayBounce(now)) return "component";
    const reachable = this.#ports.componentReachable();
    if (reachable === false) return "user";
    const turns = reachable ? 3 : 2;
    return this.#attempt % turns < turns - 1 ? "component" : "user";
  }

  /**
   * Whether our server may be refusing what users send to the domain; a ping in a user's name would
   * tell nothing then, or make such a time begin anew for all of them. When the time to confirm the
   * joins has run out, it has to be risked.
   */
  #mayBounce(now: number): boolean {
    const { retryDelay, giveUp } = this.#options;
    if (this.#ports.triesAnew() || now >= this.#failedAt + retryDelay) return false;
    return now < (this.#evidence.losses.oldest?.at ?? now) + giveUp;
  }

  #probeFailed(now: number): void {
    // A sign of life may have come meanwhile.
    if (this.#aliveSince !== undefined) return this.#reached(now);
    this.#missed();
    this.#tryLater(now);
  }

  /** If a probe is under way, it failed. The component's must have been answered somewhere once. */
  #missed(): void {
    if (this.#phase.name !== "probe") return;
    if (this.#phase.by === "user") this.#failedAt = this.#ports.now();
    const telling = this.#phase.by !== "component" || this.#options.probe === "component" ||
      this.#ports.componentReachable();
    if (telling) this.#deadline.missed();
  }

  /** Not everything could be decided: waits. */
  #tryLater(now: number): void {
    const age = now - (this.#evidence.losses.oldest?.at ?? now);
    const most = longestWait(this.#attempt, age, this.#options);
    const until = now + Math.max(PAUSE_MS, most * this.#ports.random());
    this.#attempt++;
    this.#recoveryOnly = false;
    this.#recovery?.askedAgain();
    this.#pinger.stop();
    this.#phase = { name: "backoff", until };
    this.#evidence.report({ type: "unreached", attempt: this.#attempt, until });
    this.#giveUp();
  }

  #startAsking(now: number): void {
    this.#rejected = undefined;
    this.#recoveryOnly = false;
    this.#recovery?.askedAgain();
    this.#deadline.reached();
    const unverified = this.#pinger.begin();
    this.#phase = { name: "asking", next: now };
    this.#evidence.report({ type: "reachable", unverified });
    this.#ask(now);
  }

  #ask(now: number): void {
    this.#phase = { name: "asking", next: this.#pinger.ask(now) };
    this.#roundDone(now);
  }

  #roundDone(now: number): void {
    if (this.#phase.name !== "asking" || !this.#pinger.done) return;
    if (this.#recoveryOnly && this.rejoining > 0) return;
    this.#recoveryOnly = this.#evidence.unverified === 0;
    if (this.#recoveryOnly) return this.rejoining === 0 ? this.settle() : undefined;
    // Not a single answer: find out whether anybody is there before the next order.
    if (!this.#pinger.fruitful) this.#aliveSince = undefined;
    this.#deadline.tried(this.#pinger.about);
    this.#tryLater(now);
  }

  #giveUp(): void {
    if (this.#phase.name === "rest" || this.#phase.name === "asking") return;
    this.#deadline.giveUp();
    if (this.#evidence.losses.oldest === undefined && this.rejoining === 0) this.settle();
  }
}
