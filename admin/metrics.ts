/**
 * Figures for Prometheus, in the OpenMetrics format.
 *
 * @module
 */
import type { DomainKey } from "../actors/messages/domains.ts";
import { Counter, Histogram, type OpenMetricsContentType, Registry } from "prom-client";
import type {
  NoticeEffect,
  NoticeReason,
  Report,
  VerdictState,
} from "../actors/messages/effects.ts";
import type { LossCause } from "../actors/messages/events.ts";
import type { ComponentError } from "../component/mod.ts";
import type { IgnoredInput, KeeperObserver } from "../keeper/observer.ts";
import { type Census, takeCensus } from "./census.ts";
import { addGauges } from "./gauges.ts";
import type { KeeperView } from "./keeper_view.ts";
import { REJOIN_RESULTS, resultOf } from "./rejoins.ts";
import { atOnce } from "./sliced.ts";

/** From a second, which is a short outage, to a day, which is `give_up` by default. */
const OUTAGE_BUCKETS = [
  1,
  2.5,
  5,
  7.5,
  10,
  15,
  30,
  60,
  120,
  300,
  600,
  1_800,
  3_600,
  21_600,
  86_400,
];

/** From a millisecond, which is usual, to seconds, which are an alarm. */
const LAG_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

const CAUSES: readonly LossCause[] = [
  "link-down",
  "link-up",
  "unreachable",
  "rejected",
  "dropped",
  "silence",
  "restart",
  "operator",
];
const VERDICTS: readonly VerdictState[] = ["joined", "gone", "undecided"];
const REASONS: readonly NoticeReason[] = ["gone", "destroyed", "unconfirmed"];
const KINDS = ["presence", "message", "iq", "link"] as const;
const IGNORED: readonly IgnoredInput[] = ["forged", "malformed", "unexpected", "failed"];
const PROBERS = ["component", "host", "user"] as const;

/** Counts what a keeper does. */
export class Metrics implements KeeperObserver {
  /** What a scrape is answered with: its `Content-Type`. */
  readonly contentType: string = Registry.OPENMETRICS_CONTENT_TYPE;
  #census: Census | undefined;
  readonly #registry: Registry<OpenMetricsContentType> = openMetrics();
  readonly #counter = <Label extends string>(
    name: string,
    help: string,
    label: Label,
    values: readonly string[],
  ): Counter<Label> => {
    const registers = [this.#registry];
    const counter = new Counter({
      name: `roomkeeper_${name}`,
      help,
      labelNames: [label],
      registers,
    });
    // A counter that starts at zero shows its first increase.
    for (const value of values) counter.labels(value).inc(0);
    return counter;
  };
  readonly #plainCounter = (name: string, help: string): Counter =>
    new Counter({ name: `roomkeeper_${name}`, help, registers: [this.#registry] });

  readonly #losses = this.#counter(
    "losses",
    "Times that the joins of a domain came in doubt, by what made us think so.",
    "cause",
    CAUSES,
  );
  readonly #verifications = this.#plainCounter(
    "verifications",
    "Verifications of a domain that ended with everything decided.",
  );
  readonly #probes = this.#counter(
    "probes",
    "Times that it was asked whether a domain can be reached, by who asked.",
    "by",
    PROBERS,
  );
  readonly #unreached = this.#plainCounter(
    "unreached",
    "Times that a domain did not decide everything, so that it is asked again later.",
  );
  readonly #pings = this.#plainCounter("pings", "Self-pings sent in users' names.");
  readonly #verdicts = this.#counter(
    "verdicts",
    "What answers, and their absence, told about joins.",
    "verdict",
    VERDICTS,
  );
  readonly #rejoins = this.#counter(
    "rejoins",
    "Users who were joined again, or could not be, by how that ended.",
    "result",
    REJOIN_RESULTS,
  );
  readonly #notices = this.#counter(
    "notices",
    "Users told that they are no longer in a room, by reason.",
    "reason",
    REASONS,
  );
  readonly #refused = this.#plainCounter(
    "refused_joins",
    "Joins that are not kept, as the session is in max_joins_per_user rooms already.",
  );
  readonly #fed = this.#counter(
    "feed_stanzas",
    "Stanzas copied to us, and messages of the server plugin (link), by kind.",
    "kind",
    KINDS,
  );
  readonly #ignored = this.#counter(
    "ignored_stanzas",
    "Input that was not believed or not understood, by kind.",
    "kind",
    IGNORED,
  );
  readonly #connections = this.#plainCounter(
    "connections",
    "Connections to the server that came up.",
  );
  readonly #disconnections = this.#counter(
    "disconnections",
    "Connections to the server, or attempts at one, that ended, by reason.",
    "reason",
    [],
  );
  readonly #unanswered = this.#plainCounter(
    "unanswered_hellos",
    "Times that the plugin of a watched host did not answer our hello.",
  );
  readonly #untilVerdict = new Histogram({
    name: "roomkeeper_loss_to_verdict_seconds",
    help: "Time from a loss to the verdict about a join.",
    labelNames: ["verdict"],
    buckets: OUTAGE_BUCKETS,
    registers: [this.#registry],
  });
  readonly #untilBack = new Histogram({
    name: "roomkeeper_out_of_room_seconds",
    help: "Time from a loss until a user who was out is in the room again.",
    buckets: OUTAGE_BUCKETS,
    registers: [this.#registry],
  });
  readonly #lag = new Histogram({
    name: "roomkeeper_event_loop_lag_seconds",
    help: "How late timers fire; measured twice a second.",
    buckets: LAG_BUCKETS,
    registers: [this.#registry],
  });

  /**
   * Adds the figures that are looked up at each scrape.
   *
   * @param version The version of Roomkeeper.
   */
  watch(keeper: KeeperView, version: string): void {
    const census = () => this.#census ??= atOnce(takeCensus(keeper));
    addGauges(this.#registry, keeper, census, version);
  }

  /**
   * Everything, as text.
   *
   * @param census What was counted for it; by default all is counted now.
   */
  text(census?: Census): Promise<string> {
    this.#census = census;
    return this.#registry.metrics();
  }

  /** Counts how late a timer was, in seconds. */
  lagged(seconds: number): void {
    this.#lag.observe(seconds);
  }

  /** See {@linkcode KeeperObserver}. */
  connected(): void {
    this.#connections.inc();
  }

  /** See {@linkcode KeeperObserver}. */
  disconnected({ reason }: ComponentError, retryInMs: number | undefined): void {
    // Of each end it is told twice: first alone, then with the time of the next attempt.
    if (retryInMs !== undefined) this.#disconnections.labels(reason).inc();
  }

  /** See {@linkcode KeeperObserver}. */
  unanswered(): void {
    this.#unanswered.inc();
  }

  /** See {@linkcode KeeperObserver}. */
  fed(_host: string, kind: "presence" | "message" | "iq" | "link"): void {
    this.#fed.labels(kind).inc();
  }

  /** See {@linkcode KeeperObserver}. */
  ignored(kind: IgnoredInput): void {
    this.#ignored.labels(kind).inc();
  }

  /** See {@linkcode KeeperObserver}. */
  notified(_link: DomainKey, { reason }: NoticeEffect): void {
    this.#notices.labels(reason).inc();
  }

  /** See {@linkcode KeeperObserver}. */
  reported(_link: DomainKey, report: Report): void {
    switch (report.type) {
      case "loss":
        return this.#losses.labels(report.cause).inc();
      case "probing":
        return this.#probes.labels(report.by).inc();
      case "unreached":
        return this.#unreached.inc();
      case "asked":
        return this.#pings.inc();
      case "verdict":
        this.#verdicts.labels(report.verdict).inc();
        return this.#untilVerdict.labels(report.verdict).observe(report.after / 1000);
      case "refused":
        return this.#refused.inc();
      case "settled":
        return this.#verifications.inc();
      case "rejoined":
        this.#rejoins.labels("joined").inc();
        return this.#untilBack.observe(report.after / 1000);
      case "rejoin-failed": {
        const result = resultOf(report);
        if (result !== undefined) this.#rejoins.labels(result).inc();
        return;
      }
      case "waiting":
      case "reachable":
      case "rejoining":
      case "unwanted-room":
    }
  }
}

function openMetrics(): Registry<OpenMetricsContentType> {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return registry;
}
