import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { getLogger, resetSync } from "@logtape/logtape";
import { type LoggingOptions, setUpLogging } from "../../cli/logging.ts";
import { Secret } from "../../config/secret.ts";

const SECRET = 'Sesam"e-9f2c';

/** The lines that `body` logs. */
function capture(
  options: Partial<LoggingOptions>,
  body: (log: ReturnType<typeof getLogger>) => void,
): string[] {
  const lines: string[] = [];
  setUpLogging({
    level: "info",
    format: "auto",
    terminal: false,
    noColor: true,
    secrets: [new Secret(SECRET), undefined],
    write: (line) => lines.push(line),
    ...options,
  });
  try {
    body(getLogger(["roomkeeper", "component"]));
  } finally {
    resetSync();
  }
  return lines;
}

Deno.test("without a terminal each line is a JSON object with its fields", () => {
  const [line] = capture({}, (log) => log.info("Connected", { host: "127.0.0.1", port: 5347 }));
  const { level, message, logger, properties } = JSON.parse(line!);
  assertEquals({ level, message, logger, properties }, {
    level: "INFO",
    message: "Connected",
    logger: "roomkeeper.component",
    properties: { host: "127.0.0.1", port: 5347 },
  });
});

Deno.test("on a terminal each line is for people, with colours unless they are unwanted", () => {
  const say = (log: ReturnType<typeof getLogger>) =>
    log.warn("Lost the link to {domain}", { domain: "rooms.example", reason: "cut off", joins: 3 });
  const [plain] = capture({ terminal: true }, say);
  assertMatch(
    plain!,
    /^\d\d:\d\d:\d\d\.\d{3} \[WRN\] component: Lost the link to rooms.example reason="cut off" joins=3\n$/,
  );
  const [coloured] = capture({ terminal: true, noColor: false }, say);
  assertStringIncludes(coloured!, "\x1b[");
  assert(!plain!.includes("\x1b["));
});

Deno.test("the format can be chosen, colours only go to terminals", () => {
  const say = (log: ReturnType<typeof getLogger>) => log.info("Hello");
  assertEquals(JSON.parse(capture({ terminal: true, format: "json" }, say)[0]!).message, "Hello");
  const [text] = capture({ format: "text", noColor: false }, say);
  assertMatch(text!, /^\S+ \[INF\] component: Hello\n$/);
});

Deno.test("what is below the level is not logged", () => {
  const lines = capture({ level: "warning" }, (log) => {
    log.info("no");
    log.warn("yes");
  });
  assertEquals(lines.length, 1);
});

Deno.test("the secret is never printed, wherever it is", () => {
  for (const terminal of [false, true]) {
    const lines = capture({ terminal }, (log) => {
      log.info(`It is ${SECRET}`);
      log.info("It is {it}", { it: SECRET });
      log.info("Nested", { config: { secret: SECRET, wrapped: new Secret(SECRET) } });
      log.error("Failed", { error: new Error(`bad ${SECRET}`) });
    });
    assertEquals(lines.length, 4);
    for (const line of lines) {
      assert(!line.includes("Sesam"), line);
      assertStringIncludes(line, "[secret]");
    }
  }
});

Deno.test("text from the network can't forge lines or steer the terminal", () => {
  const evil = "x\r\n00:00:00 [INF] forged\x1b[2J\x9b1m\u202e";
  for (const terminal of [false, true]) {
    const lines = capture({ terminal }, (log) => log.info("From {who}", { who: evil, nick: evil }));
    assertEquals(lines.length, 1);
    assertMatch(lines[0]!, /^[^\p{Cc}]*\n$/u);
  }
});

Deno.test("an error shows its message and where it was thrown", () => {
  const error = new TypeError("it broke");
  const [line] = capture({ terminal: true }, (log) => log.error("Restarted", { error }));
  assertStringIncludes(line!, 'Restarted error="TypeError: it broke"\n    at ');
});

Deno.test("an expected failure has no stack, a defect has one, also behind a failure", () => {
  class Refused extends Error {
    override readonly name = "Refused";
  }
  const say = (cause?: Error) => (log: ReturnType<typeof getLogger>) =>
    log.warn("{error}. Trying again", {
      error: "Nobody listens",
      cause: new Refused("no", { cause }),
    });
  for (const terminal of [true, false]) {
    const [expected] = capture({ terminal }, say());
    assert(!/\n? +at |stack/.test(expected!.trimEnd()), expected);
    assertStringIncludes(expected!, "Nobody listens. Trying again");
    const [defect] = capture({ terminal }, say(new TypeError("it broke")));
    assertStringIncludes(defect!, "logging_test.ts");
  }
});

Deno.test("what is not known is not told, and numbers are round and without quotes", () => {
  const say = (log: ReturnType<typeof getLogger>) =>
    log.info("Roomkeeper {version} took {took} ms, of {user}", {
      event: "start",
      version: "1.2.3",
      took: 17.123456,
      user: "An n",
      cause: undefined,
      upMs: 0.123,
    });
  const [text] = capture({ terminal: true }, say);
  assertMatch(text!, /component: Roomkeeper 1\.2\.3 took 17\.1 ms, of "An n" upMs=0\.1\n$/);
  const { message, properties } = JSON.parse(capture({}, say)[0]!);
  assertEquals(message, 'Roomkeeper 1.2.3 took 17.1 ms, of "An n"');
  assertEquals(properties, {
    event: "start",
    version: "1.2.3",
    took: 17.1,
    user: "An n",
    upMs: 0.1,
  });
});

Deno.test("what the message tells is not told again", () => {
  const [line] = capture({ terminal: true }, (log) => {
    const server = "127.0.0.1:5347";
    log.info(`Connected to ${server}`, { event: "connected", server, domain: "k.example" });
  });
  assertMatch(line!, /Connected to 127\.0\.0\.1:5347 domain=k\.example\n$/);
});

Deno.test("a short secret is masked where it is a word, not inside other words", () => {
  for (const terminal of [false, true]) {
    const [line] = capture({ terminal, secrets: [new Secret("room")] }, (log) => {
      log.info("Rooms: {room}", { room: "rooms.example", given: "room", from: "a@room" });
    });
    assertStringIncludes(line!, "rooms.example");
    assertStringIncludes(line!, "a@[secret]");
    assertEquals(line!.match(/\[secret\]/g)?.length, 2);
    if (!terminal) assertEquals(JSON.parse(line!).properties.room, "rooms.example");
  }
});
