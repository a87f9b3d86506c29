/**
 * Own questions that wait for their answers.
 *
 * @module
 */

import type { Element } from "../xml/mod.ts";
import { type Clock, unlessSuspended } from "./clock.ts";

/** Why a question has no answer. */
export type RequestFailure = "timeout" | "full" | "closed";

const FAILURES: Readonly<Record<RequestFailure, string>> = {
  timeout: "no answer came in time",
  full: "too much waits to be sent already; wait for drained() and ask again",
  closed: "the connection has been closed",
};

/** A question got no answer. */
export class RequestError extends Error {
  /** The name of the class. */
  override readonly name = "RequestError";
  /** Why not. */
  readonly reason: RequestFailure;

  /**
   * Makes the error.
   *
   * @param reason Why there is no answer.
   * @param to Who was asked.
   */
  constructor(reason: RequestFailure, to: string) {
    super(`Asked ${to} in vain: ${FAILURES[reason]}`);
    this.reason = reason;
  }
}

interface Pending {
  readonly to: string;
  readonly answer: (iq: Element) => void;
  readonly fail: (reason: RequestFailure) => void;
}

/** Brings answers to those who asked. */
export class IqRequests {
  readonly #clock: Clock;
  readonly #pending = new Map<string, Pending>();

  /**
   * Starts without questions.
   *
   * @param clock Where the timeouts come from.
   */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many questions wait. */
  get size(): number {
    return this.#pending.size;
  }

  /** Whether a question with this id waits. */
  has(id: string): boolean {
    return this.#pending.has(id);
  }

  /**
   * Waits for an answer.
   *
   * @param id The question's id, unique among those that wait.
   * @param to Who is asked, in normal form: only an answer from there is one.
   * @param timeoutMs How long to wait, in milliseconds.
   * @returns The answer, of type `result` or `error`.
   * @throws {RequestError} If none comes.
   */
  wait(id: string, to: string, timeoutMs: number): Promise<Element> {
    return new Promise((resolve, reject) => {
      const stopTimer = unlessSuspended(this.#clock, timeoutMs, () => this.fail(id, "timeout"));
      this.#pending.set(id, {
        to,
        answer: (iq) => {
          stopTimer();
          resolve(iq);
        },
        fail: (reason) => {
          stopTimer();
          reject(new RequestError(reason, to));
        },
      });
    });
  }

  /** Gives up a question. */
  fail(id: string, reason: RequestFailure): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.fail(reason);
  }

  /** Gives up all questions. */
  failAll(reason: RequestFailure): void {
    for (const id of [...this.#pending.keys()]) this.fail(id, reason);
  }

  /**
   * To be told of each `iq`.
   *
   * @returns Whether it was the answer to a question that waited.
   */
  settle(iq: Element): boolean {
    const type = iq.attr("type");
    const id = iq.attr("id");
    if (id === undefined || (type !== "result" && type !== "error")) return false;
    const pending = this.#pending.get(id);
    // Ids can be guessed or seen; the sender's address is stamped by the server.
    if (!pending || pending.to !== iq.attr("from")) return false;
    this.#pending.delete(id);
    pending.answer(iq);
    return true;
  }
}
