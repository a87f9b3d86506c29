import type { Lane, MailboxOptions } from "./mailbox.ts";
import type { Supervision } from "./supervision.ts";
import type { Timer } from "./timers.ts";

/**
 * What an actor does: pure data in, pure data out, and the context for everything else.
 *
 * An actor handles one message at a time. If a handler returns a promise, the next message waits
 * until it settles.
 *
 * @typeParam S the actor's state
 * @typeParam M the messages it understands
 */
export interface Behaviour<S, M> {
  /** Makes the first state. What it throws, `spawn` throws. */
  init(ctx: Context<M>): S;
  /** Handles a message; returns the new state, or nothing to keep the one it has. */
  receive(state: S, message: M, ctx: Context<M>): S | void | Promise<S | void>;
  /** Handles a signal of the runtime; returns as `receive`. */
  signal?(state: S, signal: Signal, ctx: Context<M>): S | void | Promise<S | void>;
  /**
   * Called when the actor restarts after a failure; returns the state to go on with. Without it
   * the actor keeps the state it had before the message (as the failed handler left it, if it
   * changes its state in place).
   */
  restarted?(state: S, failure: Failure<M>, ctx: Context<M>): S;
  /** Called once when the actor has stopped, after its children. */
  stopped?(state: S): void | Promise<void>;
}

/** What went wrong in an actor. */
export interface Failure<M> {
  /** What was thrown. */
  readonly error: unknown;
  /** The message that was handled; absent if it was a signal. It will not be handled again. */
  readonly message?: M;
}

/** What the runtime tells an actor. */
export interface Signal {
  /** A child has stopped, with its own children. */
  readonly type: "child-stopped";
  /** The child; only good for its `name` and `path`. */
  readonly child: ActorRef<never>;
  /** The failure that stopped it; absent if it was asked to stop. */
  readonly error?: unknown;
}

/** How to start an actor. */
export interface SpawnOptions {
  /**
   * A name, unique among the living children of its parent.
   *
   * @default {"$1", "$2", …}
   */
  readonly name?: string;
  /** The bounds of its mailbox. */
  readonly mailbox?: MailboxOptions;
  /** What to do when it throws. */
  readonly supervision?: Supervision;
}

/** Options of {@linkcode ActorRef.ask}. */
export interface AskOptions {
  /**
   * How long to wait for the answer, in milliseconds.
   *
   * @default {5000}
   */
  readonly timeoutMs?: number;
}

/** The address of an actor. It stays good, if useless, after the actor has stopped. */
export interface ActorRef<M> {
  /** Its name among its parent's children. */
  readonly name: string;
  /** Its names from the top, as in "/router/rooms.example". */
  readonly path: string;
  /** How many messages wait in its mailbox. */
  readonly depth: number;
  /** Whether it takes messages, has yet to finish, or is gone. */
  readonly status: "running" | "stopping" | "stopped";
  /**
   * Sends a message; never blocks, never throws. Messages of one lane arrive in the order they
   * were sent, and all of the system lane before the user lane.
   *
   * @returns whether the mailbox took it; see {@linkcode MailboxOptions.overflow}
   */
  tell(message: M, lane?: Lane): boolean;
  /**
   * Sends a message with a way to answer it, and waits for the answer. An actor that asks
   * another handles nothing meanwhile, so two must never ask each other, nor one itself.
   *
   * @throws {AskTimeoutError} if no answer comes in time (as when the message makes the actor fail)
   * @throws {MailboxFullError} if the mailbox does not take the message
   * @throws {ActorStoppedError} if the actor has stopped, or stops before it answers
   */
  ask<R>(question: (reply: (answer: R) => void) => M, options?: AskOptions): Promise<R>;
  /**
   * Resolves when the user lane has room; with this a fast sender goes at the pace of the actor:
   * `while (!ref.tell(message)) await ref.ready();`
   *
   * @throws {ActorStoppedError} if the actor has stopped, or stops meanwhile
   */
  ready(): Promise<void>;
  /**
   * Stops the actor when it is done with its current message: its children first, the last
   * started the first to go. Messages still waiting become dead letters.
   *
   * Not to be awaited in the actor's own handlers or its children's.
   */
  stop(): Promise<void>;
}

/** What an actor can do besides changing its state. */
export interface Context<M> {
  /** The actor's own address. */
  readonly self: ActorRef<M>;
  /** Aborted when the actor is asked to stop, so that a long asynchronous handler can end early. */
  readonly signal: AbortSignal;
  /** The time now, in milliseconds since the Unix epoch, by the injected clock. */
  now(): number;
  /** A number in [0, 1), from the injected source. */
  random(): number;
  /**
   * Starts a child, which stops when this actor stops.
   *
   * @throws {NameTakenError} if a living child has this name
   * @throws {ActorStoppedError} if this actor is stopping
   */
  spawn<S, N>(behaviour: Behaviour<S, N>, options?: SpawnOptions): ActorRef<N>;
  /**
   * Sends this actor a message in `ms` milliseconds, through the system lane and whatever its
   * capacity. Timers survive a restart and end with the actor. After `cancel()` the message does
   * not arrive, even if it was already waiting.
   *
   * @throws {RangeError} if `ms` is negative or not a number
   */
  after(ms: number, message: M): Timer;
  /** Asks this actor to stop, after the current message. */
  stop(): void;
}
