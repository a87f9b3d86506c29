/**
 * The keeper of one s2s link: the joins that the users of one watched host have in the rooms of
 * one remote domain, and what to do about them when the link is lost.
 *
 * This is the pure part: events in, effects out, no clock, no I/O. `domain_actor.ts` gives it a
 * mailbox and a timer.
 *
 * @module
 */
import type { Join } from "../joins/join.ts";
import type { DomainPorts } from "../ports/ports.ts";
import type { Effect } from "../messages/effects.ts";
import type { Direction, DomainEvent, JoinRecord, KnownJoin, Loss } from "../messages/events.ts";
import type { Joins } from "../joins/joins.ts";
import { ConfirmationDeadline } from "../verification/confirmation_deadline.ts";
import { Evidence } from "../joins/evidence.ts";
import { Link, type LinkState } from "./link.ts";
import type { FullDomainOptions } from "../messages/options.ts";
import { Sessions } from "../joins/sessions.ts";
import type { SelfPingAnswer } from "../../xmpp/self_ping.ts";
import { Patrol } from "../verification/patrol.ts";
import { Verification } from "../verification/verification.ts";

/** How many joins are gone through at one go after a snapshot, so that no event takes long. */
const PORTION = 200;

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
  /** How many users are being brought back: rejoins that wait for their turn or for an answer. */
  readonly rejoining: number;
}

/** The joins of one link, and the verification of them. */
export class RemoteDomain {
  /** The watched host on this side of the link. */
  readonly host: string;
  /** The remote domain: of rooms, so usually of a MUC service. */
  readonly domain: string;
  readonly #evidence: Evidence;
  readonly #deadline: ConfirmationDeadline;
  readonly #verification: Verification;
  readonly #patrol: Patrol;
  readonly #link = new Link();
  readonly #ports: DomainPorts;
  /** How long a nick change may be pending, in milliseconds. */
  readonly #patience: number;
  /** The sequence number at which a good-order closing left the joins unwatched. */
  #closedAt: number | undefined;
  /** Joins that the snapshot which is coming in has named, or that were made meanwhile. */
  #named: Set<Join> | undefined;
  /** What is to be gone through since the snapshot has ended. */
  #unswept: Iterator<Join> | undefined;
  #wakeAt: number | undefined;

  /**
   * Makes the keeper of the link between `host` and `domain`, with no joins yet; `options` come from
   * {@linkcode domainOptions}, and may be shared.
   */
  constructor(
    host: string,
    domain: string,
    options: FullDomainOptions,
    ports: DomainPorts,
    sessions: Sessions = new Sessions(),
  ) {
    this.host = host;
    this.domain = domain;
    this.#ports = ports;
    this.#patience = options.pingTimeout;
    this.#evidence = new Evidence(ports, options.maxJoinsPerUser, sessions);
    this.#deadline = new ConfirmationDeadline(this.#evidence, options, ports);
    this.#verification = new Verification(
      host,
      domain,
      this.#evidence,
      this.#deadline,
      options,
      ports,
    );
    this.#patrol = new Patrol(host, this.#evidence, options, ports);
  }

  /** The joins. */
  get joins(): Joins {
    return this.#evidence.joins;
  }

  /** Whether nothing would be lost if this keeper were made anew when it is needed. */
  get idle(): boolean {
    return this.joins.size === 0 && this.#verification.phase === undefined;
  }

  /** What was wanted before the last event made {@linkcode receive} throw. */
  get effects(): readonly Effect[] {
    return this.#evidence.effects;
  }

  /** What an operator wants to see. */
  get status(): DomainStatus {
    const { phase, left, open, rejoining } = this.#verification;
    return {
      link: this.#link.state,
      joins: this.joins.size,
      rooms: this.joins.rooms,
      users: this.joins.users,
      losses: this.#evidence.losses.all,
      ...(phase !== undefined && { phase }),
      left,
      open,
      rejoining,
    };
  }

  /** Takes over some of what the store knows, before any event. */
  restore(joins: readonly JoinRecord[], losses: readonly Loss[], seq: number): void {
    this.#evidence.restore(joins, losses, seq);
  }

  /** Takes one event and says what is to be done about it. */
  receive(event: DomainEvent): readonly Effect[] {
    this.#evidence.clear();
    this.#handle(event);
    this.#verification.proceed();
    if (this.joins.size === 0 && this.#verification.phase !== undefined) {
      this.#verification.settle();
    }
    this.#planWake();
    return this.#evidence.effects;
  }

  #handle(event: DomainEvent): void {
    switch (event.type) {
      case "joined":
        return this.#joined(event.user, event.room, event.nick, event.created ?? false);
      case "refused":
        return this.#verification.refused(event.id, event.user, event.room, event.error);
      case "rejoining":
        return this.#verification.rejoinSent(event.id);
      case "not-rejoined":
        return this.#verification.notRejoined(event.id, event.reason);
      case "left":
      case "forget": {
        // No sign of life: it may be the user's own word, sent to a room that can't be reached.
        const join = this.joins.get(event.user, event.room);
        return join && this.#evidence.forget(join);
      }
      case "dropped": {
        const join = this.joins.get(event.user, event.room);
        return join && this.#verification.dropped(join);
      }
      case "renamed":
        return this.#renamed(event.user, event.room, event.nick);
      case "renaming":
        return this.#renaming(event.user, event.room, event.nick);
      case "seen":
        return this.#seen(event.user, event.room);
      case "rejected":
        return this.#rejected(event.user, event.room);
      case "reflected":
        // Rooms pass pings on to occupants only, even if the one who asked may be another session.
        this.#seen(event.user, event.room);
        return this.#verification.reflected(event.user, event.room, event.nick);
      case "answered":
        return this.#answered(event.id, event.room, event.answer);
      case "probed":
        return this.#verification.probed(event.id, event.reachable);
      case "deferred":
        return this.#verification.deferred(event.id);
      case "ended":
        for (const join of this.joins.ofUser(event.user)) this.#evidence.forget(join);
        return;
      case "unreachable":
        // Newer than any sign of life, so nobody's ping is sent before a probe.
        this.#verification.failed();
        if (this.#verification.phase === undefined) this.#verification.lost("unreachable");
        return;
      case "link":
        return event.state === "up"
          ? this.#linkUp(event.direction)
          : this.#linkDown(event.direction, event.clean);
      case "snapshot-begin":
        this.#named = new Set();
        this.#unswept = undefined;
        return;
      case "snapshot":
        return this.#snapshot(event.joins);
      case "snapshot-end":
        return this.#snapshotEnd(event.up);
      case "away":
        return this.#verification.lost("restart");
      case "verify":
        return this.#verification.lost("operator");
      case "wake":
        this.#wakeAt = undefined;
        if (this.#unswept !== undefined) this.#sweep(this.#unswept);
        this.#verification.wake();
        return this.#patrol.walk(
          this.#verification.phase === undefined && this.#link.state === "up",
        );
    }
  }

  // --- occupancy ------------------------------------------------------------------------------

  #joined(user: string, room: string, nick: string, created: boolean): void {
    this.#link.proved();
    const join = this.joins.get(user, room);
    if (join === undefined) this.#add(user, room, nick, this.#evidence.seq);
    else {
      this.#evidence.rename(join, nick);
      this.#verification.joined(join, created);
      this.#evidence.confirm(join, this.#evidence.seq, "joined");
      this.#named?.add(join);
    }
    this.#verification.heard();
  }

  #add(user: string, room: string, nick: string, confirmed: number): void {
    const join = this.#evidence.add(user, room, nick, confirmed);
    if (join !== undefined) this.#named?.add(join);
  }

  #renamed(user: string, room: string, nick: string): void {
    const join = this.joins.get(user, room);
    if (join === undefined) return;
    this.#evidence.rename(join, nick);
    this.#evidence.confirm(join, this.#evidence.seq, "renamed");
    this.#verification.heard();
  }

  /** A ping under the old nick would reach nobody, or somebody else, once the room has agreed. */
  #renaming(user: string, room: string, nick: string): void {
    const join = this.joins.get(user, room);
    if (join === undefined || join.nick === nick) return;
    this.#evidence.renaming(join, this.#ports.now() + this.#patience);
  }

  #seen(user: string, room: string): void {
    const join = this.joins.get(user, room);
    if (join === undefined) return;
    this.#evidence.confirm(join, this.#evidence.seq, "seen");
    this.#verification.heard();
  }

  #rejected(user: string, room: string): void {
    const join = this.joins.get(user, room);
    if (join !== undefined) this.#verification.rejected(join);
  }

  #answered(id: string, room: string, answer: SelfPingAnswer): void {
    const finding = this.#patrol.answered(id, answer);
    if (finding === undefined) return this.#verification.answered(id, answer, room);
    const { join, state } = finding;
    if (state === "gone") this.#verification.rejected(join);
    else if (state === "joined") this.#seen(join.user, room);
  }

  // --- the link -------------------------------------------------------------------------------

  #linkDown(direction: Direction, clean: boolean): void {
    if (this.#link.down(direction, clean) === "closed") this.#closedAt ??= this.#evidence.next();
    else {
      this.#closedAt = undefined;
      this.#verification.lost("link-down");
    }
  }

  #linkUp(direction: Direction): void {
    const change = this.#link.up(direction);
    // The joins of a loss are being verified already, unless they were kept unconfirmed.
    const unverified = this.#deadline.takeKept() || this.#verification.phase === undefined;
    if (change === "back" || (change === "restored" && unverified)) {
      this.#verification.lost("link-up", this.#closedAt);
    }
    this.#closedAt = undefined;
    this.#verification.heard();
  }

  // --- resynchronisation ----------------------------------------------------------------------

  #snapshot(joins: readonly KnownJoin[]): void {
    const known = this.joins.size;
    for (const { user, room, nick } of joins) {
      const join = this.joins.get(user, room);
      if (join === undefined) this.#add(user, room, nick, 0);
      else {
        this.#named?.add(join);
        if (join.nick !== nick) this.#evidence.rename(join, nick);
      }
    }
    // Who is new to us was not seen by us.
    const isNew = this.joins.size > known;
    if (isNew && this.#verification.phase === undefined) this.#verification.lost("restart");
  }

  #snapshotEnd(up: readonly Direction[]): void {
    this.#link.set(up);
    this.#closedAt = up.length < 2 ? this.#evidence.next() : undefined;
    this.#verification.told(up.length > 0);
    // A domain that the snapshot brought to our notice has nothing that it did not name.
    if (this.#named === undefined) return;
    this.#unswept = this.joins[Symbol.iterator]();
    this.#sweep(this.#unswept);
  }

  /** Takes out joins that the snapshot did not name: a portion now, the next at the next wake. */
  #sweep(joins: Iterator<Join>): void {
    for (let left = PORTION; left > 0; left--) {
      const { value: join, done } = joins.next();
      if (done) {
        this.#named = this.#unswept = undefined;
        return;
      }
      if (!this.#named!.has(join) && this.joins.has(join)) this.#evidence.forget(join);
    }
  }

  get #due(): number | undefined {
    const due = Math.min(this.#verification.due ?? Infinity, this.#patrol.due ?? Infinity);
    return due === Infinity ? undefined : due;
  }

  /** Asks for a wake event when the next thing is due. One that comes too early does no harm. */
  #planWake(): void {
    const at = this.#unswept === undefined ? this.#due : this.#ports.now();
    if (at !== undefined && this.#wakeAt !== undefined && this.#wakeAt <= at) return;
    if (at === this.#wakeAt) return;
    this.#wakeAt = at;
    this.#evidence.want(at === undefined ? { type: "rest" } : { type: "wake", at });
  }
}
