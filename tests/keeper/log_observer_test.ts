import { assertEquals } from "@std/assert";
import { configureSync, getLogger, type LogRecord, resetSync } from "@logtape/logtape";
import { logObserver } from "../../keeper/log_observer.ts";

Deno.test("2,000 flaps of links are a bounded number of lines, all of them only for who debugs", () => {
  const records: LogRecord[] = [];
  configureSync({
    sinks: { all: (record) => records.push(record) },
    loggers: [
      { category: "test", sinks: ["all"], lowestLevel: "debug" },
      { category: ["logtape", "meta"], lowestLevel: "error" },
    ],
  });
  try {
    let now = 0;
    const observer = logObserver(getLogger(["test"]), () => now);
    for (let n = 0; n < 2_000; n++) {
      // Half of them of one link, each of the others of another one.
      const link = { host: "home.example", domain: n % 2 ? "rooms.example" : `d${n}.example` };
      observer.reported!(link, { type: "loss", cause: "link-down", joins: 2 });
      observer.reported!(link, { type: "unreached", attempt: 1, until: 9 });
      observer.reported!(link, { type: "reachable", unverified: 2 });
      observer.reported!(link, { type: "settled", after: 1 });
      now += 1;
    }
    const count = (event: string, level: string) =>
      records.filter((record) => record.level === level && record.properties["event"] === event)
        .length;
    for (const event of ["loss", "unreached", "reachable", "settled"]) {
      assertEquals([event, count(event, "info")], [event, 20]);
      assertEquals([event, count(event, "debug")], [event, 1_980]);
    }
    now += 60_000;
    observer.reported!({ host: "home.example", domain: "rooms.example" }, {
      type: "loss",
      cause: "link-down",
      joins: 2,
    });
    assertEquals([records.at(-1)!.level, records.at(-1)!.properties["suppressed"]], [
      "info",
      1_980,
    ]);
    observer.stopped!();
  } finally {
    resetSync();
  }
});

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
