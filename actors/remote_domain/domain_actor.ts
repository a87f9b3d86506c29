/**
 * Gives a {@linkcode RemoteDomain} a mailbox, a timer, and handlers that carry out its effects.
 *
 * @module
 */
import type {
  Effect,
  NoticeEffect,
  QuestionEffect,
  Report,
  StoreChange,
} from "../messages/effects.ts";
import type { DomainEvent } from "../messages/events.ts";
import type { RemoteDomain } from "./remote_domain.ts";
import type { Behaviour, Context } from "../runtime/behaviour.ts";
import type { Timer } from "../runtime/timers.ts";

/** What carries out the effects of a domain. None of them may block. */
export interface EffectHandlers {
  /** Sends a question; false: it could not be sent now, try again. */
  ask(domain: RemoteDomain, question: QuestionEffect): boolean;
  /** Tells a user. It must not be lost while the connection is slow or away. */
  notify(domain: RemoteDomain, notice: NoticeEffect): void;
  /** Makes a change durable. */
  persist(domain: RemoteDomain, change: StoreChange): void;
  /** Tells the operator. */
  report(domain: RemoteDomain, report: Report): void;
  /** An event has been handled, or has failed to be. */
  handled(domain: RemoteDomain, event: DomainEvent): void;
  /** The domain has nothing to remember any more. */
  idle(domain: RemoteDomain): void;
}

/** How long a domain waits after a failure that may have cost it its timer, in milliseconds. */
const RECOVERY_MS = 1_000;
const WAKE: DomainEvent = { type: "wake" };

/**
 * The behaviour of the actor of one domain. If a message makes it throw, the actor goes on with
 * the joins that it has; what was wanted before the failure is carried out, each on its own.
 */
export class DomainActor implements Behaviour<undefined, DomainEvent> {
  readonly #domain: RemoteDomain;
  readonly #handlers: EffectHandlers;
  #timer: Timer | undefined;

  /** Gives a domain its handlers. */
  constructor(domain: RemoteDomain, handlers: EffectHandlers) {
    this.#domain = domain;
    this.#handlers = handlers;
  }

  /** The domain is all the state that there is. */
  init(): undefined {}

  /** Has the domain take an event, and carries out what it wants. */
  receive(_state: undefined, event: DomainEvent, ctx: Context<DomainEvent>): void {
    const domain = this.#domain;
    let failure: { readonly error: unknown } | undefined;
    try {
      domain.receive(event);
    } catch (error) {
      failure = { error };
    }
    for (const effect of domain.effects) {
      try {
        this.#carryOut(effect, ctx);
      } catch (error) {
        failure ??= { error };
      }
    }
    this.#handlers.handled(domain, event);
    if (failure !== undefined) throw failure.error;
    if (domain.idle) this.#handlers.idle(domain);
  }

  /** Goes on, with a timer in place of the one that may have been lost. */
  restarted(_state: undefined, _failure: unknown, ctx: Context<DomainEvent>): undefined {
    this.#wakeIn(RECOVERY_MS, ctx);
  }

  #carryOut(effect: Effect, ctx: Context<DomainEvent>): void {
    const domain = this.#domain;
    const handlers = this.#handlers;
    switch (effect.type) {
      case "ping":
      case "ask-room":
      case "probe":
      case "rejoin":
      case "configure":
      case "leave":
        if (!handlers.ask(domain, effect)) {
          ctx.self.tell({ type: "deferred", id: effect.id }, "system");
        }
        return;
      case "notify":
        return handlers.notify(domain, effect);
      case "persist":
        return handlers.persist(domain, effect.change);
      case "report":
        return handlers.report(domain, effect.report);
      case "wake":
        return this.#wakeIn(Math.max(0, effect.at - ctx.now()), ctx);
      case "rest":
        this.#timer?.cancel();
        this.#timer = undefined;
        return;
    }
  }

  #wakeIn(ms: number, ctx: Context<DomainEvent>): void {
    this.#timer?.cancel();
    this.#timer = ctx.after(ms, WAKE);
  }
}
