import type { ActorRef, Behaviour, Context, SpawnOptions } from "./behaviour.ts";
import type { Cell } from "./cell.ts";
import { ActorStoppedError } from "./errors.ts";
import type { Timer } from "./timers.ts";

/** The view that an actor's behaviour has of its cell. */
export class CellContext<M> implements Context<M> {
  readonly #cell: Cell<unknown, M>;
  #abort: AbortController | undefined;
  #aborted = false;

  // deno-lint-ignore no-explicit-any -- the state is none of the context's business
  constructor(cell: Cell<any, M>) {
    this.#cell = cell;
  }

  get self(): ActorRef<M> {
    return this.#cell;
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#aborted) this.abort();
    return this.#abort.signal;
  }

  now(): number {
    return this.#cell.services.clock.now();
  }

  random(): number {
    return this.#cell.services.random();
  }

  spawn<S, N>(behaviour: Behaviour<S, N>, options: SpawnOptions = {}): ActorRef<N> {
    return this.#cell.spawn(behaviour, options);
  }

  after(ms: number, message: M): Timer {
    return this.#cell.after(ms, message);
  }

  stop(): void {
    this.#cell.stop();
  }

  /** Tells asynchronous handlers that the actor is stopping. */
  abort(): void {
    this.#aborted = true;
    this.#abort?.abort(new ActorStoppedError(this.#cell.path));
  }
}
