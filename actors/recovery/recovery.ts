/**
 * Brings users back into the rooms that have lost them: joins again in their names, at a pace that
 * rooms and links can bear, and tells only those for whom that fails.
 *
 * @module
 */
import type { Evidence, RecoveryBook } from "../joins/evidence.ts";
import type { Join } from "../joins/join.ts";
import type { LossCause, RoomError } from "../messages/events.ts";
import type { FullDomainOptions } from "../messages/options.ts";
import { Quota } from "../ports/pace.ts";
import type { DomainPorts } from "../ports/ports.ts";
import { alternateOf, type GoneAnswer } from "./gone_answer.ts";
import type { RejoinRefusal } from "../../xmpp/plugin_events.ts";
import { newRejoin, type Rejoin, type RejoinPhase } from "./rejoin.ts";
import { RejoinQueue } from "./rejoin_queue.ts";
import { interpretRefusal } from "./refusal.ts";

/** How many joins may be on their way to one domain: the answer to one is the sign for the next. */
const IN_FLIGHT = 2;
/** After how long without an answer the next one does not wait any longer. */
const SLOT_MS = 10_000;
/** After how long without an answer the room is asked: gateways take their time to connect. */
const ANSWER_MS = 60_000;
/** How old a verdict may be: a rejoin into a room that has vanished since would make it. */
const FRESH_MS = 5_000;
/** How long to wait when something else than time is in the way: our server, a nick change. */
const PAUSE_MS = 1_000;
/** The waits after a nick was found taken. */
const CONFLICT_WAITS: readonly number[] = [10_000, 30_000];
/** The wait after a room was found locked, and how many there are. */
const LOCKED_WAIT = 10_000;
const LOCKED_WAITS = 3;
/** How many joins may go unanswered. */
const UNANSWERED = 3;
/** How many are asked about again at a time, so that their verdicts don't grow old in the queue. */
const ASKED_AT_ONCE = 4;
/** How many users are told at one go, so that no event takes long. */
const PORTION = 200;
/** Losses that were noticed when they happened. */
const NOTICED: ReadonlySet<LossCause> = new Set(["link-down", "unreachable", "dropped"]);

/** What is to be done in the name of a user whose rejoin has made a room. */
interface Sequel {
  /** Make the room open to others, or leave it. */
  readonly type: "configure" | "leave";
  /** The rejoin; it holds the room until this is sent. */
  readonly rejoin: Rejoin;
  readonly until: number;
  readonly deferred: boolean;
}

/** The users of one link who are being brought back after a loss. */
export class Recovery implements RecoveryBook {
  readonly #host: string;
  readonly #evidence: Evidence;
  readonly #options: FullDomainOptions;
  readonly #ports: DomainPorts;
  readonly #quota: Quota;
  #queue = new RejoinQueue();
  readonly #rejoins = new Map<Join, Rejoin>();
  /** Those that wait to be tried again. */
  readonly #waiting = new Set<Rejoin>();
  /** Those that wait for the room's answer, by id; the longest first. */
  readonly #open = new Map<string, Rejoin>();
  /** Those of them that others wait for. */
  readonly #inFlight = new Set<Rejoin>();
  /** Those whose rooms are asked again because it was their turn. */
  readonly #asked = new Set<Rejoin>();
  readonly #sequels = new Map<string, Sequel>();
  #working = 0;
  /** Leave to send one rejoin, which was given and not used yet. */
  #permit = false;
  /** Before this time no rejoin is sent. */
  #next: number;
  /** Nobody has a turn before a room has answered. */
  #blocked = false;
  #returned = false;

  /** Works on the joins of `evidence`, from the time `next` on. */
  constructor(
    host: string,
    evidence: Evidence,
    options: FullDomainOptions,
    ports: DomainPorts,
    next: number,
  ) {
    this.#next = next;
    this.#host = host;
    this.#evidence = evidence;
    this.#options = options;
    this.#ports = ports;
    this.#quota = new Quota({ reserve: (wanted) => ports.reserveRejoins(wanted) });
  }

  /** How many are being worked on. */
  get size(): number {
    return this.#working + this.#sequels.size;
  }

  /** When the next rejoin may be sent, in milliseconds since the epoch. */
  get next(): number {
    return this.#next;
  }

  /** Whether this join is being worked on, so that nobody else is to ask about it. */
  has(join: Join): boolean {
    const rejoin = this.#rejoins.get(join);
    return rejoin !== undefined && isWorking(rejoin.phase);
  }

  /** Whether this join has been worked on since the loss. */
  knows(join: Join): boolean {
    return this.#rejoins.has(join);
  }

  /** Whether joins were given back to be verified since the last call. */
  takeReturned(): boolean {
    const returned = this.#returned;
    this.#returned = false;
    return returned;
  }

  /**
   * When there is something to do, in milliseconds since the epoch; `active`: the domain can be
   * reached, so that rejoins may be sent.
   */
  due(active: boolean): number | undefined {
    let due = Infinity;
    for (const { sentAt } of this.#open.values()) {
      due = sentAt + ANSWER_MS;
      break;
    }
    for (const { until } of this.#sequels.values()) due = Math.min(due, until);
    if (active) {
      for (const { until } of this.#waiting) due = Math.min(due, until);
      if (this.#queue.ready && !this.#blocked) due = Math.min(due, this.#slotAt());
    }
    return due === Infinity ? undefined : due;
  }

  // --- what the verification finds out ----------------------------------------------------------

  /** The room said that the user is out. */
  gone({ join, why, because, alternate }: GoneAnswer): void {
    const now = this.#ports.now();
    const known = this.#rejoins.get(join);
    if (known !== undefined && isWorking(known.phase)) return;
    if (known === undefined) this.#evidence.verdict(join, "gone", because);
    const rejoin = known ?? this.#add(join, now);
    this.#detach(rejoin);
    rejoin.verdictAt = now;
    if (why === "ended") {
      return this.#evidence.tell(join, "destroyed", { ...(alternate && { alternate }) });
    }
    if (why === "vanished" && this.#options.vanished === "notify") {
      return this.#evidence.tell(join, "gone", { because });
    }
    if (rejoin.unsure) {
      rejoin.unsure = false;
      const again = ++rejoin.unanswered < UNANSWERED;
      this.#failed(rejoin, "timeout", again ? "again" : "notify");
      if (!again) return;
    }
    const tired = rejoin.because !== undefined && now >= rejoin.lostAt + this.#options.giveUp;
    if (tired) return this.#failed(rejoin, rejoin.because!, "notify");
    this.#enqueue(rejoin, known !== undefined);
  }

  /** The user is in. */
  isIn(join: Join, because: string, created = false): void {
    const rejoin = this.#rejoins.get(join);
    if (rejoin === undefined) return;
    const rejoined = rejoin.phase === "open" || rejoin.unsure;
    if (!rejoined) this.#evidence.verdict(join, "joined", because);
    const { user, room: { jid: room } } = join;
    const unwanted = created && rejoined && this.#options.vanished === "notify";
    this.#drop(rejoin);
    this.#evidence.readmit(join);
    if (unwanted) {
      this.#evidence.report({ type: "unwanted-room", room });
      this.#queue.refuse(rejoin);
      return this.#follow("leave", rejoin);
    }
    if (rejoined) {
      const after = this.#ports.now() - rejoin.lostAt;
      this.#evidence.report({ type: "rejoined", user, room, after });
    }
    if (created && rejoined) this.#follow("configure", rejoin);
    else this.#queue.enter(room);
  }

  /** The join's time has run out; returns whether the user was told that a rejoin failed. */
  giveUp(join: Join): boolean {
    const rejoin = this.#rejoins.get(join);
    if (rejoin?.because === undefined) return false;
    this.#failed(rejoin, rejoin.because, "notify");
    return true;
  }

  /** The join is not in the table any more. */
  drop(join: Join): void {
    const rejoin = this.#rejoins.get(join);
    if (rejoin !== undefined) this.#drop(rejoin);
  }

  /**
   * The link was lost again: everybody is verified again. A rejoin that may still be on its way is
   * waited for.
   */
  lost(cause: LossCause): void {
    const waits = cause !== "link-down" && cause !== "restart";
    const open = waits ? [...this.#open.values()] : [];
    for (const rejoin of [...this.#rejoins.values()]) {
      if (!waits || rejoin.phase !== "open") this.#drop(rejoin);
    }
    this.#queue = new RejoinQueue();
    const sequels = [...this.#sequels.values()].map(({ rejoin }) => rejoin);
    for (const rejoin of [...open, ...sequels]) {
      rejoin.holdsRoom = false;
      this.#queue.hold(rejoin);
    }
  }

  /** The domain can't be reached: those who are still to be sent are verified again. */
  giveBack(): void {
    this.askedAgain();
    for (const rejoin of this.#rejoins.values()) {
      if (rejoin.phase === "queued" || rejoin.phase === "waiting") this.#verify(rejoin);
    }
  }

  /** A round of questions is over: who was asked about in it is not waited for. */
  askedAgain(): void {
    for (const rejoin of this.#asked) this.#queue.release(rejoin);
    this.#asked.clear();
    this.#blocked = false;
  }

  // --- what becomes of a rejoin -----------------------------------------------------------------

  /**
   * A join was answered with an error. Returns whether our server could not deliver it.
   */
  refused(id: string, user: string, room: string, error: RoomError): boolean {
    const rejoin = this.#opened(id, user, room);
    if (rejoin === undefined) return false;
    const now = this.#ports.now();
    const { condition } = error;
    const refusal = interpretRefusal(error, room, this.#host);
    switch (refusal) {
      case "undelivered":
      case "later":
        this.#failed(rejoin, condition, "again");
        this.#verify(rejoin);
        return refusal === "undelivered";
      case "nick-taken":
        this.#again(rejoin, condition, now, CONFLICT_WAITS[rejoin.conflicts++]);
        return false;
      case "locked":
        this.#again(
          rejoin,
          condition,
          now,
          rejoin.lockouts++ < LOCKED_WAITS ? LOCKED_WAIT : undefined,
        );
        return false;
      case "ended": {
        const alternate = alternateOf(error);
        this.#report(rejoin, condition, "notify");
        this.#evidence.tell(rejoin.join, "destroyed", { ...(alternate && { alternate }) });
        return false;
      }
      case "final":
        this.#failed(rejoin, condition, "notify");
        return false;
    }
  }

  /** The plugin has not sent a join, as the session does not want it or can't. */
  notRejoined(id: string, reason: RejoinRefusal): void {
    const rejoin = this.#open.get(id);
    if (rejoin === undefined) return;
    if (reason !== "joining") return this.#failed(rejoin, reason, "forget");
    this.#failed(rejoin, reason, "again");
    this.#verify(rejoin);
  }

  /** The plugin has sent the join: from now on the room has its time. */
  rejoining(id: string): void {
    const rejoin = this.#open.get(id);
    if (rejoin === undefined) return;
    this.#open.delete(id);
    this.#open.set(id, rejoin);
    rejoin.sentAt = this.#ports.now();
  }

  /** Our server could not take it now; returns whether it was a question of ours. */
  deferred(id: string): boolean {
    const until = this.#ports.now() + PAUSE_MS;
    const rejoin = this.#open.get(id);
    if (rejoin !== undefined) {
      this.#wait(rejoin, until);
      this.#permit = true;
      return true;
    }
    const sequel = this.#sequels.get(id);
    if (sequel !== undefined) this.#sequels.set(id, { ...sequel, until, deferred: true });
    return sequel !== undefined;
  }

  // --- the work ---------------------------------------------------------------------------------

  /** Ends the wait for what was not answered in time; returns who is to be asked about. */
  expire(now: number): Join[] {
    for (const rejoin of this.#inFlight) {
      if (now >= rejoin.sentAt + SLOT_MS) this.#inFlight.delete(rejoin);
    }
    const joins: Join[] = [];
    for (const rejoin of this.#open.values()) {
      if (now < rejoin.sentAt + ANSWER_MS) break;
      rejoin.unsure = true;
      this.#verify(rejoin);
      joins.push(rejoin.join);
    }
    for (const [id, { type, rejoin, until, deferred }] of this.#sequels) {
      if (now < until) continue;
      this.#sequels.delete(id);
      if (deferred) this.#follow(type, rejoin);
      else {
        if (type === "configure") this.#queue.enter(rejoin.join.room.jid);
        this.#queue.release(rejoin);
      }
    }
    return joins;
  }

  /** Sends rejoins whose turn it is; returns who is to be asked about before. */
  work(now: number): Join[] {
    for (const rejoin of this.#waiting) {
      if (now >= rejoin.until) this.#enqueue(rejoin, true);
    }
    const stale: Join[] = [];
    for (let left = PORTION; left > 0 && !this.#blocked && now >= this.#slotAt(); left--) {
      const rejoin = this.#queue.take();
      if (rejoin === undefined) break;
      if (this.#queue.isUnwanted(rejoin)) this.#failed(rejoin, "unwanted room", "notify");
      else if (this.#evidence.isRenaming(rejoin.join)) this.#wait(rejoin, now + PAUSE_MS);
      else if (!this.#permitted(now)) this.#queue.add(rejoin, true);
      else if (now <= rejoin.verdictAt + FRESH_MS) this.#send(rejoin, now);
      else if (this.#asked.size < ASKED_AT_ONCE) {
        this.#verify(rejoin);
        this.#asked.add(rejoin);
        this.#queue.hold(rejoin);
        stale.push(rejoin.join);
      } else {
        this.#queue.add(rejoin, true);
        this.#blocked = true;
      }
    }
    return stale;
  }

  #send(rejoin: Rejoin, now: number): void {
    const { join: { user, nick, room: { jid: room } }, lostAt, exact } = rejoin;
    const id = this.#ports.id();
    this.#permit = false;
    this.#next = now + 1000 / this.#options.rejoinsPerSecond;
    this.#enter(rejoin, "open");
    rejoin.id = id;
    rejoin.sentAt = now;
    this.#open.set(id, rejoin);
    this.#inFlight.add(rejoin);
    this.#queue.hold(rejoin);
    // Some more than was missed: clocks are not in step, and doubles are dropped.
    const seconds = exact ? Math.ceil((now - lostAt) / 1000) + 5 : undefined;
    this.#evidence.want({ type: "rejoin", id, user, room, nick, seconds });
    this.#evidence.report({ type: "rejoining", user, room });
  }

  #follow(type: Sequel["type"], rejoin: Rejoin): void {
    const { user, nick, room: { jid: room } } = rejoin.join;
    const id = this.#ports.id();
    this.#sequels.set(id, { type, rejoin, until: this.#ports.now() + PAUSE_MS, deferred: false });
    this.#queue.hold(rejoin);
    if (type === "configure") this.#evidence.want({ type, id, user, room });
    else this.#evidence.want({ type, id, user, room, nick });
  }

  /** When the next one may be sent, if one waits. */
  #slotAt(): number {
    if (this.#inFlight.size < IN_FLIGHT) return this.#next;
    let at = Infinity;
    for (const { sentAt } of this.#inFlight) at = Math.min(at, sentAt + SLOT_MS);
    return Math.max(at, this.#next);
  }

  #permitted(now: number): boolean {
    if (!this.#permit && this.#quota.take(1, now) > 0) this.#permit = true;
    if (!this.#permit) this.#next = this.#quota.from;
    return this.#permit;
  }

  #opened(id: string, user: string, room: string): Rejoin | undefined {
    const join = this.#evidence.joins.get(user, room);
    const rejoin = join && this.#rejoins.get(join);
    return rejoin?.phase === "open" && (id === "" || id === rejoin.id) ? rejoin : undefined;
  }

  #add(join: Join, now: number): Rejoin {
    const loss = this.#evidence.losses.of(join.confirmed);
    const exact = loss !== undefined && NOTICED.has(loss.cause);
    const rejoin = newRejoin(join, loss?.at ?? now, exact, now);
    this.#rejoins.set(join, rejoin);
    return rejoin;
  }

  #enqueue(rejoin: Rejoin, urgent: boolean): void {
    this.#enter(rejoin, "queued");
    this.#queue.add(rejoin, urgent);
  }

  #again(rejoin: Rejoin, because: string, now: number, wait: number | undefined): void {
    this.#failed(rejoin, because, wait === undefined ? "notify" : "again");
    if (wait !== undefined) this.#wait(rejoin, now + wait);
  }

  #wait(rejoin: Rejoin, until: number): void {
    this.#enter(rejoin, "waiting");
    rejoin.until = until;
    this.#waiting.add(rejoin);
  }

  #verify(rejoin: Rejoin): void {
    this.#enter(rejoin, "asked");
    this.#returned = true;
  }

  /** A rejoin failed; the join is taken out if it is not to be tried again. */
  #failed(rejoin: Rejoin, because: string, next: "again" | "notify" | "forget"): void {
    this.#report(rejoin, because, next);
    rejoin.because = because;
    if (next === "notify") this.#evidence.tell(rejoin.join, "gone", { because });
    else if (next === "forget") this.#evidence.forget(rejoin.join);
  }

  #report({ join }: Rejoin, because: string, next: "again" | "notify" | "forget"): void {
    const { user, room: { jid: room } } = join;
    this.#evidence.report({ type: "rejoin-failed", user, room, because, next });
  }

  #drop(rejoin: Rejoin): void {
    this.#enter(rejoin, "over");
    this.#rejoins.delete(rejoin.join);
  }

  #enter(rejoin: Rejoin, phase: RejoinPhase): void {
    this.#detach(rejoin);
    this.#working += Number(isWorking(phase)) - Number(isWorking(rejoin.phase));
    rejoin.phase = phase;
  }

  /** Nobody waits for it, and it waits for nobody. */
  #detach(rejoin: Rejoin): void {
    this.#waiting.delete(rejoin);
    if (rejoin.phase === "open") this.#open.delete(rejoin.id);
    this.#inFlight.delete(rejoin);
    if (this.#asked.delete(rejoin)) this.#blocked = false;
    this.#queue.release(rejoin);
  }
}

/** Whether nobody else is to ask about the join. */
function isWorking(phase: RejoinPhase): boolean {
  return phase === "queued" || phase === "waiting" || phase === "open";
}
