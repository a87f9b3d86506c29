/**
 * The state of one verification: where it stands, which joins are still to be asked about, and
 * which questions are open. {@linkcode RemoteDomain} decides, this keeps the books.
 *
 * @module
 */
import { bareJid } from "../xmpp/jid.ts";
import type { Join } from "./joins.ts";
import { type QuestionKind, Round } from "./round.ts";

/** Where a verification stands. Times are milliseconds since the epoch. */
export type Phase =
  /** Waiting after the loss, so that a blip or a restart can pass. */
  | { readonly name: "delay"; readonly until: number }
  /** Waiting for the answer to "can the domain be reached?". */
  | {
    readonly name: "probe";
    readonly id: string;
    readonly until: number;
    readonly by: "component" | "user";
  }
  /** It could not be reached, or not everything could be decided: waiting to try again. */
  | { readonly name: "backoff"; readonly until: number }
  /** Asking the rooms, join by join. */
  | { readonly name: "asking"; readonly next: number };

/** A question that waits for its answer. */
export interface Question {
  /** What was asked. */
  readonly kind: QuestionKind;
  /** In whose name, and about which join. */
  readonly join: Join;
  /** The domain's sequence number when it was asked. */
  readonly seq: number;
  /** When it was asked. */
  readonly at: number;
}

/** One verification of a remote domain. */
export class Verification {
  /** Where it stands. */
  phase: Phase = { name: "delay", until: Infinity };
  /** How many times in a row something could not be decided. */
  attempt = 0;
  /**
   * Losses up to this sequence number were tried in vain: the domain could not be reached since,
   * or every join was asked about. Their joins are given up when their time has run out.
   */
  tried = 0;
  /** How many probes failed in a row, of those that tell something. */
  misses = 0;
  /** The sequence number of the newest loss that this round of questions is about. */
  asks = 0;
  /** The sequence number at which this round of questions began. */
  began = 0;
  /** The highest sequence number of a question that the remote side is known to have got. */
  proven = 0;
  /** Joins that wait for the answer of their room, by room. */
  readonly rooms = new Map<string, Join[]>();
  readonly #open = new Map<string, Question>();
  readonly #busy = new Map<string, string>();
  #round: Round = Round.empty();

  /** What was tried in vain before counts no more. */
  reached(): void {
    this.tried = this.misses = 0;
  }

  /** What is still to be asked in this round. */
  get round(): Round {
    return this.#round;
  }

  set round(round: Round) {
    this.#round = round;
    this.rooms.clear();
  }

  /** How many items of this round are left to be asked, or a little more. */
  get left(): number {
    return this.#round.left;
  }

  /** How many questions wait for an answer. */
  get open(): number {
    return this.#open.size;
  }

  /**
   * Whether a question about this user's stay in this room is open already. A reflected ping names
   * the room and the nick but not which of the user's sessions asked, so one at a time is asked.
   */
  busy(join: Join): boolean {
    return this.#busy.has(occupant(join.user, join.room.jid));
  }

  /** Remembers an open question. */
  asked(id: string, question: Question): void {
    this.#open.set(id, question);
    this.#busy.set(occupant(question.join.user, question.join.room.jid), id);
  }

  /**
   * Takes an open question off the books. A room that was not asked can't answer: it could only
   * have guessed the id from a question to itself.
   */
  answered(id: string, room?: string): Question | undefined {
    const question = this.#open.get(id);
    if (question === undefined) return undefined;
    if (room !== undefined && room !== question.join.room.jid) return undefined;
    this.#open.delete(id);
    this.#busy.delete(occupant(question.join.user, question.join.room.jid));
    return question;
  }

  /** The open ping about an occupant, found by the user's bare JID, the room and the nick. */
  pingOf(user: string, room: string, nick: string): string | undefined {
    const id = this.#busy.get(occupant(user, room));
    const question = id === undefined ? undefined : this.#open.get(id);
    return question && question.kind !== "room" && question.join.nick === nick ? id : undefined;
  }

  /** The question that has been open for the longest time. */
  oldest(): { readonly id: string; readonly question: Question } | undefined {
    for (const [id, question] of this.#open) return { id, question };
    return undefined;
  }
}

function occupant(user: string, room: string): string {
  return `${bareJid(user)} ${room}`;
}
