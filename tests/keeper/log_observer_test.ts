import { assertEquals } from "@std/assert";
import { configureSync, getLogger, type LogRecord, resetSync } from "@logtape/logtape";
import { logObserver } from "../../keeper/log_observer.ts";

Deno.test("3,000 domains in doubt after a restart are one line, and one each for who debugs", async () => {
  const summedUp = Promise.withResolvers<void>();
  const records: LogRecord[] = [];
  configureSync({
    sinks: {
      all: (record) => {
        records.push(record);
        if (record.level === "info") summedUp.resolve();
      },
    },
    loggers: [
      { category: "test", sinks: ["all"], lowestLevel: "debug" },
      { category: ["logtape", "meta"], lowestLevel: "error" },
    ],
  });
  try {
    const observer = logObserver(getLogger(["test"]), () => 0);
    for (let n = 0; n < 3_000; n++) {
      const link = { host: "home.example", domain: `d${n}.example` };
      observer.reported!(link, { type: "loss", cause: "restart", joins: 2 });
    }
    await summedUp.promise;
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
