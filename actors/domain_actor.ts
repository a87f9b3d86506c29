/**
 * Gives a {@linkcode RemoteDomain} a mailbox, a timer, and hands that carry out its effects.
 *
 * @module
 */
import type { Effect, Report, StoreChange } from "./effects.ts";
import type { DomainEvent } from "./events.ts";
import type { RemoteDomain } from "./remote_domain.ts";
import type { Behaviour, Context } from "./runtime/behaviour.ts";
import type { Timer } from "./runtime/timers.ts";

/** A question to the remote side. */
export type QuestionEffect = Extract<Effect, { type: "ping" | "ask-room" | "probe" }>;

/** A notice to a user. */
export type NoticeEffect = Extract<Effect, { type: "notify" }>;

/** What carries out the effects of a domain. None of them may block. */
export interface DomainHands {
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

/** What the actor of a domain keeps between messages. */
interface State {
  readonly domain: RemoteDomain;
  timer: Timer | undefined;
}

/**
 * The behaviour of the actor of one domain. If a message makes it throw, the actor goes on with
 * the joins that it has; what was wanted before the failure is carried out, each on its own.
 */
export function domainActor(
  domain: RemoteDomain,
  hands: DomainHands,
): Behaviour<State, DomainEvent> {
  return {
    init: (): State => ({ domain, timer: undefined }),
    receive(state: State, event: DomainEvent, ctx: Context<DomainEvent>): void {
      let failure: { readonly error: unknown } | undefined;
      try {
        domain.receive(event);
      } catch (error) {
        failure = { error };
      }
      for (const effect of domain.effects) {
        try {
          carryOut(state, effect, hands, ctx);
        } catch (error) {
          failure ??= { error };
        }
      }
      hands.handled(domain, event);
      if (failure !== undefined) throw failure.error;
      if (domain.idle) hands.idle(domain);
    },
    restarted(state: State, _failure, ctx: Context<DomainEvent>): State {
      wakeIn(state, RECOVERY_MS, ctx);
      return state;
    },
  };
}

function carryOut(
  state: State,
  effect: Effect,
  hands: DomainHands,
  ctx: Context<DomainEvent>,
): void {
  const { domain } = state;
  switch (effect.type) {
    case "ping":
    case "ask-room":
    case "probe":
      if (!hands.ask(domain, effect)) {
        ctx.self.tell({ type: "deferred", id: effect.id }, "system");
      }
      return;
    case "notify":
      return hands.notify(domain, effect);
    case "persist":
      return hands.persist(domain, effect.change);
    case "report":
      return hands.report(domain, effect.report);
    case "wake":
      return wakeIn(state, Math.max(0, effect.at - ctx.now()), ctx);
    case "rest":
      state.timer?.cancel();
      state.timer = undefined;
      return;
  }
}

function wakeIn(state: State, ms: number, ctx: Context<DomainEvent>): void {
  state.timer?.cancel();
  state.timer = ctx.after(ms, { type: "wake" });
}
