/**
 * The questions of a verification: whom to ask next, which answers are open, what they mean.
 *
 * @module
 */
import type { Join } from "../joins/join.ts";
import type { DomainPorts } from "../ports/ports.ts";
import { answerOrigin } from "../../xmpp/answer_origin.ts";
import type { IqAnswer } from "../../xmpp/iq.ts";
import {
  interpretDisco,
  interpretSelfPing,
  type SelfPingAnswer,
  type SelfPingContext,
  type WhyGone,
} from "../../xmpp/self_ping.ts";
import { alternateOf, type GoneAnswer } from "../recovery/gone_answer.ts";
import type { ConfirmationDeadline } from "./confirmation_deadline.ts";
import type { Evidence } from "../joins/evidence.ts";
import { type PendingPing, PendingPings } from "./pending_pings.ts";
import type { FullDomainOptions } from "../messages/options.ts";
import { Quota } from "../ports/pace.ts";
import { type Item, PingOrder } from "./ping_order.ts";

/** Questions are sent in small batches, so that a pace of 50 a second needs 10 timers, not 50. */
const BATCH_MS = 100;
/** But no more than this at a time, so that no event takes long. */
const BATCH_SIZE = 50;
/** How long to wait when something else than time is in the way: our server, a nick change. */
const PAUSE_MS = 1_000;
/** How many joins are looked at for one batch, so that no event takes long. */
const LOOKS = 2_000;

/**
 * What an answer says of the domain: the remote side made it, or our own server since it can't
 * reach the remote side, or it says nothing.
 */
export type Reachability = "reached" | "unreachable" | "nothing";

/**
 * The questions to one remote domain. There are thousands of domains, and few have anything to ask
 * at a time: what it takes to do so is made when it is needed, and let go of.
 */
export class SelfPinger {
  readonly #host: string;
  readonly #domain: string;
  readonly #evidence: Evidence;
  readonly #deadline: ConfirmationDeadline;
  readonly #options: FullDomainOptions;
  readonly #ports: DomainPorts;
  readonly #quota: Quota;
  readonly #onGone: (gone: GoneAnswer) => void;
  #questions: PendingPings | undefined;
  /** Joins that wait for the answer of their room, by room. */
  #waiting: Map<string, Join[]> | undefined;
  #order: PingOrder | undefined;
  /** The sequence number at which this round began, and that of the newest loss it is about. */
  #began = 0;
  #about = 0;
  /** The highest sequence number of a question that the remote side is known to have got. */
  #proven = 0;
  /** When the next batch may go out, whatever becomes of this order. */
  #nextBatch = -Infinity;

  /** Asks about the unverified of `evidence`; `onGone` is told who is out. */
  constructor(
    host: string,
    domain: string,
    evidence: Evidence,
    deadline: ConfirmationDeadline,
    options: FullDomainOptions,
    ports: DomainPorts,
    onGone: (gone: GoneAnswer) => void,
  ) {
    this.#onGone = onGone;
    this.#host = host;
    this.#domain = domain;
    this.#evidence = evidence;
    this.#deadline = deadline;
    this.#options = options;
    this.#ports = ports;
    this.#quota = new Quota(ports);
  }

  /** How many questions of this round are left to be asked, or a little more. */
  get left(): number {
    return this.#order?.left ?? 0;
  }

  /** How many questions wait for an answer. */
  get open(): number {
    return this.#questions?.size ?? 0;
  }

  /** Whether everything of this round was asked and answered. */
  get done(): boolean {
    return this.left === 0 && this.open === 0;
  }

  /** Whether this round had an answer of the remote side. */
  get fruitful(): boolean {
    return this.#proven > this.#began;
  }

  /** The sequence number of the newest loss that this round is about. */
  get about(): number {
    return this.#about;
  }

  /** When the longest open question has waited long enough. */
  get due(): number | undefined {
    const oldest = this.#questions?.oldest;
    return oldest && oldest.at + this.#options.pingTimeout;
  }

  /** The question that has waited long enough, if there is one. */
  get overdue(): string | undefined {
    if ((this.due ?? Infinity) > this.#ports.now()) return undefined;
    return this.#questions?.oldest?.id;
  }

  /** Starts a round of questions about all unverified; returns how many they are. */
  begin(): number {
    const { unverified, seq, losses } = this.#evidence;
    this.stop();
    this.#order = new PingOrder(
      this.#anyOrder(),
      (join) => this.#evidence.isUnverified(join),
      unverified,
    );
    this.#began = this.#proven = seq;
    this.#about = losses.newest;
    return unverified;
  }

  /** Ends the order. Answers to what was asked still count. */
  stop(): void {
    this.#order = this.#waiting = undefined;
  }

  /** Forgets everything that was asked. */
  forget(): void {
    this.stop();
    this.#questions = undefined;
  }

  /** Asks about this join before all that is left of this round. */
  soon(join: Join): void {
    this.#order?.soon({ kind: "ping", join });
  }

  /** Sends the next few questions; returns when the next batch is due. */
  ask(now: number): number {
    if (now < this.#nextBatch) return this.#nextBatch;
    const { size, ms } = this.#batch();
    const order = this.#order;
    if (order === undefined || order.left === 0) return now + ms;
    let granted = this.#quota.take(Math.min(size, order.left), now);
    if (granted === 0) return this.#quota.from;
    const held: Item[] = [];
    let idle = true;
    for (let looks = LOOKS; looks > 0 && granted > 0 && order.left > 0; looks--) {
      const item = this.#askable(order.take());
      if (item === undefined) continue;
      if (this.#isHeld(item.join)) held.push(item);
      else {
        this.#send(item, this.#ports.id(), now);
        granted--;
        idle = false;
      }
    }
    idle &&= held.length > 0 && order.left === 0;
    for (const item of held) order.later(item);
    this.#quota.giveBack(granted);
    return now + (idle ? PAUSE_MS : ms);
  }

  /** Grant for a question of somebody else; undefined: granted, else when to try again. */
  leave(now: number): number | undefined {
    return this.#quota.take(1, now) > 0 ? undefined : this.#quota.from;
  }

  /**
   * Asks about one join only, to find out whether the domain can be reached; returns when that may
   * be tried again if it can't be now. Another join each time, unless it is given: a single room
   * may be stuck.
   */
  probeByPing(id: string, now: number, about?: Join): number | undefined {
    if (now < this.#nextBatch) return this.#nextBatch;
    const join = about ?? this.#candidate();
    if (join === undefined || this.#isHeld(join)) return now + PAUSE_MS;
    const later = this.leave(now);
    if (later === undefined) this.#send({ kind: "ping", join }, id, now);
    return later;
  }

  /** The open ping about an occupant, found by the user's bare JID, the room and the nick. */
  pingOf(user: string, room: string, nick: string): string | undefined {
    const question = this.#questions?.about(user, room);
    return question && question.kind !== "room" && question.join.nick === nick
      ? question.id
      : undefined;
  }

  /** The question could not be sent: it is put off. */
  deferred(id: string): void {
    const question = this.#questions?.get(id);
    if (question === undefined) return;
    this.#close(question);
    this.#order?.later(question);
  }

  /**
   * Takes an answer; undefined: nobody asked, or not any more. A room that was not asked can't
   * answer: it could only have guessed the id from a question to itself.
   */
  answered(id: string, answer: SelfPingAnswer, room?: string): Reachability | undefined {
    const question = this.#questions?.get(id);
    if (question === undefined) return undefined;
    if (room !== undefined && room !== question.join.room.jid) return undefined;
    this.#close(question);
    const reached = question.kind === "room" && answer.type !== "reflected"
      ? this.#roomAnswered(question, answer)
      : this.#pingAnswered(question, answer);
    if (reached) this.#proven = Math.max(this.#proven, question.seq);
    // What our own server could not deliver for one, it can't for the others either, unless it
    // has delivered a later one.
    else if (question.seq > this.#proven && this.#isEnRoute(question, answer)) return "unreachable";
    return reached ? "reached" : "nothing";
  }

  /** Whether an answer that comes too late shows that the remote side is there. */
  isSignOfLife(room: string, answer: SelfPingAnswer): boolean {
    return interpretSelfPing(answer, this.#context(room)).state !== "undecided";
  }

  /** Returns whether the remote side got the question. */
  #pingAnswered({ kind, join, seq }: PendingPing, answer: SelfPingAnswer): boolean {
    const room = join.room.jid;
    const verdict = interpretSelfPing(answer, this.#context(room));
    const because = answer.type === "error" ? answer.condition : answer.type;
    if (!this.#evidence.joins.has(join)) return verdict.state !== "undecided";
    switch (verdict.state) {
      case "joined":
        this.#evidence.confirm(join, seq, because);
        return true;
      case "gone":
        this.#gone(join, seq, verdict.why, because, answer);
        return true;
      case "ask-room": {
        const waiting = this.#waiting?.get(room);
        // The room is there, so all it can't find is the nick.
        if (kind === "again") this.#evidence.confirm(join, seq, because);
        else if (waiting !== undefined) waiting.push(join);
        else {
          (this.#waiting ??= new Map()).set(room, [join]);
          this.#order?.soon({ kind: "room", join });
        }
        return true;
      }
      case "undecided":
        this.#deadline.undecided(join, seq, because);
        return false;
    }
  }

  /** Returns whether the remote side got the question. */
  #roomAnswered({ join, seq }: PendingPing, answer: IqAnswer): boolean {
    const room = join.room.jid;
    const waiting = this.#waiting?.get(room) ?? [];
    this.#waiting?.delete(room);
    const verdict = interpretDisco(answer, this.#context(room));
    const because = answer.type === "error" ? answer.condition : "room exists";
    for (const join of waiting) {
      if (!this.#evidence.isUnverified(join)) continue;
      // It may have been made anew since it was not found, without this user.
      if (verdict.state === "joined") this.#order?.soon({ kind: "again", join });
      else if (verdict.state === "gone") this.#gone(join, seq, verdict.why, because, answer);
      else this.#deadline.undecided(join, seq, because);
    }
    return verdict.state !== "undecided";
  }

  /** The room said, when asked at sequence number `seq`, that the user is not in it. */
  #gone(join: Join, seq: number, why: WhyGone, because: string, answer: SelfPingAnswer): void {
    // A rejoin that overtook the answer makes it outdated.
    if (join.confirmed >= seq) return;
    const alternate = alternateOf(answer);
    this.#onGone({ join, why, because, ...(alternate !== undefined && { alternate }) });
  }

  #context(room: string): SelfPingContext {
    return { room, mucHost: this.#domain, homeHosts: new Set([this.#host]) };
  }

  /** Whether our own server made the answer, since it could not deliver the question. */
  #isEnRoute({ join }: PendingPing, answer: SelfPingAnswer): boolean {
    const { room, homeHosts } = this.#context(join.room.jid);
    return answerOrigin(answer, room, homeHosts) === "en-route";
  }

  /** What to ask instead of `item`, now that time has passed; nothing if it is settled. */
  #askable(item: Item | undefined): Item | undefined {
    if (item?.kind !== "room") {
      return item && this.#evidence.isUnverified(item.join) ? item : undefined;
    }
    const room = item.join.room.jid;
    const join = this.#waiting?.get(room)?.find((waiting) => this.#evidence.isUnverified(waiting));
    if (join === undefined) this.#waiting?.delete(room);
    return join && { kind: "room", join };
  }

  /**
   * Whether a question has to wait: until the room has decided on a nick, and for the answer to
   * another one about this user's stay. A reflected ping names the room and the nick but not which
   * of the user's sessions asked, so one at a time is asked.
   */
  #isHeld(join: Join): boolean {
    return this.#evidence.isRenaming(join) || (this.#questions?.isHeld(join) ?? false);
  }

  #send({ kind, join }: Item, id: string, now: number): void {
    const { user, nick, room: { jid: room } } = join;
    this.#nextBatch = now + this.#batch().ms;
    this.#questions ??= new PendingPings();
    this.#questions.add({ id, kind, join, seq: this.#evidence.next(), at: now });
    if (kind === "room") return this.#evidence.want({ type: "ask-room", id, user, room });
    this.#evidence.want({ type: "ping", id, user, room, nick });
    this.#evidence.report({ type: "asked", user, room, nick });
  }

  #close(question: PendingPing): void {
    this.#questions?.remove(question);
    if (this.#questions?.size === 0) this.#questions = undefined;
  }

  /** Somebody who may be asked about, preferably nobody who was before in vain. */
  #candidate(): Join | undefined {
    let other: Join | undefined;
    for (const join of this.#anyOrder()) {
      if (!this.#evidence.isUnverified(join) || this.#isHeld(join)) continue;
      if (!this.#deadline.wasInVain(join)) return join;
      other ??= join;
    }
    return other;
  }

  /** All joins, from anywhere on: who could not be decided must not be in the way each time. */
  #anyOrder(): Generator<Join> {
    const { joins } = this.#evidence;
    return joins.from(Math.floor(this.#ports.random() * joins.size));
  }

  /** How many questions make a batch, and how much later the next one may go out. */
  #batch(): { readonly size: number; readonly ms: number } {
    const pace = this.#options.pingsPerSecond;
    const size = Math.min(BATCH_SIZE, Math.max(1, Math.floor(pace * BATCH_MS / 1000)));
    return { size, ms: Math.ceil(1000 * size / pace) };
  }
}
