import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseConfig } from "../../config/load.ts";
import { ConfigError } from "../../config/problem.ts";
import { schema } from "../../config/schema.ts";

const SECRET = "Sesame-9f2c";

interface Surroundings {
  readonly variables?: Record<string, string>;
  readonly files?: Record<string, string>;
  readonly fileName?: string;
}

function parse(text: string, around: Surroundings = {}) {
  return parseConfig(text, {
    fileName: around.fileName ?? "keeper.toml",
    env: (name) => around.variables?.[name],
    readSecret(path) {
      const content = around.files?.[path];
      if (content === undefined) throw new Deno.errors.NotFound(`${path} is not there`);
      return content;
    },
  });
}

/** The error's lines, without the file name. */
function problems(text: string, around: Surroundings = {}): string[] {
  const error = assertThrows(() => parse(text, around), ConfigError);
  assert(!error.message.includes(SECRET), `the secret is in: ${error.message}`);
  return error.message.split("\n").map((line: string) => line.replace(/^keeper\.toml:/, ""));
}

const SERVER = `[server]
domain = "keeper.home.example"
secret = "${SECRET}"
watch = ["home.example"]
`;

Deno.test("the least that is needed: a domain, a secret, a host to watch; the rest are defaults", () => {
  const config = parse(SERVER);
  assertEquals(config.server.secret.reveal(), SECRET);
  assertEquals(config.server.host, "127.0.0.1");
  assertEquals(config.server.port, 5347);
  assertEquals(config.server.watch, ["home.example"]);
  assertEquals(config.server.feed, "plugin");
  assertEquals(config.keeper, {
    recover: "rejoin",
    vanished: "notify",
    pingDelay: 1_000,
    settle: 3_000,
    pingTimeout: 30_000,
    giveUp: 86_400_000,
    unconfirmed: "notify",
    rejoinsPerSecond: 10,
    maxRejoinsPerSecond: 100,
    pingsPerSecond: 50,
    maxPingsPerSecond: 500,
    silence: 900_000,
    probe: "auto",
    retryDelay: 300_000,
    backoffMin: 1_000,
    backoffMax: 30_000,
    noticeStatuses: [330, 333],
    noticeReason: "Connection to remote server lost",
    maxJoinsPerUser: 1000,
  });
  assertEquals(config.store.path, "roomkeeper.sqlite");
  assertEquals(config.http, { listen: "", token: undefined, tokenFile: "", privacy: false });
});

Deno.test("a configuration is frozen", () => {
  const config = parse(SERVER);
  assert(Object.isFrozen(config) && Object.isFrozen(config.keeper));
  assert(Object.isFrozen(config.server.watch));
});

Deno.test("a configuration that is printed or serialized shows no secret", () => {
  const config = parse(SERVER + `[http]\ntoken = "${SECRET}"`);
  for (const shown of [Deno.inspect(config), JSON.stringify(config), `${config.server.secret}`]) {
    assert(!shown.includes(SECRET), shown);
  }
});

Deno.test("dotted keys and inline tables are sections too", () => {
  const dotted = `server.domain = "k.example"\nserver.secret = "x"\nserver.watch = ["h.example"]\n`;
  const inline = `server = { domain = "k.example", secret = "x", watch = ["h.example"] }\n`;
  assertEquals(parse(dotted).server.domain, "k.example");
  assertEquals(parse(inline).server.domain, "k.example");
});

Deno.test("domains come in normal form, lists without doubles", () => {
  const text = SERVER.replace(`["home.example"]`, `["Home.Example.", "home.example", "b.example"]`);
  assertEquals(parse(text).server.watch, ["home.example", "b.example"]);
});

Deno.test("durations are seconds, or a text with a unit", () => {
  const keeper = parse(`${SERVER}[keeper]
ping_delay = 1.5
ping_timeout = "90s"
give_up = "1h"
silence = 0
backoff_max = "2 m"
`).keeper;
  assertEquals(
    [keeper.pingDelay, keeper.pingTimeout, keeper.giveUp, keeper.silence, keeper.backoffMax],
    [1500, 90_000, 3_600_000, 0, 120_000],
  );
});

Deno.test("everything that is wrong is told at once, in the order of the file, with line and column", () => {
  const text = `[server]
domain = "keeper@home.example"
prot = 5347
secret = 12
watch = "home.example"
feed = "plugins"

[keper]
[keeper]
  ping_delay = "soon"
  ping_timeout = 0
  give_up = 0.5
  pings_per_second = 2.5
  level = "info"
[http]
privacy = "yes"
`;
  assertEquals(problems(text), [
    '2:10: domain must be a domain alone, with no @ and no /: it is "keeper@home.example"',
    '3:1: unknown option "prot" in [server]; did you mean "port"?',
    "4:10: secret must be a text in quotes",
    "5:9: watch must be a list of texts in [ ]",
    '6:8: feed must be "plugin" or "stock": it is "plugins"; did you mean "plugin"?',
    '8:1: unknown section [keper]; did you mean "keeper"?',
    '10:16: ping_delay must be a duration from 0s to 1h, such as 90 (seconds), "90s", "10m" or "1h"' +
    ': it is "soon"',
    '11:18: ping_timeout must be a duration from 1s to 10m, such as 90 (seconds), "90s", "10m" or ' +
    '"1h": it is 0',
    '12:13: give_up must be a duration 0 or from 1s to 30d, such as 90 (seconds), "90s", ' +
    '"10m" or "1h": it is 0.5',
    "13:22: pings_per_second must be a whole number from 1 to 1000: it is 2.5",
    '14:3: unknown option "level" in [keeper]; it belongs in [log]',
    '16:11: privacy must be true or false: it is "yes"',
  ]);
});

Deno.test("what is missing is told with an example", () => {
  assertEquals(problems("# nothing yet\n[server]\n"), [
    '2:1: [server] needs domain, such as domain = "keeper.home.example"',
    "2:1: [server] needs the secret: set secret, secret_file or ROOMKEEPER_SECRET",
    '2:1: [server] needs watch, such as watch = ["home.example"]',
  ]);
});

Deno.test("a syntax error has its place and its reason", () => {
  assertEquals(problems("[server]\nport = 53 47\n"), [
    "2:11: this is not TOML: must be a newline",
  ]);
  assertEquals(problems(`[server]\nport = 1\nport = 2\n`), [
    "3:1: this is not TOML: defining a key multiple times is invalid",
  ]);
});

Deno.test("a syntax error near the secret doesn't tell it", () => {
  problems(`[server]\nsecret = ${SECRET}\n`);
  problems(`[server]\nsecret = "${SECRET}\n`);
  problems(`[server]\nsecret = "${SECRET}" "x"\n`);
});

Deno.test("what is out of place is told where it belongs", () => {
  assertEquals(problems(`port = 1\n${SERVER}`), [
    '1:1: "port" is not in a section; it belongs in [server]',
  ]);
  assertEquals(problems(`${SERVER}port.number = 1`), [
    '5:1: unknown option "port.number" in [server]',
  ]);
  assertEquals(problems(`${SERVER}[keeper.pings]\ndelay = 1`), [
    "5:1: [keeper] has no sections inside: [keeper.pings]",
    '6:1: unknown option "pings.delay" in [keeper]; did you mean "ping_delay"?',
  ]);
  assertEquals(problems(`${SERVER}[[admin]]\njids = []`), [
    "5:1: [[admin]] is a list of tables, which has no meaning here; write [admin]",
  ]);
  assertEquals(problems(`sever.port = 1\n${SERVER}`), [
    '1:1: unknown section "sever"; did you mean "server"?',
  ]);
});

Deno.test("names of JavaScript's own are no options", () => {
  assertStringIncludes(problems(`${SERVER}constructor = 1`)[0]!, "unknown option");
  assertStringIncludes(problems(`${SERVER}[__proto__]`)[0]!, "unknown section");
});

Deno.test("the secret may be in a file, beside the configuration or elsewhere", () => {
  const text = SERVER.replace(/secret = .*/, `secret_file = "component.secret"`);
  const around = { fileName: "/etc/roomkeeper/keeper.toml" };
  const files = { "/etc/roomkeeper/component.secret": `${SECRET}\n` };
  assertEquals(parse(text, { ...around, files }).server.secret.reveal(), SECRET);
});

Deno.test("a file that doesn't hold one secret is refused", () => {
  const text = SERVER.replace(/secret = .*/, `secret_file = "component.secret"`);
  const [missing] = problems(text);
  assertStringIncludes(missing!, "3:1: secret_file can't be read");
  const [empty] = problems(text, { files: { "component.secret": "\n" } });
  assertStringIncludes(empty!, 'must hold exactly one line: "component.secret" is empty');
  const [more] = problems(text, { files: { "component.secret": `${SECRET}\nx` } });
  assertStringIncludes(more!, 'must hold exactly one line: "component.secret" has more');
});

Deno.test("the environment's secret wins over the file's", () => {
  const variables = { ROOMKEEPER_SECRET: "from outside" };
  assertEquals(parse(SERVER, { variables }).server.secret.reveal(), "from outside");
  const none = SERVER.replace(/secret = .*\n/, "");
  assertEquals(parse(none, { variables }).server.secret.reveal(), "from outside");
});

Deno.test("two secrets in one file are refused, an empty one is none", () => {
  assertEquals(problems(`${SERVER}secret_file = "component.secret"`), [
    "5:1: secret and secret_file are both set; keep one of them",
  ]);
  assertEquals(problems(SERVER.replace(SECRET, "")), ["3:10: secret must not be empty"]);
});

Deno.test("options that don't go together are refused", () => {
  assertEquals(problems(SERVER.replace(`["home`, `["keeper.home`)), [
    "4:1: watch must not have the component's own domain keeper.home.example in it",
  ]);
  assertEquals(problems(SERVER.replace(`"home.example"`, "")), [
    "4:1: watch must name at least one host",
  ]);
  assertEquals(problems(`${SERVER}[keeper]\nbackoff_min = 300`), [
    "6:1: backoff_min must not exceed backoff_max",
  ]);
});

Deno.test("beyond the loopback interface HTTP needs a token", () => {
  assertEquals(problems(`${SERVER}[http]\nlisten = "0.0.0.0:9090"`), [
    "6:1: listen is not a loopback address, so that anybody may come: set token or token_file too",
  ]);
  for (const listen of ["127.0.0.1:9090", "[::1]:9090", "localhost:9090"]) {
    assertEquals(parse(`${SERVER}[http]\nlisten = "${listen}"`).http.listen, listen);
  }
  const withToken = parse(`${SERVER}[http]\nlisten = "[::]:9090"\ntoken = "t"`);
  assertEquals(withToken.http.token?.reveal(), "t");
  const fromFile = `${SERVER}[http]\nlisten = "[::]:9090"\ntoken_file = "t"`;
  assertEquals(parse(fromFile, { files: { t: "u" } }).http.token?.reveal(), "u");
});

Deno.test("a token must be one that a header can carry", () => {
  const withToken = (token: string) => `${SERVER}[http]\ntoken = ${JSON.stringify(token)}`;
  for (const token of ["x", "a long random text", "~!@#$%^&*()"]) {
    assertEquals(parse(withToken(token)).http.token?.reveal(), token);
  }
  for (const token of [" x", "x ", "clé", "a\tb", "☂"]) {
    const [problem, ...others] = problems(withToken(token));
    assertStringIncludes(problem ?? "", "token can't be sent in a header");
    assertEquals([others, problem?.includes(token)], [[], false]);
  }
  const fromFile = `${SERVER}[http]\ntoken_file = "t"`;
  assertThrows(() => parse(fromFile, { files: { t: "x " } }), ConfigError, "token can't be sent");
});

Deno.test("hosts, listen addresses and admins must look like such", () => {
  const wrong = `${SERVER}host = "http://home"\n[http]\nlisten = "9090"\n[admin]
jids = ["admin@home.example", "home.example", "a@b/c", "@x"]`;
  const told = problems(wrong);
  assertStringIncludes(told[0]!, "5:8: host must be a host name or an IP address");
  assertStringIncludes(told[1]!, "7:10: listen must be an address and a port");
  assertEquals(told.slice(2).map((line) => line.slice(0, 10)), [
    "9:31: jids",
    "9:47: jids",
    "9:56: jids",
  ]);
});

Deno.test("the database stays where it is told, relative to the configuration", () => {
  const path = (text: string, fileName: string) => parse(SERVER + text, { fileName }).store.path;
  assertEquals(path("", "/etc/rk/keeper.toml"), "/etc/rk/roomkeeper.sqlite");
  assertEquals(path(`[store]\npath = ":memory:"`, "/etc/rk/keeper.toml"), ":memory:");
  assertEquals(path(`[store]\npath = ""`, "/etc/rk/keeper.toml"), "");
  assertEquals(path(`[store]\npath = "/var/lib/rk.db"`, "/etc/rk/keeper.toml"), "/var/lib/rk.db");
});

Deno.test("every default is in its own range", () => {
  for (const { options } of Object.values(schema)) {
    for (const option of Object.values(options)) {
      if (option.type !== "integer" && option.type !== "duration") continue;
      assert(option.default >= option.min && option.default <= option.max);
    }
  }
});
