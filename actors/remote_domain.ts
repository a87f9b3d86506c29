/**
 * The keeper of one s2s link: the joins that the users of one watched host have in the rooms of
 * one remote domain, and what to do about them when the link is lost.
 *
 * This is the pure part: events in, effects out, no clock, no I/O. `domain_actor.ts` gives it a
 * mailbox and a timer.
 *
 * @module
 */
import type { IqAnswer } from "../xmpp/iq.ts";
import {
  interpretDisco,
  interpretSelfPing,
  type SelfPingAnswer,
  type SelfPingContext,
} from "../xmpp/self_ping.ts";
import type { Effect, NoticeReason, Report, StoreChange, Verdict } from "./effects.ts";
import type { DomainEvent, Loss, LossCause } from "./events.ts";
import { type Join, Joins } from "./joins.ts";
import { Link, type LinkState } from "./link.ts";
import { DOMAIN_DEFAULTS, type DomainOptions, type DomainPorts } from "./options.ts";
import type { FullDomainOptions } from "./options.ts";
import { type Item, type Question, Verification } from "./verification.ts";

/** Losses that are told apart at the same time; of more, the oldest ones count as one. */
const MAX_LOSSES = 64;
/** Questions are sent in small batches, so that a pace of 50 a second needs 10 timers, not 50. */
const BATCH_MS = 100;
/** How long to wait when something else than time is in the way: our server, a nick change. */
const PAUSE_MS = 1_000;
/** Conditions that a server uses for a domain that it can't reach (RFC 6120 §8.3.3). */
const UNREACHABLE: ReadonlySet<string> = new Set([
  "remote-server-not-found",
  "remote-server-timeout",
]);
/** How long a link that came back is left alone, at most, before the rooms are asked. */
const SETTLE_MS = 5_000;

/** What a {@linkcode RemoteDomain} looks like from outside, for the operator. */
export interface DomainStatus {
  /** The link as far as it is known. */
  readonly link: LinkState;
  /** How many joins there are. */
  readonly joins: number;
  /** How many rooms have at least one. */
  readonly rooms: number;
  /** How many sessions have at least one. */
  readonly users: number;
  /** When the losses that are not settled yet were noticed, and why; oldest first. */
  readonly losses: readonly Loss[];
  /** Where the verification stands, if there is one. */
  readonly phase?: "delay" | "probe" | "backoff" | "asking";
  /** Questions of this round that are not sent yet. */
  readonly left: number;
  /** Questions that wait for an answer. */
  readonly open: number;
}

/**
 * The joins of one link, and the verification of them.
 *
 * Evidence is ordered by a sequence number, not by a clock: each loss and each question takes the
 * next number, and a join remembers the number that stood when it was last seen to be there. A join
 * is *suspect* while its number is older than the last loss.
 */
export class RemoteDomain {
  /** The watched host on this side of the link. */
  readonly host: string;
  /** The remote domain: of rooms, so usually of a MUC service. */
  readonly domain: string;
  /** The joins. */
  readonly joins: Joins = new Joins();
  readonly #options: FullDomainOptions;
  readonly #ports: DomainPorts;
  readonly #link = new Link();
  readonly #homeHosts: ReadonlySet<string>;
  readonly #renaming = new Map<Join, number>();
  #losses: readonly Loss[] = [];
  #verification: Verification | undefined;
  /** The latest sequence number that was given away. */
  #seq = 0;
  /** The sequence number at which a good-order closing left the joins unwatched. */
  #closedAt: number | undefined;
  /** Whether the remote side gave a sign of life since the last loss. */
  #alive = false;
  #heard: number;
  #wakeAt: number | undefined;
  #effects: Effect[] = [];

  /** Makes the keeper of the link between `host` and `domain`, with no joins yet. */
  constructor(host: string, domain: string, options: DomainOptions, ports: DomainPorts) {
    this.host = host;
    this.domain = domain;
    this.#options = { ...DOMAIN_DEFAULTS, ...options };
    this.#ports = ports;
    this.#homeHosts = new Set([host]);
    this.#heard = ports.now();
  }

  /** Whether nothing would be lost if this keeper were made anew when it is needed. */
  get idle(): boolean {
    return this.joins.size === 0 && this.#verification === undefined;
  }

  /** What was wanted before the last event made {@linkcode receive} throw. */
  get effects(): readonly Effect[] {
    return this.#effects;
  }

  /** What an operator wants to see. */
  get status(): DomainStatus {
    const verification = this.#verification;
    return {
      link: this.#link.state,
      joins: this.joins.size,
      rooms: this.joins.rooms,
      users: this.joins.users,
      losses: this.#losses,
      ...(verification && { phase: verification.phase.name }),
      left: verification?.left ?? 0,
      open: verification?.open ?? 0,
    };
  }

  /** Takes one event and says what is to be done about it. */
  receive(event: DomainEvent): readonly Effect[] {
    this.#effects = [];
    this.#handle(event);
    if (this.joins.size === 0 && this.#verification !== undefined) this.#settle();
    this.#planWake();
    return this.#effects;
  }

  #handle(event: DomainEvent): void {
    switch (event.type) {
      case "joined":
        return this.#joined(event.user, event.room, event.nick);
      case "left":
        return this.#left(event.user, event.room);
      case "renamed":
        return this.#renamed(event.user, event.room, event.nick);
      case "renaming":
        return this.#renamingTo(event.user, event.room, event.nick);
      case "seen":
        return this.#seen(event.user, event.room);
      case "reflected": {
        const id = this.#verification?.pingOf(event.user, event.room, event.nick);
        return id === undefined ? undefined : this.#answered(id, { type: "reflected" });
      }
      case "answered":
        return this.#answered(event.id, event.answer, event.room);
      case "probed":
        return this.#probed(event.id, event.reachable);
      case "deferred":
        return this.#deferred(event.id);
      case "ended":
        for (const join of this.joins.ofUser(event.user)) this.#forget(join);
        return;
      case "unreachable":
        if (this.#verification === undefined) this.#lost("unreachable");
        return;
      case "link":
        return event.state === "up"
          ? this.#linkUp(event.direction)
          : this.#linkDown(event.direction, event.clean);
      case "restored":
        return this.#restored(event);
      case "snapshot":
        return this.#snapshot(event);
      case "away":
        return this.#lost("restart");
      case "verify":
        return this.#lost("operator");
      case "forget": {
        const join = this.joins.get(event.user, event.room);
        return join && this.#forget(join);
      }
      case "wake":
        this.#wakeAt = undefined;
        return this.#wake(this.#ports.now());
    }
  }

  // --- occupancy ------------------------------------------------------------------------------

  #joined(user: string, room: string, nick: string): void {
    this.#link.proved();
    const join = this.joins.get(user, room);
    if (join !== undefined) {
      if (join.nick !== nick) this.#rename(join, nick);
      this.#renaming.delete(join);
      return this.#confirm(join, "joined");
    }
    let others = 0;
    for (const _ of this.joins.ofUser(user)) others++;
    const limit = this.#options.maxJoinsPerUser;
    if (others >= limit) return this.#report({ type: "refused", user, room, limit });
    const since = Math.floor(this.#ports.now() / 1000);
    this.#put(this.joins.add(user, room, nick, since, this.#seq));
    this.#heardFromRemote();
  }

  #left(user: string, room: string): void {
    const join = this.joins.get(user, room);
    // No sign of life: it may be the user's own word, sent to a room that can't be reached.
    if (join !== undefined) this.#forget(join);
  }

  #renamed(user: string, room: string, nick: string): void {
    const join = this.joins.get(user, room);
    if (join === undefined) return;
    this.#renaming.delete(join);
    this.#rename(join, nick);
    this.#confirm(join, "renamed");
  }

  #rename(join: Join, nick: string): void {
    join.nick = nick;
    this.#put(join);
  }

  /** A ping under the old nick would reach nobody, or somebody else, once the room has agreed. */
  #renamingTo(user: string, room: string, nick: string): void {
    const join = this.joins.get(user, room);
    if (join === undefined || join.nick === nick) return;
    this.#renaming.set(join, this.#ports.now() + this.#options.pingTimeout);
  }

  #seen(user: string, room: string): void {
    const join = this.joins.get(user, room);
    if (join) this.#confirm(join, "seen");
  }

  /** The user is in, as of now. */
  #confirm(join: Join, because: string): void {
    this.#heardFromRemote();
    this.#confirmAt(join, this.#seq, because);
  }

  /** The user was in when sequence number `seq` was given away. */
  #confirmAt(join: Join, seq: number, because: string): void {
    if (seq <= join.confirmed) return;
    const loss = this.#lossOf(join);
    join.confirmed = seq;
    if (loss === undefined) return;
    this.#put(join);
    if (this.#lossOf(join) === undefined) this.#verdict(join, loss, "joined", because);
  }

  /** The oldest loss that this join has not been confirmed after. */
  #lossOf(join: Join): Loss | undefined {
    return this.#losses.find((loss) => loss.seq > join.confirmed);
  }

  #suspect(join: Join): boolean {
    const last = this.#losses.at(-1);
    return last !== undefined && join.confirmed < last.seq;
  }

  /** Takes a join out of the table; says nothing to anybody. */
  #forget(join: Join): void {
    this.joins.remove(join.user, join.room.jid);
    this.#renaming.delete(join);
    this.#persist({ type: "remove", user: join.user, room: join.room.jid });
    if (this.joins.hasUser(join.user)) return;
    this.#effects.push({ type: "absent", user: join.user });
  }

  // --- the link -------------------------------------------------------------------------------

  #linkDown(direction: "in" | "out", clean: boolean): void {
    if (this.#link.down(direction, clean) === "closed") this.#closedAt ??= ++this.#seq;
    else {
      this.#closedAt = undefined;
      this.#lost("link-down");
    }
  }

  #linkUp(direction: "in" | "out"): void {
    const change = this.#link.up(direction);
    // A loss is being verified already, unless its joins were kept unconfirmed.
    const unverified = change === "restored" && this.#verification === undefined;
    if (change === "back" || unverified) this.#lost("link-up", this.#closedAt);
    this.#closedAt = undefined;
    const verification = this.#verification;
    if (verification === undefined) return;
    this.#alive = true;
    this.#heard = this.#ports.now();
    if (verification.phase.name === "backoff") {
      const settled = this.#heard + this.#settleTime();
      if (settled < verification.phase.until) {
        verification.phase = { name: "backoff", until: settled };
      }
    }
  }

  #settleTime(): number {
    return Math.min(SETTLE_MS, this.#options.pingDelay) * (0.5 + this.#ports.random() / 2);
  }

  /** Puts every join in doubt that was not confirmed after `seq`, and starts to verify. */
  #lost(cause: LossCause, seq: number = ++this.#seq): void {
    if (this.joins.size === 0) return;
    const now = this.#ports.now();
    const merged = this.#losses.length < MAX_LOSSES
      ? this.#losses
      : [this.#losses[0]!, ...this.#losses.slice(2)];
    this.#setLosses([...merged, { seq: Math.max(seq, merged.at(-1)?.seq ?? 0), at: now, cause }]);
    this.#alive = cause === "link-up";
    this.#report({ type: "loss", cause, joins: this.joins.size });
    const phase = this.#verification?.phase.name;
    if (cause !== "operator") {
      if (phase === "delay") return;
      if (phase !== undefined && cause !== "link-down" && cause !== "restart") return;
    }
    this.#verification ??= new Verification({ name: "delay", until: now });
    this.#verification.doubted = false;
    this.#verification.round([]);
    const until = now + this.#delayAfter(cause);
    this.#verification.phase = { name: "delay", until };
    this.#report({ type: "waiting", until });
  }

  /** How long to wait before the first question. */
  #delayAfter(cause: LossCause): number {
    const { pingDelay } = this.#options;
    switch (cause) {
      case "operator":
      case "silence":
        return 0;
      // After our own restart every domain is verified: not all of them at the same time.
      case "restart":
        return pingDelay * (1 + this.#ports.random());
      default:
        return pingDelay * (1 + this.#ports.random() / 5);
    }
  }

  /** Anything that the remote side made proves that it can be reached. */
  #heardFromRemote(): void {
    const now = this.#ports.now();
    this.#heard = now;
    const verification = this.#verification;
    if (verification === undefined) return;
    this.#alive = true;
    if (verification.phase.name === "backoff") this.#reach(verification, now);
  }

  // --- verification ---------------------------------------------------------------------------

  #wake(now: number): void {
    const { silence } = this.#options;
    if (this.#verification === undefined && silence > 0 && now >= this.#heard + silence) {
      this.#lost("silence");
    }
    const verification = this.#verification;
    if (verification === undefined) return;
    this.#expireQuestions(verification, now);
    if (this.#verification !== verification) return;
    const phase = verification.phase;
    if (phase.name === "asking") {
      if (now >= phase.next) this.#ask(verification, now);
    } else if (now >= phase.until) {
      if (phase.name === "probe") this.#unreached(verification, now);
      else this.#reach(verification, now);
    }
    this.#giveUp(verification, now);
  }

  /** Finds out whether the domain can be reached; goes straight to the rooms when that is known. */
  #reach(verification: Verification, now: number): void {
    if (this.#alive) return this.#startAsking(verification, now);
    const by = this.#prober(verification);
    const id = this.#ports.id();
    this.#report({ type: "probing", by });
    verification.phase = { name: "probe", id, until: now + this.#options.pingTimeout, by };
    if (by === "component") return void this.#effects.push({ type: "probe", id });
    const canary = this.#canary(verification, now);
    if (canary === undefined) return this.#startAsking(verification, now);
    this.#send(verification, { kind: "ping", join: canary }, now, id);
  }

  #prober(verification: Verification): "component" | "user" {
    const { probe } = this.#options;
    if (probe !== "auto") return probe;
    const reachable = this.#ports.componentReachable();
    if (reachable !== undefined) return reachable ? "component" : "user";
    return verification.attempt % 2 === 0 ? "component" : "user";
  }

  /** A join that may be asked about now. */
  #canary(verification: Verification, now: number): Join | undefined {
    for (const join of this.joins) {
      if (this.#suspect(join) && !this.#held(verification, join, now)) return join;
    }
    return undefined;
  }

  #held(verification: Verification, join: Join, now: number): boolean {
    return verification.busy(join) || (this.#renaming.get(join) ?? now) > now;
  }

  #probed(id: string, reachable: boolean): void {
    const verification = this.#verification;
    if (verification?.phase.name !== "probe" || verification.phase.id !== id) return;
    const now = this.#ports.now();
    if (!reachable) return this.#unreached(verification, now);
    this.#heard = now;
    this.#alive = true;
    this.#startAsking(verification, now);
  }

  /** The domain could not be reached, or not everything could be decided: try again later. */
  #unreached(verification: Verification, now: number): void {
    const { backoffMin, backoffMax } = this.#options;
    const cap = Math.min(backoffMax, backoffMin * 2 ** Math.min(verification.attempt, 30));
    const until = now + Math.max(PAUSE_MS, cap * this.#ports.random());
    verification.attempt++;
    verification.doubted = true;
    verification.round([]);
    verification.phase = { name: "backoff", until };
    this.#report({ type: "unreached", attempt: verification.attempt, until });
    this.#giveUp(verification, now);
  }

  /** One round: a join of each room first, since the first answer may already tell the rest. */
  #startAsking(verification: Verification, now: number): void {
    const first: Item[] = [];
    const rest: Item[] = [];
    const rooms = new Set<string>();
    for (const join of this.joins) {
      if (!this.#suspect(join)) continue;
      const room = join.room.jid;
      (rooms.has(room) ? rest : first).push({ kind: "ping", join });
      rooms.add(room);
    }
    verification.round([...first, ...rest]);
    verification.phase = { name: "asking", next: now };
    this.#report({ type: "reachable", suspects: verification.left });
    this.#ask(verification, now);
  }

  /** Sends the next few questions of the round. */
  #ask(verification: Verification, now: number): void {
    const pace = this.#options.pingsPerSecond;
    const step = Math.max(BATCH_MS, 1000 / pace);
    let wanted = Math.max(1, Math.floor(pace * BATCH_MS / 1000));
    let next = now + step;
    wanted = Math.min(wanted, verification.left);
    let granted = wanted === 0 ? 0 : this.#ports.grant(wanted);
    for (let seen = verification.left; granted > 0 && seen > 0; seen--) {
      const item = verification.take();
      if (!this.joins.has(item.join) || !this.#suspect(item.join)) continue;
      if (this.#held(verification, item.join, now)) verification.later(item);
      else {
        this.#send(verification, item, now);
        granted--;
      }
    }
    if (granted === wanted && wanted > 0) next = now + PAUSE_MS;
    verification.phase = { name: "asking", next };
    this.#roundDone(verification, now);
  }

  #send(verification: Verification, item: Item, now: number, id: string = this.#ports.id()): void {
    const { kind, join } = item;
    verification.asked(id, { kind, join, seq: ++this.#seq, at: now });
    const { user, nick, room: { jid: room } } = join;
    if (kind === "room") return void this.#effects.push({ type: "ask-room", id, user, room });
    this.#effects.push({ type: "ping", id, user, room, nick });
    this.#report({ type: "asked", user, room, nick });
  }

  #roundDone(verification: Verification, now: number): void {
    if (verification.phase.name !== "asking" || verification.left > 0 || verification.open > 0) {
      return;
    }
    for (const join of this.joins) {
      if (this.#suspect(join)) return this.#unreached(verification, now);
    }
    this.#settle();
  }

  #settle(): void {
    const after = this.#ports.now() - (this.#losses[0]?.at ?? this.#ports.now());
    this.#verification = undefined;
    this.#heard = this.#ports.now();
    this.#setLosses([]);
    this.#report({ type: "settled", after });
  }

  #deferred(id: string): void {
    const verification = this.#verification;
    if (verification === undefined) return;
    const question = verification.answered(id);
    const { phase } = verification;
    const until = this.#ports.now() + PAUSE_MS;
    if (phase.name === "probe" && phase.id === id) verification.phase = { name: "backoff", until };
    else if (question !== undefined && phase.name === "asking") {
      verification.later(question);
      verification.phase = { name: "asking", next: until };
    }
  }

  #expireQuestions(verification: Verification, now: number): void {
    for (;;) {
      const oldest = verification.oldest();
      if (oldest === undefined || oldest.question.at + this.#options.pingTimeout > now) return;
      this.#answered(oldest.id, { type: "timeout" });
      if (this.#verification !== verification) return;
    }
  }

  // --- answers --------------------------------------------------------------------------------

  #answered(id: string, answer: SelfPingAnswer, room?: string): void {
    const verification = this.#verification;
    const question = verification?.answered(id, room);
    if (verification === undefined || question === undefined) return;
    const now = this.#ports.now();
    const decided = question.kind === "ping" || answer.type === "reflected"
      ? this.#selfPingAnswered(verification, question, answer)
      : this.#roomAnswered(verification, question, answer);
    const { phase } = verification;
    const canary = phase.name === "probe" && phase.id === id;
    if (decided) {
      this.#heard = now;
      this.#alive = true;
      if (canary || phase.name === "backoff") return this.#startAsking(verification, now);
    } else {
      // What our own server could not deliver for one, it can't for the others either.
      const cut = this.#madeAtHome(answer);
      if (cut) this.#alive = false;
      if (canary || (phase.name === "asking" && cut)) return this.#unreached(verification, now);
      this.#giveUpJoin(question.join, now);
    }
    this.#roundDone(verification, now);
  }

  /** Whether our own server made the answer, since it could not deliver the question. */
  #madeAtHome(answer: SelfPingAnswer): boolean {
    if (answer.type !== "error") return false;
    return answer.by === this.host || UNREACHABLE.has(answer.condition);
  }

  /** Returns whether the join could be decided. */
  #selfPingAnswered(
    verification: Verification,
    question: Question,
    answer: SelfPingAnswer,
  ): boolean {
    const { join, seq } = question;
    const known = this.joins.has(join);
    const verdict = interpretSelfPing(answer, this.#context(join.room.jid));
    const because = answer.type === "error" ? answer.condition : answer.type;
    switch (verdict.state) {
      case "joined":
        if (known) this.#confirmAt(join, seq, because);
        return true;
      case "gone":
        // A rejoin that overtook the answer makes it outdated.
        if (known && join.confirmed < seq) {
          this.#notify(join, verdict.forGood ? "destroyed" : "gone", because);
        }
        return true;
      case "ask-room": {
        if (!known) return true;
        const waiting = verification.rooms.get(join.room.jid);
        if (waiting !== undefined) waiting.push(join);
        else {
          verification.rooms.set(join.room.jid, [join]);
          verification.later({ kind: "room", join });
        }
        return true;
      }
      case "undecided":
        if (known) this.#reportVerdict(join, "undecided", because);
        return false;
    }
  }

  #roomAnswered(verification: Verification, question: Question, answer: IqAnswer): boolean {
    const room = question.join.room.jid;
    const waiting = verification.rooms.get(room) ?? [];
    verification.rooms.delete(room);
    const verdict = interpretDisco(answer, this.#context(room));
    const because = answer.type === "error" ? answer.condition : "room exists";
    for (const join of waiting) {
      if (!this.joins.has(join) || join.confirmed >= question.seq) continue;
      if (verdict.state === "joined") this.#confirmAt(join, question.seq, because);
      if (verdict.state === "gone") {
        this.#notify(join, verdict.forGood ? "destroyed" : "gone", because);
      }
    }
    return verdict.state !== "undecided";
  }

  #context(room: string): SelfPingContext {
    return { room, mucHost: this.domain, homeHosts: this.#homeHosts };
  }

  #notify(join: Join, reason: NoticeReason, because: string): void {
    const { user, nick, room: { jid: room } } = join;
    this.#reportVerdict(join, reason === "unconfirmed" ? "undecided" : "gone", because);
    this.#forget(join);
    this.#effects.push({ type: "notify", user, room, nick, reason });
  }

  /** Gives up the joins whose time has run out, unless the fault is on our side. */
  #giveUp(verification: Verification, now: number): void {
    const { confirmWithin } = this.#options;
    const oldest = this.#losses[0];
    if (this.#verification !== verification || oldest === undefined) return;
    if (!verification.doubted || verification.phase.name === "asking") return;
    if (oldest.at + confirmWithin > now || this.#ports.ownOutage()) return;
    for (const join of [...this.joins]) this.#giveUpJoin(join, now);
    const open = this.#losses.filter((loss) => loss.at + confirmWithin > now);
    if (open.length === 0) this.#settle();
    else this.#setLosses(open);
  }

  #giveUpJoin(join: Join, now: number): void {
    const loss = this.joins.has(join) ? this.#lossOf(join) : undefined;
    if (loss === undefined || loss.at + this.#options.confirmWithin > now) return;
    if (this.#ports.ownOutage()) return;
    if (this.#options.unconfirmed === "notify") {
      this.#notify(join, "unconfirmed", "no answer in time");
    } else this.#confirmAt(join, loss.seq, "kept");
  }

  // --- start and resynchronisation ------------------------------------------------------------

  #restored(event: Extract<DomainEvent, { type: "restored" }>): void {
    this.#seq = event.seq;
    for (const { user, room, nick, since, confirmed } of event.joins) {
      this.#seq = Math.max(this.#seq, confirmed);
      this.joins.add(user, room, nick, Math.floor(since / 1000), confirmed);
    }
    this.#losses = event.losses;
    this.#lost("restart");
  }

  #snapshot(event: Extract<DomainEvent, { type: "snapshot" }>): void {
    this.#link.set(event.up);
    this.#closedAt = event.up.length < 2 ? ++this.#seq : undefined;
    this.#alive = event.up.length > 0;
    const kept = new Set<Join>();
    const news: { readonly user: string; readonly room: string; readonly nick: string }[] = [];
    for (const item of event.joins) {
      const join = this.joins.get(item.user, item.room);
      if (join === undefined) news.push(item);
      else {
        kept.add(join);
        if (join.nick !== item.nick) this.#rename(join, item.nick);
      }
    }
    for (const join of [...this.joins]) if (!kept.has(join)) this.#forget(join);
    if (news.length === 0) return;
    const since = Math.floor(this.#ports.now() / 1000);
    for (const { user, room, nick } of news) this.#put(this.joins.add(user, room, nick, since, 0));
    if (this.#verification === undefined) this.#lost("restart");
  }

  // --- effects --------------------------------------------------------------------------------

  #put(join: Join): void {
    const { user, nick, since, confirmed, room: { jid: room } } = join;
    this.#persist({ type: "put", join: { user, room, nick, since: since * 1000, confirmed } });
  }

  #setLosses(losses: readonly Loss[]): void {
    this.#losses = losses;
    this.#persist({ type: "losses", losses, seq: this.#seq });
  }

  #persist(change: StoreChange): void {
    this.#effects.push({ type: "persist", change });
  }

  #reportVerdict(join: Join, verdict: Verdict, because: string): void {
    const loss = this.#lossOf(join);
    if (loss !== undefined) this.#verdict(join, loss, verdict, because);
  }

  #verdict(join: Join, loss: Loss, verdict: Verdict, because: string): void {
    const after = this.#ports.now() - loss.at;
    const { user, room: { jid: room } } = join;
    this.#report({ type: "verdict", user, room, verdict, because, after });
  }

  #report(report: Report): void {
    this.#effects.push({ type: "report", report });
  }

  /** Asks for a wake event when the next thing is due. */
  #planWake(): void {
    const at = this.#nextDue();
    if (at === this.#wakeAt) return;
    this.#wakeAt = at;
    this.#effects.push(at === undefined ? { type: "rest" } : { type: "wake", at });
  }

  #nextDue(): number | undefined {
    const verification = this.#verification;
    if (verification === undefined) {
      const { silence } = this.#options;
      return silence > 0 && this.joins.size > 0 ? this.#heard + silence : undefined;
    }
    const { phase } = verification;
    const due: number[] = [];
    if (phase.name !== "asking") due.push(phase.until);
    else if (verification.left > 0) due.push(phase.next);
    const oldest = verification.oldest();
    if (oldest !== undefined) due.push(oldest.question.at + this.#options.pingTimeout);
    const loss = this.#losses[0];
    if (loss !== undefined && verification.doubted && phase.name !== "asking") {
      const deadline = loss.at + this.#options.confirmWithin;
      due.push(
        this.#ports.ownOutage() ? Math.max(deadline, this.#ports.now() + PAUSE_MS) : deadline,
      );
    }
    return Math.min(...due);
  }
}
