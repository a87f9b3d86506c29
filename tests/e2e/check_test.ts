/**
 * `roomkeeper check` and `roomkeeper init` against real servers: what check finds missing is what
 * is missing, and what init writes is enough.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "./support/client.ts";
import { type Outcome, roomkeeper } from "./support/command.ts";
import { Ejabberd } from "./support/ejabberd.ts";
import { ejabberdHome, KEEPER } from "./support/ejabberd_home.ts";
import { lua, PASSWORD, Prosody } from "./support/prosody.ts";
import { prosodyHome } from "./support/prosody_home.ts";

const HOST = "home.example";
const PLUGIN_FOLDER = join(import.meta.dirname!, "../../servers/prosody");
const FEEDS = ["plugin", "stock"] as const;

type Home = Prosody | Ejabberd;
type Feed = typeof FEEDS[number];

/** A folder with a configuration for one server. */
class Folder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "roomkeeper-check-" });

  /** Writes `roomkeeper.toml`. */
  configure(home: Home, options: { feed?: Feed; secret?: string; watch?: string } = {}): void {
    const { feed = "plugin", secret = PASSWORD, watch = HOST } = options;
    const lines = { host: home.ip, domain: KEEPER, watch: [watch], feed, secret };
    const text = Object.entries(lines).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
    const path = join(this.path, "roomkeeper.toml");
    Deno.writeTextFileSync(path, `[server]\n${text.join("\n")}\n`, { mode: 0o600 });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Configures and checks. */
async function check(home: Home, options?: Parameters<Folder["configure"]>[1]): Promise<Outcome> {
  using folder = new Folder();
  folder.configure(home, options);
  return await roomkeeper(folder.path, home.ip, "check");
}

/** Sends messages to herself until the work is done: mod_service_log copies only such things. */
async function whileSomebodyTalks<T>(home: Home, work: Promise<T>): Promise<T> {
  const jid = `alice@${HOST}/phone`;
  await using alice = await Client.connect({ jid, ip: home.ip });
  let done = false;
  const talking = (async () => {
    while (!done) {
      await alice.sendRaw(`<message to='${jid}' type='chat'><body>hello</body></message>`);
      await delay(200);
    }
  })();
  try {
    return await work;
  } finally {
    done = true;
    await talking;
  }
}

const passed = (found: string) => `\nok    the ${found}\n\nRoomkeeper can work with this server.\n`;

/** Asserts that check failed with this message, and shows no secret. */
function assertFails({ code, output }: Outcome, ...texts: string[]): void {
  assertEquals(code, 1, output);
  for (const text of texts) assertStringIncludes(output, text);
  assertEquals(output.match(/^FAIL/gm)?.length, 1, output);
  assert(!output.includes(PASSWORD + '"'), output);
}

const PROSODY_COMPONENT = `Component "${KEEPER}"
    component_secret = "(the secret that roomkeeper.toml has)"
    validate_from_addresses = false
`;
const NEEDED = {
  prosody: {
    component: PROSODY_COMPONENT,
    plugin: `VirtualHost "${HOST}"
    modules_enabled = { "roomkeeper" }
    roomkeeper_component = "${KEEPER}"
`,
    stock: `VirtualHost "${HOST}"
    modules_enabled = { "firewall" }
    firewall_scripts = { "/etc/prosody/roomkeeper.pfw" }
`,
  },
  ejabberd: {
    component: "check_from: false",
    plugin: `modules:\n  mod_roomkeeper:\n    component: "${KEEPER}"\n`,
    stock: `modules:\n  mod_service_log:\n    loggers:\n      - "${KEEPER}"\n`,
  },
} as const;
const MAKERS = { prosody: prosodyHome, ejabberd: ejabberdHome } as const;
const NAMES = { prosody: "Prosody", ejabberd: "ejabberd 2" } as const;

for (const software of ["prosody", "ejabberd"] as const) {
  Deno.test(`check: ${software} with the plugin`, async () => {
    await using home: Home = MAKERS[software]({ feed: "plugin" });
    await home.start();
    const { code, output } = await check(home);
    assertEquals(code, 0, output);
    assertStringIncludes(output, `ok    ${HOST} is there: ${NAMES[software]}`);
    assertStringIncludes(output, passed(`plugin feed of ${HOST} works: mod_roomkeeper answers`));

    assertFails(await check(home, { secret: "another" }), "the shared secret is wrong");
    assertFails(await check(home, { watch: "nowhere.example" }), "nowhere.example is no host");
    assertFails(await check(home, { feed: "stock" }), 'set [server] feed = "plugin"');
  });

  Deno.test(`check: ${software} with the stock feed`, async () => {
    await using home: Home = MAKERS[software]({ feed: "stock" });
    await home.start();
    const checking = check(home, { feed: "stock" });
    const { code, output } = await whileSomebodyTalks(home, checking);
    assertEquals(code, 0, output);
    assertStringIncludes(output, `\nok    the stock feed of ${HOST} works: a copy came\n`);
    assertMatch(
      output,
      /\nok {4}looks for lost domains as keeper\.home\.example: its? .*DNS record/,
    );
    assert(output.endsWith("\n\nRoomkeeper can work with this server.\n"), output);
  });

  Deno.test(`check: ${software} with no feed is told the lines of that feed alone`, async () => {
    await using home: Home = MAKERS[software]({ feed: "none" });
    await home.start();
    for (const feed of FEEDS) {
      const outcome = await check(home, { feed });
      assertFails(outcome, NEEDED[software][feed]);
      for (const part of ["component", feed === "plugin" ? "stock" : "plugin"] as const) {
        assert(!outcome.output.includes(NEEDED[software][part]), outcome.output);
      }
    }
  });
}

Deno.test("check: a component that may not send as users", async () => {
  await using prosody = new Prosody({
    name: "strict",
    hosts: `VirtualHost "${HOST}"\nComponent "${KEEPER}"\n  component_secret = "${PASSWORD}"\n`,
  });
  await prosody.start();
  assertFails(await check(prosody), "validate_from_addresses = false", "check_from: false");
  await using ejabberd = new Ejabberd({
    name: "strict",
    host: HOST,
    components: [KEEPER],
    service: { check_from: true },
  });
  await ejabberd.start();
  assertFails(await check(ejabberd), "validate_from_addresses = false", "check_from: false");
});

/** Has `init` write a configuration, and the server's lines beside it. */
async function init(
  folder: Folder,
  home: Home,
  server: keyof typeof MAKERS,
  feed: Feed,
  ...flags: string[]
): Promise<void> {
  const told = ["--server", server, "--watch", HOST, "--feed", feed, "--host", home.ip, ...flags];
  const { code, output } = await roomkeeper(folder.path, home.ip, "init", ...told);
  assertEquals(code, 0, output);
}

for (const feed of FEEDS) {
  Deno.test(`init: what it writes for Prosody, ${feed} feed, is enough`, async () => {
    using folder = new Folder();
    const file = join(folder.path, "roomkeeper.prosody.cfg.lua");
    await using home = new Prosody({
      name: "new",
      pluginPaths: [PLUGIN_FOLDER],
      hosts: `Include ${lua(file)}`,
    });
    await init(folder, home, "prosody", feed);
    // The script is where the operator put it.
    const script = home.path("roomkeeper.pfw");
    Deno.copyFileSync(join(PLUGIN_FOLDER, "roomkeeper.pfw"), script);
    const lines = Deno.readTextFileSync(file);
    Deno.writeTextFileSync(file, lines.replace("/etc/prosody/roomkeeper.pfw", script));
    await home.start();
    const listening = "Activated service 'component'";
    await home.log.until("its port for components", (line) => line.includes(listening));
    const { code, output } = await roomkeeper(folder.path, home.ip, "check");
    assertEquals(code, 0, output);
  });

  Deno.test(`init: what it writes for ejabberd, ${feed} feed, is enough`, async () => {
    using folder = new Folder();
    await using home = new Ejabberd({
      name: "new",
      host: HOST,
      users: [`alice@${HOST}`],
      plugin: feed === "plugin",
      options: { include_config_file: join(folder.path, "roomkeeper.ejabberd.yml") },
    });
    await init(folder, home, "ejabberd", feed, "--port", "5348");
    await home.start();
    const checking = roomkeeper(folder.path, home.ip, "check");
    const { code, output } = await whileSomebodyTalks(home, checking);
    assertEquals(code, 0, output);
  });
}
