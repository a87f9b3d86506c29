import type { DeadLetters } from "./dead_letters.ts";
import { AskTimeoutError } from "./errors.ts";
import type { Timers } from "./timers.ts";

/** The questions to one actor that it has not answered yet. */
export class Questions {
  readonly #path: string;
  readonly #timers: Timers;
  readonly #deadLetters: DeadLetters;
  /** How to give up each open question. */
  readonly #open = new Set<(error: Error) => void>();

  constructor(path: string, timers: Timers, deadLetters: DeadLetters) {
    this.#path = path;
    this.#timers = timers;
    this.#deadLetters = deadLetters;
  }

  /** Opens a question; `send` gets the function that answers it, and may return why it can't be sent. */
  ask<R>(send: (reply: (answer: R) => void) => Error | undefined, timeoutMs: number): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      const fail = (error: Error) => {
        close();
        reject(error);
      };
      const timer = this.#timers.schedule(timeoutMs, {
        fire: () => fail(new AskTimeoutError(this.#path, timeoutMs)),
      });
      const close = () => {
        this.#timers.cancel(timer);
        return this.#open.delete(fail);
      };
      this.#open.add(fail);
      const reply = (answer: R) => {
        if (close()) resolve(answer);
        else this.#deadLetters.add({ path: this.#path, message: answer, reason: "late-reply" });
      };
      let refused: Error | undefined;
      try {
        refused = send(reply);
      } catch (error) {
        close();
        throw error;
      }
      if (refused !== undefined) fail(refused);
    });
  }

  /** Gives up all open questions. */
  close(error: Error): void {
    for (const fail of [...this.#open]) fail(error);
  }
}
