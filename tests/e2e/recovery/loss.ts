/**
 * One loss, and many who live through it, each in a room of its own.
 *
 * @module
 */
import type { Stage } from "../support/stage.ts";

/** What one of them goes through: before the loss, while it lasts, and afterwards. */
export interface Ending {
  /** How it ends, in a few words. */
  readonly name: string;
  /** Whether it can happen on such a stage. @default {() => true} */
  readonly fits?: (stage: Stage) => boolean;
  /** Lets it happen, and checks what comes of it. */
  readonly run: (stage: Stage, loss: Loss) => Promise<void>;
}

/** The connection between the servers breaks when all are ready, and is whole again when all are. */
export class Loss {
  readonly #begin: Rendezvous;
  readonly #end: Rendezvous;

  /**
   * @param parties How many live through it.
   * @param slowly Whether everything takes its time afterwards, as soon as the rooms answer.
   */
  constructor(stage: Stage, parties: number, slowly = false) {
    let mark = 0;
    this.#begin = new Rendezvous(parties, () => {
      mark = stage.mark();
      stage.cut();
      return Promise.resolve();
    });
    this.#end = new Rendezvous(parties, async () => {
      stage.mend();
      if (!slowly) return;
      await stage.reachable(mark);
      stage.slow();
    });
  }

  /** Resolves when the connection is broken. */
  async begins(): Promise<void> {
    await this.#begin.meet();
  }

  /** Resolves when the connection is whole again. */
  async ends(): Promise<void> {
    await this.#end.meet();
  }

  /** Nobody waits for one that has failed. */
  giveUp(): void {
    this.#begin.leave();
    this.#end.leave();
  }
}

/** All wait for the last one, and for what happens then. */
class Rendezvous {
  readonly #then: () => Promise<void>;
  readonly #done = Promise.withResolvers<void>();
  #missing: number;

  constructor(parties: number, then: () => Promise<void>) {
    this.#missing = parties;
    this.#then = then;
    // When nobody has come there is nobody whom it concerns.
    this.#done.promise.catch(() => {});
  }

  async meet(): Promise<void> {
    this.leave();
    await this.#done.promise;
  }

  leave(): void {
    if (--this.#missing === 0) this.#then().then(this.#done.resolve, this.#done.reject);
  }
}
