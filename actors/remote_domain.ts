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
import { Losses } from "./losses.ts";
import { DOMAIN_DEFAULTS, type DomainOptions, type DomainPorts } from "./options.ts";
import type { FullDomainOptions } from "./options.ts";
import { type Item, Round } from "./round.ts";
import { type Question, Verification } from "./verification.ts";

/** Questions are sent in small batches, so that a pace of 50 a second needs 10 timers, not 50. */
const BATCH_MS = 100;
/** How many joins are looked at for one batch, so that no event takes long. */
const LOOKS = 2_000;
/** How many joins are given up at one go, for the same reason. */
const GIVE_UPS = 500;
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
  #losses = new Losses();
  #verification: Verification | undefined;
  /** The latest sequence number that was given away. */
  #seq = 0;
  /** The sequence number at which a good-order closing left the joins unwatched. */
  #closedAt: number | undefined;
  /** The sequence number at which we were back after being away: what was in vain before does not count. */
  #backAt = 0;
  /** Whether joins were kept that nobody could confirm. */
  #kept = false;
  /** Whether the remote side gave a sign of life since the last loss. */
  #alive = false;
  #heard: number;
  /** When the next batch of questions may go out, whatever became of the last one. */
  #nextBatch = -Infinity;
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
      losses: this.#losses.all,
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
        // Rooms pass pings on to occupants only, even if the one who asked may be another session.
        this.#seen(event.user, event.room);
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
        // Newer than any sign of life, so nobody's ping is sent before a probe.
        this.#alive = false;
        if (this.#verification === undefined) this.#lost("unreachable");
        return;
      case "rejected":
        if (this.#verification === undefined && this.joins.get(event.user, event.room)) {
          this.#lost("rejected");
        }
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
    this.#add(user, room, nick, this.#seq);
    this.#heardFromRemote();
  }

  #add(user: string, room: string, nick: string, confirmed: number): void {
    let others = 0;
    for (const _ of this.joins.ofUser(user)) others++;
    const limit = this.#options.maxJoinsPerUser;
    if (others >= limit) return this.#report({ type: "refused", user, room, limit });
    const since = Math.floor(this.#ports.now() / 1000);
    this.#put(this.joins.add(user, room, nick, since, confirmed));
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
    const loss = this.#losses.of(join.confirmed);
    join.confirmed = seq;
    if (loss === undefined) return;
    this.#put(join);
    if (!this.#losses.doubt(seq)) this.#verdict(join, loss, "joined", because);
  }

  /** Whether this very join is still in the table, and in doubt. */
  #suspect(join: Join): boolean {
    return this.#losses.doubt(join.confirmed) && this.joins.has(join);
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
    // The joins of a loss are being verified already, unless they were kept unconfirmed.
    const unverified = change === "restored" && (this.#kept || this.#verification === undefined);
    if (change === "back" || unverified) this.#lost("link-up", this.#closedAt);
    this.#kept = false;
    this.#closedAt = undefined;
    const verification = this.#verification;
    if (verification === undefined) return;
    this.#heardFromRemote();
  }

  /** Puts every join in doubt that was not confirmed after `seq`, and starts to verify. */
  #lost(cause: LossCause, seq: number = ++this.#seq): void {
    if (this.joins.size === 0) return;
    const now = this.#ports.now();
    this.#losses.add(seq, now, cause);
    this.#persistLosses();
    this.#report({ type: "loss", cause, joins: this.joins.size });
    this.#alive = cause === "link-up" || cause === "rejected";
    if (cause === "restart") this.#backAt = seq;
    const running = this.#verification;
    if (running !== undefined) {
      if (cause === "restart") running.reached();
      if (cause === "link-down") this.#missed(running);
      if (running.phase.name === "delay" ? cause !== "operator" : cause === "link-up") return;
    }
    const verification = this.#verification = running ?? new Verification();
    verification.round = Round.empty();
    verification.phase = { name: "delay", until: now + this.#delayAfter(cause) };
    this.#report({ type: "waiting", until: verification.phase.until });
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
    verification.reached();
    if (verification.phase.name !== "backoff") return;
    const settled = now + this.#settleTime();
    if (settled < verification.phase.until) {
      verification.phase = { name: "backoff", until: settled };
    }
  }

  #settleTime(): number {
    return Math.min(SETTLE_MS, this.#options.pingDelay) * (0.5 + this.#ports.random() / 2);
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
      if (phase.name === "probe") this.#probeFailed(verification, now);
      else this.#reach(verification, now);
    }
    this.#giveUp(verification, now);
  }

  /** Finds out whether the domain can be reached; goes straight to the rooms when that is known. */
  #reach(verification: Verification, now: number): void {
    if (this.#alive) return this.#startAsking(verification, now);
    const by = this.#prober(verification);
    if (this.#doubtful === 0) return this.#settle();
    const canary = by === "user" ? this.#canary(verification, now) : undefined;
    if (by === "user" && (canary === undefined || now < this.#nextBatch)) {
      const until = Math.max(this.#nextBatch, now + BATCH_MS);
      return void (verification.phase = { name: "backoff", until });
    }
    const id = this.#ports.id();
    this.#report({ type: "probing", by });
    verification.phase = { name: "probe", id, until: now + this.#options.pingTimeout, by };
    if (canary === undefined) return void this.#effects.push({ type: "probe", id });
    this.#send(verification, { kind: "ping", join: canary }, now, id);
    this.#nextBatch = now + this.#batch().ms;
  }

  /** A domain may answer others, but not the component: so users have their turn. */
  #prober({ attempt }: Verification): "component" | "user" {
    const { probe } = this.#options;
    if (probe !== "auto") return probe;
    const reachable = this.#ports.componentReachable();
    if (reachable === false) return "user";
    return attempt % (reachable ? 3 : 2) < (reachable ? 2 : 1) ? "component" : "user";
  }

  /** A join that may be asked about now; another one each time, since a single room may be stuck. */
  #canary(verification: Verification, now: number): Join | undefined {
    for (const join of this.#anyOrder()) {
      if (this.#suspect(join) && !this.#held(verification, join, now)) return join;
    }
    return undefined;
  }

  /** All joins, from anywhere on: who could not be decided must not be in the way each time. */
  #anyOrder(): Generator<Join> {
    return this.joins.from(Math.floor(this.#ports.random() * this.joins.users));
  }

  #held(verification: Verification, join: Join, now: number): boolean {
    return verification.busy(join) || (this.#renaming.get(join) ?? now) > now;
  }

  #probed(id: string, reachable: boolean): void {
    const verification = this.#verification;
    if (verification?.phase.name !== "probe" || verification.phase.id !== id) return;
    const now = this.#ports.now();
    if (!reachable) return this.#probeFailed(verification, now);
    this.#heard = now;
    this.#alive = true;
    this.#startAsking(verification, now);
  }

  #probeFailed(verification: Verification, now: number): void {
    // A sign of life may have come meanwhile.
    if (this.#alive) return this.#startAsking(verification, now);
    this.#missed(verification);
    this.#tryLater(verification, now);
  }

  /**
   * If a probe is under way, it failed. One may fail because of a single room, and the component's
   * says nothing before some domain has answered one: two count.
   */
  #missed(verification: Verification): void {
    const { phase } = verification;
    if (phase.name !== "probe") return;
    const telling = phase.by === "user" || this.#options.probe === "component" ||
      this.#ports.componentReachable();
    if (telling && ++verification.misses >= 2) verification.tried = this.#losses.newest;
  }

  /** Not everything could be decided: waits. */
  #tryLater(verification: Verification, now: number): void {
    const { backoffMin, backoffMax } = this.#options;
    const cap = Math.min(backoffMax, backoffMin * 2 ** Math.min(verification.attempt, 30));
    const until = now + Math.max(PAUSE_MS, cap * this.#ports.random());
    verification.attempt++;
    verification.round = Round.empty();
    verification.phase = { name: "backoff", until };
    this.#report({ type: "unreached", attempt: verification.attempt, until });
    this.#giveUp(verification, now);
  }

  #startAsking(verification: Verification, now: number): void {
    const suspects = this.#doubtful;
    const wanted = (join: Join) => this.#suspect(join);
    verification.round = new Round(this.#anyOrder(), wanted, suspects);
    verification.began = verification.proven = this.#seq;
    verification.asks = this.#losses.newest;
    verification.reached();
    verification.phase = { name: "asking", next: now };
    this.#report({ type: "reachable", suspects });
    this.#ask(verification, now);
  }

  /** How many questions make a batch, and how much later the next one may go out. */
  #batch(): { readonly size: number; readonly ms: number } {
    const pace = this.#options.pingsPerSecond;
    const size = Math.max(1, Math.floor(pace * BATCH_MS / 1000));
    return { size, ms: Math.ceil(1000 * size / pace) };
  }

  /** Sends the next few questions of the round. */
  #ask(verification: Verification, now: number): void {
    const { round } = verification;
    const { size, ms } = this.#batch();
    let next = Math.max(now, this.#nextBatch);
    if (next === now && round.left > 0) {
      next = now + ms;
      let granted = this.#ports.grant(Math.min(size, round.left));
      const held: Item[] = [];
      let sent = 0;
      for (let looks = LOOKS; looks > 0 && granted > 0 && round.left > 0; looks--) {
        const item = this.#askable(verification, round.take());
        if (item === undefined) continue;
        if (this.#held(verification, item.join, now)) held.push(item);
        else {
          this.#send(verification, item, now);
          this.#nextBatch = next;
          granted--;
          sent++;
        }
      }
      if (sent === 0 && held.length > 0 && round.left === 0) next = now + PAUSE_MS;
      for (const item of held) round.later(item);
    }
    verification.phase = { name: "asking", next };
    this.#roundDone(verification, now);
  }

  /** What to ask instead of `item`, now that time has passed; nothing if it is settled. */
  #askable({ rooms }: Verification, item: Item | undefined): Item | undefined {
    if (item?.kind !== "room") return item && this.#suspect(item.join) ? item : undefined;
    const room = item.join.room.jid;
    const join = rooms.get(room)?.find((waiting) => this.#suspect(waiting));
    if (join === undefined) rooms.delete(room);
    return join && { kind: "room", join };
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
    if (this.#doubtful === 0) return this.#settle();
    // Not a single answer: find out whether anybody is there before the next round.
    if (verification.proven === verification.began) this.#alive = false;
    verification.tried = verification.asks;
    this.#tryLater(verification, now);
  }

  /** How many joins are in doubt. */
  get #doubtful(): number {
    const { newest } = this.#losses;
    return this.joins.count((join) => join.confirmed < newest);
  }

  #settle(): void {
    const now = this.#ports.now();
    const after = now - (this.#losses.oldest?.at ?? now);
    this.#verification = undefined;
    this.#heard = now;
    this.#losses = new Losses();
    this.#persistLosses();
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
      verification.round.later(question);
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
    if (verification === undefined) return;
    if (question === undefined) {
      // Too late to be an answer, but whoever is slow is there.
      const late = room !== undefined && interpretSelfPing(answer, this.#context(room));
      if (late && late.state !== "undecided") this.#heardFromRemote();
      return;
    }
    const now = this.#ports.now();
    const reached = question.kind === "room" && answer.type !== "reflected"
      ? this.#roomAnswered(verification, question, answer)
      : this.#selfPingAnswered(verification, question, answer);
    const { phase } = verification;
    const canary = phase.name === "probe" && phase.id === id;
    if (reached) {
      this.#heard = now;
      this.#alive = true;
      verification.proven = Math.max(verification.proven, question.seq);
      if (canary || phase.name === "backoff") return this.#startAsking(verification, now);
    } else if (this.#madeAtHome(answer) && question.seq > verification.proven) {
      // What our own server could not deliver for one, it can't for the others either.
      this.#alive = false;
      if (phase.name === "asking") return this.#tryLater(verification, now);
    }
    if (canary) this.#probeFailed(verification, now);
    else this.#roundDone(verification, now);
  }

  /** Whether our own server made the answer, since it could not deliver the question. */
  #madeAtHome(answer: SelfPingAnswer): boolean {
    if (answer.type !== "error") return false;
    return answer.by === this.host || UNREACHABLE.has(answer.condition);
  }

  /** Returns whether the remote side got the question. */
  #selfPingAnswered(
    verification: Verification,
    { kind, join, seq }: Question,
    answer: SelfPingAnswer,
  ): boolean {
    const room = join.room.jid;
    const verdict = interpretSelfPing(answer, this.#context(room));
    const because = answer.type === "error" ? answer.condition : answer.type;
    if (!this.joins.has(join)) return verdict.state !== "undecided";
    switch (verdict.state) {
      case "joined":
        this.#confirmAt(join, seq, because);
        return true;
      case "gone":
        this.#gone(join, seq, verdict.forGood, because);
        return true;
      case "ask-room": {
        // The room is there, so all it can't find is the nick.
        if (kind === "again") this.#confirmAt(join, seq, because);
        else if (verification.rooms.has(room)) verification.rooms.get(room)!.push(join);
        else {
          verification.rooms.set(room, [join]);
          verification.round.soon({ kind: "room", join });
        }
        return true;
      }
      case "undecided":
        this.#undecided(join, seq, because);
        return false;
    }
  }

  /** Returns whether the remote side got the question. */
  #roomAnswered(verification: Verification, question: Question, answer: IqAnswer): boolean {
    const room = question.join.room.jid;
    const waiting = verification.rooms.get(room) ?? [];
    verification.rooms.delete(room);
    const verdict = interpretDisco(answer, this.#context(room));
    const because = answer.type === "error" ? answer.condition : "room exists";
    for (const join of waiting) {
      if (!this.#suspect(join)) continue;
      // It may have been made anew since it was not found, without this user.
      if (verdict.state === "joined") verification.round.soon({ kind: "again", join });
      else if (verdict.state === "gone") this.#gone(join, question.seq, verdict.forGood, because);
      else this.#undecided(join, question.seq, because);
    }
    return verdict.state !== "undecided";
  }

  #context(room: string): SelfPingContext {
    return { room, mucHost: this.domain, homeHosts: this.#homeHosts };
  }

  /** The room said, when asked at sequence number `seq`, that the user is not in it. */
  #gone(join: Join, seq: number, forGood: boolean, because: string): void {
    // A rejoin that overtook the answer makes it outdated.
    if (join.confirmed < seq) this.#notify(join, forGood ? "destroyed" : "gone", because);
  }

  #notify(join: Join, reason: NoticeReason, because: string): void {
    const { user, nick, room: { jid: room } } = join;
    this.#reportVerdict(join, reason === "unconfirmed" ? "undecided" : "gone", because);
    this.#forget(join);
    this.#effects.push({ type: "notify", user, room, nick, reason });
  }

  /** The question about this join at sequence number `seq` was in vain. */
  #undecided(join: Join, seq: number, because: string): void {
    this.#reportVerdict(join, "undecided", because);
    const expired = this.#expired(seq, this.#ports.now());
    if (expired > 0 && seq > this.#backAt && !this.#ports.ownOutage()) {
      this.#giveUpJoin(join, expired);
    }
  }

  /** Gives up the joins whose time has run out, unless the fault is on our side. */
  #giveUp(verification: Verification, now: number): void {
    if (this.#verification !== verification || verification.phase.name === "asking") return;
    const expired = this.#expired(verification.tried, now);
    if (expired === 0) return;
    // What was tried while we could reach nobody does not count.
    if (this.#ports.ownOutage()) return verification.reached();
    let left = GIVE_UPS;
    for (const join of this.joins) {
      if (this.#giveUpJoin(join, expired) && --left === 0) return;
    }
    this.#losses.settle(expired);
    if (this.#losses.oldest === undefined) this.#settle();
    else this.#persistLosses();
  }

  #expired(tried: number, now: number): number {
    return this.#losses.expired(tried, now - this.#options.confirmWithin);
  }

  #giveUpJoin(join: Join, expired: number): boolean {
    if (join.confirmed >= expired) return false;
    if (this.#options.unconfirmed === "notify") {
      this.#notify(join, "unconfirmed", "no answer in time");
    } else {
      this.#kept = true;
      this.#confirmAt(join, expired, "kept");
    }
    return true;
  }

  // --- start and resynchronisation ------------------------------------------------------------

  #restored(event: Extract<DomainEvent, { type: "restored" }>): void {
    this.#seq = event.seq;
    for (const { user, room, nick, since, confirmed } of event.joins) {
      this.#seq = Math.max(this.#seq, confirmed);
      this.joins.add(user, room, nick, Math.floor(since / 1000), confirmed);
    }
    this.#losses = new Losses(event.losses);
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
    for (const { user, room, nick } of news) {
      if (this.joins.get(user, room) === undefined) this.#add(user, room, nick, 0);
    }
    if (this.#verification === undefined) this.#lost("restart");
  }

  // --- effects --------------------------------------------------------------------------------

  #put(join: Join): void {
    const { user, nick, since, confirmed, room: { jid: room } } = join;
    this.#persist({ type: "put", join: { user, room, nick, since: since * 1000, confirmed } });
  }

  #persistLosses(): void {
    this.#persist({ type: "losses", losses: this.#losses.all, seq: this.#seq });
  }

  #persist(change: StoreChange): void {
    this.#effects.push({ type: "persist", change });
  }

  #reportVerdict(join: Join, verdict: Verdict, because: string): void {
    const loss = this.#losses.of(join.confirmed);
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

  /** Asks for a wake event when the next thing is due. One that comes too early does no harm. */
  #planWake(): void {
    const at = this.#nextDue();
    if (at !== undefined && this.#wakeAt !== undefined && this.#wakeAt <= at) return;
    if (at === this.#wakeAt) return;
    this.#wakeAt = at;
    this.#effects.push(at === undefined ? { type: "rest" } : { type: "wake", at });
  }

  #nextDue(): number | undefined {
    const { pingTimeout, confirmWithin, silence } = this.#options;
    const verification = this.#verification;
    if (verification === undefined) {
      return silence > 0 && this.joins.size > 0 ? this.#heard + silence : undefined;
    }
    const { phase, tried } = verification;
    let due = Infinity;
    if (phase.name !== "asking") due = phase.until;
    else if (verification.left > 0) due = phase.next;
    const question = verification.oldest()?.question;
    if (question !== undefined) due = Math.min(due, question.at + pingTimeout);
    const loss = this.#losses.oldest;
    if (loss !== undefined && loss.seq <= tried && phase.name !== "asking") {
      due = Math.min(due, loss.at + confirmWithin);
    }
    return due;
  }
}
