import { ActorTimers } from "./actor_timers.ts";
import { Questions } from "./ask.ts";
import type {
  ActorRef,
  AskOptions,
  Behaviour,
  Failure,
  Signal,
  SpawnOptions,
} from "./behaviour.ts";
import { Children } from "./children.ts";
import { CellContext, type ContextHost } from "./context.ts";
import type { DeadLetterReason } from "./dead_letters.ts";
import { ActorStoppedError, MailboxFullError } from "./errors.ts";
import { type Lane, Mailbox, type Offer } from "./mailbox.ts";
import type { Runnable } from "./run_queue.ts";
import type { Failed, Parent, Services } from "./services.ts";
import { Supervisor } from "./supervision.ts";
import type { Timer } from "./timers.ts";

/** An actor of any kind. */
// deno-lint-ignore no-explicit-any -- state and messages are private to each actor
export type AnyCell = Cell<any, any>;

/** A child has stopped and this actor has yet to be told. */
interface ChildStopped {
  readonly signal: Signal;
  readonly escalate: boolean;
}

/** One living actor: its state, its mailbox, and what happens to it. */
export class Cell<S, M> implements ContextHost<M>, Parent, Runnable {
  readonly name: string;
  readonly path: string;
  readonly children: Children<AnyCell> = new Children();
  readonly services: Services;
  readonly #parent: Parent;
  readonly #behaviour: Behaviour<S, M>;
  readonly #mailbox: Mailbox<M, ChildStopped>;
  readonly #supervisor: Supervisor;
  readonly #context: CellContext<M>;
  #timers: ActorTimers<M> | undefined;
  #questions: Questions | undefined;
  #waiting: PromiseWithResolvers<void>[] = [];
  #state: S;
  /** In the run queue, or in a turn. */
  #queued = false;
  /** An asynchronous handler is at work. */
  #busy = false;
  #stopping: PromiseWithResolvers<void> | undefined;
  #failed: Failed | undefined;
  #stopped = false;

  constructor(
    parent: Parent,
    services: Services,
    name: string,
    at: string,
    behaviour: Behaviour<S, M>,
    options: SpawnOptions,
  ) {
    this.#parent = parent;
    this.services = services;
    this.name = name;
    this.path = `${at}/${name}`;
    this.#behaviour = behaviour;
    this.#mailbox = new Mailbox(options.mailbox);
    this.#supervisor = new Supervisor(options.supervision);
    this.#context = new CellContext(this);
    try {
      this.#state = behaviour.init(this.#context);
    } catch (error) {
      this.#discard();
      throw error;
    }
    services.counts.actors++;
  }

  get depth(): number {
    return this.#mailbox.depth;
  }

  get status(): "running" | "stopping" | "stopped" {
    return this.#stopped ? "stopped" : this.#stopping === undefined ? "running" : "stopping";
  }

  tell(message: M, lane: Lane = "user"): boolean {
    return this.#offer(message, lane) === undefined;
  }

  ask<R>(
    question: (reply: (answer: R) => void) => M,
    { timeoutMs = 5000 }: AskOptions = {},
  ): Promise<R> {
    const { timers, deadLetters } = this.services;
    this.#questions ??= new Questions(this.path, timers, deadLetters);
    return this.#questions.ask<R>((reply) => this.#offer(question(reply), "user"), timeoutMs);
  }

  ready(): Promise<void> {
    if (this.#stopping !== undefined) return Promise.reject(new ActorStoppedError(this.path));
    if (this.#mailbox.room > 0) return Promise.resolve();
    const waiter = Promise.withResolvers<void>();
    this.#waiting.push(waiter);
    return waiter.promise;
  }

  stop(): Promise<void> {
    if (this.#stopping === undefined) {
      this.#stopping = Promise.withResolvers();
      this.#context.abort();
      this.#wake();
    }
    return this.#stopping.promise;
  }

  /** Starts a child. */
  spawn<T, N>(behaviour: Behaviour<T, N>, options: SpawnOptions): ActorRef<N> {
    if (this.#stopping !== undefined) throw new ActorStoppedError(this.path);
    const name = this.children.name(this.path, options.name);
    const child = new Cell(this, this.services, name, this.path, behaviour, options);
    this.children.add(child);
    return child;
  }

  /** Starts a timer that ends in the mailbox. */
  after(ms: number, message: M): Timer {
    this.#timers ??= new ActorTimers(this.services.timers, (timer) => {
      this.#mailbox.force(timer);
      this.#wake();
    });
    return this.#timers.start(ms, message);
  }

  childStopped(child: ActorRef<never>, failed?: Failed): void {
    this.children.remove(child);
    if (this.#stopping !== undefined) return;
    const signal: Signal = failed === undefined
      ? { type: "child-stopped", child }
      : { type: "child-stopped", child, error: failed.error };
    this.#mailbox.force({ signal: { signal, escalate: failed?.escalate ?? false } });
    this.#wake();
  }

  run(budget: number): number {
    let done = 0;
    while (!this.#busy && this.#stopping === undefined && done < budget) {
      if (this.#mailbox.urgent > 0) this.#handleSystem();
      else if (this.#mailbox.depth > 0) this.#handle(this.#mailbox.takeUser());
      else break;
      done++;
    }
    this.services.counts.messages += done;
    this.#queued = false;
    if (this.#waiting.length > 0) this.#admit();
    if (this.#stopping !== undefined && !this.#busy) this.#terminate();
    else if (this.#mailbox.depth > 0) this.#wake();
    return done + 1; // a turn is work, too
  }

  /** Puts a message into the mailbox, or says why not. */
  #offer(message: M, lane: Lane): Error | undefined {
    if (this.#stopping !== undefined) {
      this.#bury(message, "stopped");
      return new ActorStoppedError(this.path);
    }
    const offer: Offer<M> = lane === "user"
      ? this.#mailbox.offer(message)
      : this.#mailbox.offerSystem(message);
    if (offer === "taken") {
      if (!this.#queued) this.#wake();
      return undefined;
    }
    if (typeof offer === "object") {
      this.#bury(offer.evicted, "overflow");
      return undefined;
    }
    if (offer === "dropped") this.#bury(message, "overflow");
    return new MailboxFullError(this.path);
  }

  #wake(): void {
    if (this.#queued || this.#busy || this.#stopped) return;
    this.#queued = true;
    this.services.queue.add(this);
  }

  #handleSystem(): void {
    const item = this.#mailbox.takeSystem();
    if ("message" in item) {
      if (!item.cancelled) this.#handle(item.message);
      return;
    }
    const { signal, escalate } = item.signal;
    if (escalate) this.#fail({ error: signal.error });
    else if (this.#behaviour.signal !== undefined) {
      try {
        this.#accept(this.#behaviour.signal(this.#state, signal, this.#context), {});
      } catch (error) {
        this.#fail({ error });
      }
    }
  }

  #handle(message: M): void {
    try {
      const result = this.#behaviour.receive(this.#state, message, this.#context);
      if (result instanceof Promise) this.#accept(result, { message });
      else if (result !== undefined) this.#state = result as S;
    } catch (error) {
      this.#fail({ error, message });
    }
  }

  /** Takes over a handler's result, now or when it comes. */
  #accept(result: S | void | Promise<S | void>, handled: { message?: M }): void {
    if (!(result instanceof Promise)) {
      if (result !== undefined) this.#state = result as S;
      return;
    }
    this.#busy = true;
    const resume = () => {
      this.#busy = false;
      if (this.#mailbox.depth > 0 || this.#stopping !== undefined) this.#wake();
    };
    result.then((state) => {
      if (state !== undefined) this.#state = state as S;
      resume();
    }, (error) => {
      this.#fail({ error, ...handled });
      resume();
    });
  }

  #fail(failure: Failure<M>): void {
    const { counts, clock } = this.services;
    counts.failures++;
    const verdict = this.#supervisor.judge(clock.now());
    const outcome = {
      restart: "restarted with its state; the message is dropped",
      stop: "stopped",
      escalate: "stopped, its parent fails with it",
    }[verdict];
    this.#log(
      "actor-failed",
      `Actor ${this.path} failed: ${outcome}`,
      failure.error,
      failure.message,
    );
    if (verdict === "restart") {
      try {
        const { restarted } = this.#behaviour;
        if (restarted !== undefined) {
          this.#state = restarted.call(this.#behaviour, this.#state, failure, this.#context);
        }
        counts.restarts++;
        return;
      } catch (error) {
        this.#log("restart-failed", `Actor ${this.path} could not restart: stopped`, error);
      }
    }
    this.#failed ??= { error: failure.error, escalate: verdict === "escalate" };
    this.stop();
  }

  /** Undoes what a failed `init` has begun. */
  #discard(): void {
    this.#busy = this.#stopped = true;
    this.#stopping = Promise.withResolvers();
    this.#stopping.resolve();
    this.#timers?.cancel();
    this.children.stop();
  }

  /** Ends everything that belongs to the actor, then the actor. */
  async #terminate(): Promise<void> {
    this.#busy = true; // no more turns
    this.#timers?.cancel();
    const stopped = new ActorStoppedError(this.path);
    for (const waiter of this.#waiting.splice(0)) waiter.reject(stopped);
    await this.children.stop();
    try {
      await this.#behaviour.stopped?.(this.#state);
    } catch (error) {
      this.#log("stop-failed", `Actor ${this.path} failed while stopping`, error);
    }
    this.#stopped = true;
    this.services.counts.actors--;
    for (const message of this.#mailbox.drain()) this.#bury(message, "stopped");
    this.#questions?.close(stopped);
    this.#parent.childStopped(this, this.#failed);
    this.#stopping!.resolve();
  }

  /** Lets in as many waiting senders as there is room for. */
  #admit(): void {
    for (const waiter of this.#waiting.splice(0, this.#mailbox.room)) waiter.resolve();
  }

  #bury(message: M, reason: DeadLetterReason): void {
    this.services.deadLetters.add({ path: this.path, message, reason });
  }

  #log(event: string, text: string, error: unknown, cause?: M): void {
    const entry = { level: "error", event, path: this.path, text, error } as const;
    this.services.log(cause === undefined ? entry : { ...entry, cause });
  }
}
