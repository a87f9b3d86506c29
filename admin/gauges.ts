/**
 * The metrics that are looked up when they are asked for, rather than counted.
 *
 * @module
 */
import { Counter, Gauge, type OpenMetricsContentType, type Registry } from "prom-client";
import type { Census } from "./census.ts";
import type { KeeperView } from "./keeper_view.ts";

const LANES = ["urgent", "normal"] as const;

/**
 * Adds gauges to a registry.
 *
 * @param keeper What to look at.
 * @param census What was counted last.
 * @param version The version of Roomkeeper.
 */
export function addGauges(
  registry: Registry<OpenMetricsContentType>,
  keeper: KeeperView,
  census: () => Census,
  version: string,
): void {
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  const labelled = (
    name: string,
    help: string,
    label: string,
    values: () => Iterable<readonly [string, number]>,
  ) =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        this.reset();
        for (const [of, value] of values()) this.labels(of).set(value);
      },
    });

  gauge("roomkeeper_joins", "Joins that are kept.", () => census().joins);
  gauge("roomkeeper_sessions", "Sessions with at least one join.", () => keeper.router.sessions);
  labelled(
    "roomkeeper_domains",
    "Domains with rooms that users are in, by the state of the link.",
    "link",
    () => Object.entries(census().links),
  );
  labelled(
    "roomkeeper_verifying_domains",
    "Domains that are being verified, by what is done at the moment.",
    "phase",
    () => Object.entries(census().phases),
  );
  gauge(
    "roomkeeper_rejoining_users",
    "Users who are being brought back.",
    () => census().rejoining,
  );
  gauge(
    "roomkeeper_mailbox_events",
    "Events that wait to be handled, in all mailboxes.",
    () => keeper.router.depth,
  );
  gauge(
    "roomkeeper_connected",
    "1 while connected to the server, else 0.",
    () => Number(keeper.connection.state === "connected"),
  );
  labelled(
    "roomkeeper_plugin_synced",
    "1 for each watched host whose plugin is in step with us, else 0.",
    "host",
    () => keeper.hosts.map(({ host, state }) => [host, Number(state === "synced")]),
  );
  labelled(
    "roomkeeper_plugin_outdated",
    "1 for each watched host whose plugin is too old to rejoin rooms, else 0.",
    "host",
    () =>
      keeper.hosts.map(({ host, state, takesRequests }) => [
        host,
        Number(state === "synced" && !takesRequests),
      ]),
  );
  labelled(
    "roomkeeper_outbox_stanzas",
    "Stanzas that wait to be sent to the server, by lane.",
    "lane",
    () => LANES.map((lane) => [lane, keeper.connection.waiting[lane]]),
  );
  gauge(
    "roomkeeper_notices_paused",
    "1 while rejoins and notices are held back, else 0.",
    () => Number(keeper.paused),
  );
  gauge("roomkeeper_held_notices", "Notices that are held back.", () => keeper.held);
  gauge(
    "roomkeeper_store_used",
    "1 if joins are kept in a file, 0 if in memory only.",
    () => Number(keeper.store !== undefined),
  );
  if (keeper.store !== undefined) {
    const store = () => keeper.store!;
    const counter = (name: string, help: string, value: () => number) =>
      new Counter({
        name,
        help,
        registers: [registry],
        collect() {
          this.reset();
          this.inc(value());
        },
      });
    labelled(
      "roomkeeper_store_failing",
      "1 while the store can't be written, by reason; not there while it can.",
      "reason",
      () => {
        const { state, reason = "failed" } = store();
        return state === "failing" ? [[reason, 1]] : [];
      },
    );
    counter(
      "roomkeeper_store_failures",
      "Times that the store could not be opened, read or written.",
      () => store().failures,
    );
    counter(
      "roomkeeper_store_set_aside",
      "Damaged stores that were renamed, and new ones begun.",
      () => store().setAside,
    );
    gauge(
      "roomkeeper_store_size_bytes",
      "How large the store's file is, with its log.",
      () => store().bytes,
    );
    gauge(
      "roomkeeper_store_pending_changes",
      "Changes of joins that are not written to the store yet.",
      () => store().pending,
    );
    gauge(
      "roomkeeper_store_healthy",
      "1 if the store can be written, else 0.",
      () => Number(store().state === "ok"),
    );
    gauge(
      "roomkeeper_store_slowest_write_seconds",
      "The longest time that a write took, since the start.",
      () => store().slowestMs / 1000,
    );
  }
  gauge(
    "process_resident_memory_bytes",
    "Memory that the process takes.",
    () => Deno.memoryUsage().rss,
  );
  gauge(
    "process_start_time_seconds",
    "When the process started, in seconds since the epoch.",
    () => performance.timeOrigin / 1000,
  );
  labelled(
    "roomkeeper_build_info",
    "Always 1; tells the version.",
    "version",
    () => [[version, 1]],
  );
}
