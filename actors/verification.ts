/**
 * The state of one verification: where it stands, which joins are still to be asked about, and
 * which questions are open. {@linkcode RemoteDomain} decides, this keeps the books.
 *
 * @module
 */
import type { Join } from "./joins.ts";

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
  /** A self-ping, or disco#info on the room. */
  readonly kind: "ping" | "room";
  /** In whose name, and about which join. */
  readonly join: Join;
  /** The domain's sequence number when it was asked. */
  readonly seq: number;
  /** When it was asked. */
  readonly at: number;
}

/** Something still to be asked. */
export interface Item {
  readonly kind: "ping" | "room";
  readonly join: Join;
}

/** One verification of a remote domain. */
export class Verification {
  /** Where it stands. */
  phase: Phase;
  /** How many times in a row something could not be decided. */
  attempt = 0;
  /** Whether the domain failed to answer since the last loss, so that joins may be given up. */
  doubted = false;
  /** What is still to be asked in this round, in order. */
  queue: Item[] = [];
  /** How far the queue is worked off. */
  #head = 0;
  /** Joins that wait for the answer of their room, by room. */
  readonly rooms = new Map<string, Join[]>();
  readonly #open = new Map<string, Question>();
  readonly #busy = new Map<string, string>();

  /** Starts in the given phase. */
  constructor(phase: Phase) {
    this.phase = phase;
  }

  /** How many items of this round are left to be asked. */
  get left(): number {
    return this.queue.length - this.#head;
  }

  /** How many questions wait for an answer. */
  get open(): number {
    return this.#open.size;
  }

  /** The next thing to ask; the caller makes sure that there is one. */
  take(): Item {
    const item = this.queue[this.#head++]!;
    if (this.#head > 1024 && this.#head * 2 > this.queue.length) {
      this.queue = this.queue.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Asks this at the end of the round. */
  later(item: Item): void {
    this.queue.push(item);
  }

  /** Starts a round with these items. */
  round(items: Item[]): void {
    this.queue = items;
    this.#head = 0;
    this.rooms.clear();
  }

  /**
   * Whether a question about this user's stay in this room is open already. A reflected ping names
   * the room and the nick but not which of the user's sessions asked, so one at a time is asked.
   */
  busy(join: Join): boolean {
    return this.#busy.has(occupant(join));
  }

  /** Remembers an open question. */
  asked(id: string, question: Question): void {
    this.#open.set(id, question);
    this.#busy.set(occupant(question.join), id);
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
    this.#busy.delete(occupant(question.join));
    return question;
  }

  /** The open ping about an occupant, found by the user's bare JID, the room and the nick. */
  pingOf(user: string, room: string, nick: string): string | undefined {
    const id = this.#busy.get(`${bare(user)} ${room}`);
    const question = id === undefined ? undefined : this.#open.get(id);
    return question?.kind === "ping" && question.join.nick === nick ? id : undefined;
  }

  /** The question that has been open for the longest time. */
  oldest(): { readonly id: string; readonly question: Question } | undefined {
    for (const [id, question] of this.#open) return { id, question };
    return undefined;
  }
}

function bare(jid: string): string {
  const slash = jid.indexOf("/");
  return slash < 0 ? jid : jid.slice(0, slash);
}

function occupant(join: Join): string {
  return `${bare(join.user)} ${join.room.jid}`;
}
