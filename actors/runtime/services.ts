import type { ActorRef } from "./behaviour.ts";
import type { DeadLetters } from "./dead_letters.ts";
import type { Clock, LogEntry, Random } from "./ports.ts";
import type { RunQueue } from "./run_queue.ts";
import type { Timers } from "./timers.ts";

/** What all actors of a system share. */
export interface Services {
  readonly clock: Clock;
  readonly random: Random;
  readonly queue: RunQueue;
  readonly timers: Timers;
  readonly deadLetters: DeadLetters;
  readonly counts: { actors: number; messages: number; failures: number; restarts: number };
  log(entry: LogEntry): void;
}

/** What an actor needs of the one above it: another actor, or the system. */
export interface Parent {
  /** A child has stopped; `failed` is set if a failure stopped it. */
  childStopped(child: ActorRef<never>, failed?: Failed): void;
}

/** Why a child was stopped. */
export interface Failed {
  readonly error: unknown;
  readonly escalate: boolean;
}
