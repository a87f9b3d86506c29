import { assertEquals } from "@std/assert";
import { configureSync, getLogger, type LogRecord, resetSync } from "@logtape/logtape";
import { logObserver } from "../../keeper/log_observer.ts";

Deno.test("3,000 domains in doubt after a restart are one line, and one each for who debugs", () => {
  const records: LogRecord[] = [];
  configureSync({
    sinks: { all: (record) => void records.push(record) },
    loggers: [
      { category: "test", sinks: ["all"], lowestLevel: "debug" },
      { category: ["logtape", "meta"], lowestLevel: "error" },
    ],
  });
  try {
    const timers: (() => void)[] = [];
    const observer = logObserver(getLogger(["test"]), () => 0, (_ms, run) => {
      timers.splice(0, 1, run);
      return () => timers.splice(0);
    });
    for (let n = 0; n < 3_000; n++) {
      const link = { host: "home.example", domain: `d${n}.example` };
      observer.reported!(link, { type: "loss", cause: "restart", joins: 2 });
    }
    timers.forEach((fire) => fire());
    observer.stopped!();
    assertEquals(records.filter(({ level }) => level === "debug").length, 3_000);
    assertEquals(
      records.filter(({ level }) => level === "info").map(({ properties }) => properties),
      [{ event: "restart-losses", domains: 3_000, joins: 6_000 }],
    );
  } finally {
    resetSync();
  }
});
