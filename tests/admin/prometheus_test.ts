/** The alert rules and the dashboard, and a real Prometheus that reads the figures. */

import { assert, assertEquals } from "@std/assert";
import { Metrics } from "../../admin/metrics.ts";
import { leftOutWithout } from "../support/needs.ts";
import { Scene } from "./scene.ts";

const root = new URL("../../", import.meta.url).pathname;
const path = (name: string) => `${root}${name}`;

const ignore = leftOutWithout("promtool");

async function promtool(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("promtool", { args }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert(success, text);
  return text;
}

async function metricNames(): Promise<Set<string>> {
  const metrics = new Metrics();
  metrics.watch(new Scene().keeper, "1.2.3");
  const types = [...(await metrics.text()).matchAll(/^# TYPE (\w+) (\w+)/gm)];
  return new Set(
    types.flatMap(([, name, type]) =>
      type === "counter"
        ? [`${name}_total`]
        : type === "histogram"
        ? [`${name}_bucket`, `${name}_sum`, `${name}_count`]
        : [`${name}`]
    ),
  );
}

Deno.test(
  { name: "promtool: the rules are valid, and fire when they should", ignore },
  async () => {
    await promtool("check", "rules", path("docs/prometheus-alerts.yml"));
    await promtool("test", "rules", path("tests/admin/prometheus_alerts_test.yml"));
  },
);

Deno.test({ name: "promtool: every query of the dashboard is valid", ignore }, async () => {
  const dashboard = JSON.parse(await Deno.readTextFile(path("docs/grafana.json")));
  const queries: string[] = dashboard.panels.flatMap((panel: { targets: { expr: string }[] }) =>
    panel.targets.map(({ expr }) => expr)
  );
  assert(queries.length > 15);
  const rules = queries.map((query, index) => ({
    record: `query:${index}`,
    expr: query.replaceAll("$__rate_interval", "5m").replaceAll("$job", "roomkeeper")
      .replaceAll("$instance", ".+"),
  }));
  const file = await Deno.makeTempFile({ suffix: ".yml" });
  try {
    await Deno.writeTextFile(file, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    await promtool("check", "rules", file);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("rules and dashboard use metrics that there are", async () => {
  const names = await metricNames();
  for (const file of ["docs/prometheus-alerts.yml", "docs/grafana.json"]) {
    const text = await Deno.readTextFile(path(file));
    const used = new Set(
      [...text.matchAll(/\b(?:roomkeeper|process)_\w+/g)].map(([name]) => name),
    );
    assertEquals([...used].filter((name) => !names.has(name)), [], file);
  }
});
