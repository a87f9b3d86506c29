import type { ActorRef, Behaviour, Context, SpawnOptions } from "./behaviour.ts";
import { ActorStoppedError } from "./errors.ts";
import type { Services } from "./services.ts";
import type { Timer } from "./timers.ts";

/** What the context needs of the actor it belongs to. */
export interface ContextHost<M> extends ActorRef<M> {
  /** What all actors of the system share. */
  readonly services: Services;
  /** Starts a child. */
  spawn<S, N>(behaviour: Behaviour<S, N>, options: SpawnOptions): ActorRef<N>;
  /** Starts a timer that ends in the mailbox. */
  after(ms: number, message: M): Timer;
}

/** The view that an actor's behaviour has of itself. */
export class CellContext<M> implements Context<M> {
  readonly #host: ContextHost<M>;
  #abort: AbortController | undefined;
  #aborted = false;

  constructor(host: ContextHost<M>) {
    this.#host = host;
  }

  get self(): ActorRef<M> {
    return this.#host;
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#aborted) this.abort();
    return this.#abort.signal;
  }

  now(): number {
    return this.#host.services.clock.now();
  }

  random(): number {
    return this.#host.services.random();
  }

  spawn<S, N>(behaviour: Behaviour<S, N>, options: SpawnOptions = {}): ActorRef<N> {
    return this.#host.spawn(behaviour, options);
  }

  after(ms: number, message: M): Timer {
    return this.#host.after(ms, message);
  }

  stop(): void {
    this.#host.stop();
  }

  /** Tells asynchronous handlers that the actor is stopping. */
  abort(): void {
    this.#aborted = true;
    this.#abort?.abort(new ActorStoppedError(this.#host.path));
  }
}
