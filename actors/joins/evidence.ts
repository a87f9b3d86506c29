/**
 * What is known of the joins of one link, and what is to be done about it.
 *
 * @module
 */
import type { Join } from "./join.ts";
import type { DomainPorts } from "../ports/ports.ts";
import type {
  Effect,
  NoticeEffect,
  NoticeReason,
  Report,
  StoreChange,
  VerdictState,
} from "../messages/effects.ts";
import type { JoinRecord, Loss, LossCause } from "../messages/events.ts";
import { Joins } from "./joins.ts";
import { Losses } from "./losses.ts";
import type { Sessions } from "./sessions.ts";

/** What a notice may say besides its reason. */
export type NoticeDetails = Pick<NoticeEffect, "alternate" | "because">;

/** The users who are being brought back, as the books see it. */
export interface RecoveryBook {
  /** How many are being worked on. */
  readonly size: number;
  /** Whether this join is being worked on, so that nobody else is to ask about it. */
  has(join: Join): boolean;
  /** Whether this join has been worked on since the loss. */
  knows(join: Join): boolean;
  /** The join's time has run out; returns whether the user was told that a rejoin failed. */
  giveUp(join: Join): boolean;
  /** The user is in. */
  isIn(join: Join, because: string): void;
  /** The join is not in the table any more. */
  drop(join: Join): void;
}

/**
 * The books of one link: joins, losses, and the evidence that joins have outlasted losses. Each
 * change is noted as an effect, so that the store always has the same books.
 *
 * Evidence is ordered by a sequence number, not by a clock: each loss and each question takes the
 * next number, and a join remembers the number that stood when it was last seen to be there. A join
 * is *suspect* while its number is older than the last loss.
 */
export class Evidence {
  /** The joins. */
  readonly joins: Joins;
  readonly #sessions: Sessions;
  readonly #ports: DomainPorts;
  readonly #maxJoinsPerUser: number;
  /** Who is being brought back, if anybody is. */
  recovery: RecoveryBook | undefined;
  #renaming: Map<Join, number> | undefined;
  #losses = new Losses();
  #seq = 0;
  #effects: Effect[] = [];

  /** Opens empty books. */
  constructor(ports: DomainPorts, maxJoinsPerUser: number, sessions: Sessions) {
    this.joins = new Joins(sessions);
    this.#sessions = sessions;
    this.#ports = ports;
    this.#maxJoinsPerUser = maxJoinsPerUser;
  }

  /** The losses that are not settled. */
  get losses(): Losses {
    return this.#losses;
  }

  /** The latest sequence number that was given away. */
  get seq(): number {
    return this.#seq;
  }

  /** How many joins are being brought back. */
  get recovering(): number {
    return this.recovery?.size ?? 0;
  }

  /** How many joins are suspect, without those that are being brought back. */
  get unverified(): number {
    const { newest } = this.#losses;
    const { recovery } = this;
    if (recovery === undefined) return this.joins.count((join) => join.confirmed < newest);
    return this.joins.count((join) => join.confirmed < newest && !recovery.has(join));
  }

  /** What is to be done, since {@linkcode clear}. */
  get effects(): readonly Effect[] {
    return this.#effects;
  }

  /** Starts over with what is to be done. */
  clear(): void {
    this.#effects = [];
  }

  /** Gives away the next sequence number. */
  next(): number {
    return ++this.#seq;
  }

  /** Adds a join that is not there; undefined: the session has too many. */
  add(user: string, room: string, nick: string, confirmed: number): Join | undefined {
    const limit = this.#maxJoinsPerUser;
    if (this.#isFull(user, limit)) {
      return void this.report({ type: "refused", user, room, limit });
    }
    const join = this.joins.add(user, room, nick, Math.floor(this.#ports.now() / 1000), confirmed);
    this.#put(join);
    return join;
  }

  /** Takes over what the store remembers. */
  restore(joins: readonly JoinRecord[], losses: readonly Loss[], seq: number): void {
    this.#seq = Math.max(this.#seq, seq);
    this.#losses = new Losses(losses);
    for (const { user, room, nick, since, confirmed } of joins) {
      this.#seq = Math.max(this.#seq, confirmed);
      this.joins.add(user, room, nick, Math.floor(since / 1000), confirmed);
    }
  }

  /** The room gave this nick. */
  rename(join: Join, nick: string): void {
    this.#renaming?.delete(join);
    if (join.nick === nick) return;
    join.nick = nick;
    this.#put(join);
  }

  /** The user asked for another nick; until then, the room may change it at any moment. */
  renaming(join: Join, until: number): void {
    (this.#renaming ??= new Map()).set(join, until);
  }

  /** Whether a change of the nick is pending. */
  isRenaming(join: Join): boolean {
    const until = this.#renaming?.get(join);
    return until !== undefined && until > this.#ports.now();
  }

  /** Takes a join out; says nothing to anybody. */
  forget(join: Join): void {
    const { user, room: { jid: room } } = join;
    this.joins.remove(user, room);
    this.#renaming?.delete(join);
    this.recovery?.drop(join);
    this.#persist({ type: "remove", user, room });
  }

  /** Takes a join out and tells the user and the operator. */
  notify(join: Join, reason: NoticeReason, because: string, alternate?: string): void {
    this.verdict(join, reason === "unconfirmed" ? "undecided" : "gone", because);
    this.tell(join, reason, { ...(alternate !== undefined && { alternate }) });
  }

  /** Takes a join out and tells the user; the operator knows the verdict already. */
  tell(join: Join, reason: NoticeReason, details: NoticeDetails): void {
    const { user, nick, room: { jid: room } } = join;
    this.forget(join);
    this.want({ type: "notify", user, room, nick, reason, ...details });
  }

  /** The user is in again, whatever was known before. */
  readmit(join: Join): void {
    join.confirmed = this.next();
    this.#put(join);
  }

  /** The user was in when sequence number `seq` was given away. */
  confirm(join: Join, seq: number, because: string): void {
    if (seq <= join.confirmed) return;
    if (this.recovery?.knows(join)) {
      if (!this.#losses.doubt(seq)) this.recovery.isIn(join, because);
      return;
    }
    const loss = this.#losses.of(join.confirmed);
    join.confirmed = seq;
    if (loss === undefined) return;
    this.#put(join);
    if (!this.#losses.doubt(seq)) this.#verdict(join, loss, "joined", because);
  }

  /** Whether this very join is in the table, and in doubt. */
  isUnverified(join: Join): boolean {
    return this.#losses.doubt(join.confirmed) && this.joins.has(join) &&
      !this.recovery?.has(join);
  }

  /** Puts every join in doubt that was not confirmed after `seq`. */
  lose(cause: LossCause, seq: number): void {
    this.#losses.add(seq, this.#ports.now(), cause);
    this.#persistLosses();
    this.report({ type: "loss", cause, joins: this.joins.size });
  }

  /** Forgets the losses up to number `seq`, by default all of them. */
  settle(seq: number = Infinity): void {
    this.#losses.settle(seq);
    this.#persistLosses();
  }

  /** Tells the operator what was found out about a join that is in doubt. */
  verdict(join: Join, verdict: VerdictState, because: string): void {
    const loss = this.#losses.of(join.confirmed);
    if (loss !== undefined) this.#verdict(join, loss, verdict, because);
  }

  /** Tells the operator. */
  report(report: Report): void {
    this.want({ type: "report", report });
  }

  /** Wants something done. */
  want(effect: Effect): void {
    this.#effects.push(effect);
  }

  #verdict(join: Join, loss: Loss, verdict: VerdictState, because: string): void {
    const after = this.#ports.now() - loss.at;
    const { user, room: { jid: room } } = join;
    this.report({ type: "verdict", user, room, verdict, because, after });
  }

  /**
   * Whether a session has too many joins. One domain may pile them up, by presences that nobody asked
   * for: so those of others are taken beyond the limit, to twice as many at most.
   */
  #isFull(user: string, limit: number): boolean {
    const all = this.#sessions.count(user);
    if (all < limit) return false;
    if (all >= 2 * limit) return true;
    let own = 0;
    for (const _ of this.joins.ofUser(user)) own++;
    return own >= limit / 2;
  }

  #put(join: Join): void {
    const { user, nick, since, confirmed, room: { jid: room } } = join;
    this.#persist({ type: "put", join: { user, room, nick, since: since * 1000, confirmed } });
  }

  #persistLosses(): void {
    this.#persist({ type: "losses", losses: this.#losses.all, seq: this.#seq });
  }

  #persist(change: StoreChange): void {
    this.want({ type: "persist", change });
  }
}
