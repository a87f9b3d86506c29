import type { ActorRef, Behaviour, SpawnOptions } from "./behaviour.ts";
import { type AnyCell, Cell } from "./cell.ts";
import { Children } from "./children.ts";
import { type DeadLetter, DeadLetters } from "./dead_letters.ts";
import { ActorStoppedError } from "./errors.ts";
import { LogLimit } from "./log_limit.ts";
import {
  type Clock,
  type Log,
  type Random,
  runtimeScheduler,
  type Scheduler,
  systemClock,
} from "./ports.ts";
import { RunQueue } from "./run_queue.ts";
import type { Failed, Parent, Services } from "./services.ts";
import { Timers } from "./timers.ts";

/** Options of an {@linkcode ActorSystem}; without any it runs on the real clock and logs nothing. */
export interface ActorSystemOptions {
  /** Tells the time. */
  readonly clock?: Clock;
  /** Where random numbers come from; default `Math.random`. */
  readonly random?: Random;
  /** Runs actors and timers. */
  readonly scheduler?: Scheduler;
  /** Gets what the operator should know, at a limited rate per event and actor. */
  readonly log?: Log;
  /** Gets every dead letter. */
  readonly onDeadLetter?: (letter: DeadLetter) => void;
  /** Told when a failure has reached the top, which stops the system. */
  readonly onFailure?: (error: unknown) => void;
  /**
   * How many messages an actor may handle before it is another one's turn.
   *
   * @default {16}
   */
  readonly budget?: number;
}

/** What an actor system has done and has to do, for metrics. */
export interface ActorSystemStats {
  /** Actors alive now. */
  readonly actors: number;
  /** Messages and signals handled since the start. */
  readonly messages: number;
  /** Handlers that threw since the start. */
  readonly failures: number;
  /** Restarts since the start. */
  readonly restarts: number;
  /** Timers pending now. */
  readonly timers: number;
}

/**
 * Actors that run side by side in one thread, each with a mailbox of its own.
 *
 * @example A counter
 * ```ts
 * import { ActorSystem } from "@roomkeeper/roomkeeper/actors";
 * import { assertEquals } from "@std/assert";
 *
 * type Message = { type: "add"; n: number } | { type: "get"; reply: (sum: number) => void };
 *
 * await using system = new ActorSystem();
 * const counter = system.spawn<number, Message>({
 *   init: () => 0,
 *   receive(sum, message) {
 *     if (message.type === "add") return sum + message.n;
 *     message.reply(sum);
 *     return sum;
 *   },
 * }, { name: "counter" });
 *
 * counter.tell({ type: "add", n: 40 });
 * counter.tell({ type: "add", n: 2 });
 * assertEquals(await counter.ask<number>((reply) => ({ type: "get", reply })), 42);
 * ```
 */
export class ActorSystem implements AsyncDisposable {
  /** Messages that no actor handled. */
  readonly deadLetters: DeadLetters;
  readonly #services: Services;
  readonly #scheduler: Scheduler;
  readonly #children = new Children<AnyCell>();
  readonly #log: LogLimit | undefined;
  readonly #parent: Parent;
  #stopped: Promise<void> | undefined;

  /**
   * Makes a system with no actors. It holds no resources of the runtime while nothing is to be
   * done.
   *
   * @throws {RangeError} if `budget` is not a positive integer
   */
  constructor(options: ActorSystemOptions = {}) {
    const { clock = systemClock, scheduler = runtimeScheduler(), budget = 16 } = options;
    this.#scheduler = scheduler;
    const queue = new RunQueue(scheduler, clock, budget);
    const timers = new Timers(clock, scheduler, () => queue.wake());
    queue.before = () => timers.fire();
    queue.after = () => timers.arm();
    this.deadLetters = new DeadLetters(harmless(options.onDeadLetter));
    const log = harmless(options.log);
    this.#log = log && new LogLimit(log, clock);
    this.#services = {
      clock,
      random: options.random ?? Math.random,
      queue,
      timers,
      deadLetters: this.deadLetters,
      counts: { actors: 0, messages: 0, failures: 0, restarts: 0 },
      log: (entry) => this.#log?.write(entry),
    };
    const onFailure = harmless(options.onFailure);
    this.#parent = {
      childStopped: (child, failed) => {
        this.#children.remove(child);
        if (failed?.escalate) this.#fail(child, failed, onFailure);
      },
    };
  }

  /** Whether it has been stopped, or a failure has stopped it. */
  get stopped(): boolean {
    return this.#stopped !== undefined;
  }

  /**
   * Starts an actor at the top.
   *
   * @throws {NameTakenError} if a living actor at the top has this name
   * @throws {ActorStoppedError} if the system has been stopped
   * @throws {RangeError} if an option is out of range
   */
  spawn<S, M>(behaviour: Behaviour<S, M>, options: SpawnOptions = {}): ActorRef<M> {
    if (this.#stopped !== undefined) throw new ActorStoppedError("/");
    const name = this.#children.name("", options.name);
    const cell = new Cell(this.#parent, this.#services, name, "", behaviour, options);
    this.#children.add(cell);
    return cell;
  }

  /** All living actors, each before its children. */
  *actors(): Generator<ActorRef<never>> {
    yield* walk(this.#children);
  }

  /**
   * Resolves when everybody else has had a turn: actors, and timers that are due. Whoever tells
   * thousands of actors something awaits it now and then, so as not to hold up the rest.
   */
  turn(): Promise<void> {
    return new Promise((resolve) => this.#scheduler.soon(resolve));
  }

  /** What it has done and has to do. */
  stats(): ActorSystemStats {
    const { counts, timers } = this.#services;
    return { ...counts, timers: timers.pending };
  }

  /**
   * Stops all actors in order: those at the top one after the other, the last started first,
   * children before their parents. Waits for handlers that are at work (they can watch
   * `ctx.signal`), so it is not to be awaited in one.
   */
  stop(): Promise<void> {
    return this.#stopped ??= this.#children.stop().then(() => this.#log?.flush());
  }

  /** Stops the system; for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #fail(child: ActorRef<never>, { error }: Failed, onFailure?: (error: unknown) => void): void {
    this.#services.log({
      level: "error",
      event: "system-failed",
      path: "/",
      text: `The failure of actor ${child.path} has reached the top: the actor system stops`,
      error,
    });
    this.stop();
    onFailure?.(error);
  }
}

function* walk(cells: Iterable<AnyCell>): Generator<AnyCell> {
  for (const cell of cells) {
    yield cell;
    yield* walk(cell.children);
  }
}

/** A listener whose own errors can't stop the actors. */
function harmless<T>(listener: ((value: T) => void) | undefined): ((value: T) => void) | undefined {
  return listener && ((value) => {
    try {
      listener(value);
    } catch {
      // A broken listener loses what it was told, no more.
    }
  });
}
