import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { main } from "../../cli/main.ts";
import { parseConfig } from "../../config/load.ts";
import { FakeTerminal } from "./fake_terminal.ts";

/** Runs `roomkeeper init` in a folder of its own. */
async function init(
  flags: readonly string[],
  answers: readonly string[] | undefined,
  check: (
    result: { code: number; terminal: FakeTerminal; path: (name: string) => string },
  ) => void | Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "roomkeeper-init-" });
  const path = (name: string) => join(folder, name);
  try {
    const terminal = new FakeTerminal(answers);
    await check({ code: await again(path, flags, terminal), terminal, path });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function again(
  path: (name: string) => string,
  flags: readonly string[],
  terminal = new FakeTerminal(),
): Promise<number> {
  const none = () => Promise.reject(new Error("not this command"));
  const args = ["init", "--output", path("roomkeeper.toml"), ...flags];
  return main(args, { run: none, check: none, demo: none, status: none }, terminal);
}

function configOf(path: (name: string) => string) {
  return parseConfig(Deno.readTextFileSync(path("roomkeeper.toml")), {
    fileName: "roomkeeper.toml",
    env: () => undefined,
    readSecret: () => "",
  });
}

Deno.test("answers become a configuration and the server's lines, with one new secret", async () => {
  const answers = ["ejabberd", "home.example, Chat.example", "", "::1", "5348", "stock"];
  await init([], answers, ({ code, terminal, path }) => {
    assertEquals(code, 0, terminal.err);
    const { server } = configOf(path);
    assertEquals(server.watch, ["home.example", "chat.example"]);
    assertEquals(
      [server.domain, server.host, server.port, server.feed],
      ["keeper.home.example", "::1", 5348, "stock"],
    );
    assertMatch(server.secret.reveal(), /^[\w-]{32}$/);
    const lines = Deno.readTextFileSync(path("roomkeeper.ejabberd.yml"));
    assertStringIncludes(lines, `password: "${server.secret.reveal()}"`);
    assertStringIncludes(lines, "port: 5348");
    assertStringIncludes(terminal.out, "What is left:\n  1. ");
    assert(!terminal.out.includes(server.secret.reveal()));
  });
});

Deno.test("--store names the database; without it, it is beside the configuration", async () => {
  const flags = ["--watch", "home.example"];
  await init(flags, undefined, async ({ path }) => {
    assertEquals(configOf(path).store.path, "roomkeeper.sqlite");
    const store = "/var/lib/roomkeeper/roomkeeper.sqlite";
    assertEquals(await again(path, [...flags, "--force", "--store", store]), 0);
    assertEquals(configOf(path).store.path, store);
  });
});

Deno.test("the next command is told as it must be typed", async () => {
  await init(["--watch", "home.example"], undefined, ({ terminal, path }) => {
    // The tests run from source, with deno or with npx.
    assertMatch(
      terminal.out,
      /Try it: (deno|npx --yes deno@[\d.]+) task roomkeeper check --config /,
    );
    assertStringIncludes(terminal.out, `check --config ${path("roomkeeper.toml")}`);
  });
});

Deno.test("both files can be read by their owner alone", async () => {
  await init(["--watch", "home.example"], undefined, ({ path }) => {
    for (const name of ["roomkeeper.toml", "roomkeeper.prosody.cfg.lua"]) {
      assertEquals(Deno.statSync(path(name)).mode! & 0o777, 0o600);
    }
  });
});

Deno.test("what flags tell is not asked", async () => {
  const flags =
    "--server prosody --watch home.example --watch=b.example --host 127.0.0.1 --port 5348";
  await init(flags.split(" "), ["rk.home.example", ""], ({ code, terminal, path }) => {
    assertEquals(code, 0, terminal.err);
    assertEquals(terminal.asked.map(([, suggestion]) => suggestion), [
      "keeper.home.example",
      "plugin",
    ]);
    const { domain, watch, port } = configOf(path).server;
    assertEquals([domain, watch, port], ["rk.home.example", ["home.example", "b.example"], 5348]);
  });
});

Deno.test("an answer that makes no sense is explained and asked again", async () => {
  const answers = [
    "openfire",
    "prosody",
    "",
    "a b@c",
    "home.example",
    "home.example",
    "",
    "",
    "0",
    "",
  ];
  await init([], [...answers, ""], ({ code, terminal }) => {
    assertEquals(code, 0, terminal.err);
    for (
      const why of [
        "It must be prosody or ejabberd.",
        "It needs at least one host",
        "with no @ and no /",
        "not the host home.example",
        "whole number from 1 to 65535",
      ]
    ) assertStringIncludes(terminal.err, why);
  });
});

Deno.test("without a terminal nothing is asked and a missing host is told", async () => {
  await init([], undefined, ({ code, terminal, path }) => {
    assertEquals(code, 2);
    assertStringIncludes(terminal.err, "--watch needs at least one host");
    assertEquals([...Deno.readDirSync(path(""))], []);
  });
});

Deno.test("a flag that makes no sense is refused", async () => {
  const flags = ["--watch", "home.example", "--domain", "home.example"];
  await init(flags, undefined, ({ code, terminal }) => {
    assertEquals(code, 2);
    assertStringIncludes(terminal.err, "--domain must be a domain of its own");
  });
});

Deno.test("if the input ends nothing is written", async () => {
  await init([], ["prosody", "home.example"], ({ code, terminal, path }) => {
    assertEquals(code, 1);
    assertStringIncludes(terminal.err, "nothing was written");
    assertEquals([...Deno.readDirSync(path(""))], []);
  });
});

Deno.test("files that are there stay untouched, but for --force", async () => {
  await init(["--watch", "home.example"], undefined, async ({ path }) => {
    Deno.chmodSync(path("roomkeeper.toml"), 0o644);
    const secret = configOf(path).server.secret.reveal();
    const terminal = new FakeTerminal();
    assertEquals(await again(path, ["--watch", "other.example"], terminal), 1);
    assertStringIncludes(terminal.err, "are there already; --force overwrites");
    assertEquals(configOf(path).server.secret.reveal(), secret);

    assertEquals(await again(path, ["--watch", "other.example", "--force"]), 0);
    assertEquals(configOf(path).server.watch, ["other.example"]);
    assert(configOf(path).server.secret.reveal() !== secret);
    assertEquals(Deno.statSync(path("roomkeeper.toml")).mode! & 0o777, 0o600);
  });
});

Deno.test("gateways get lines of their own; what is no domain is refused", async () => {
  const flags = ["--watch", "home.example", "--gateways", "phones.example"];
  await init(flags, undefined, ({ code, terminal, path }) => {
    assertEquals(code, 0, terminal.err);
    assertStringIncludes(
      Deno.readTextFileSync(path("roomkeeper.prosody.cfg.lua")),
      'roomkeeper_gateways = { "phones.example" }',
    );
  });
  await init([...flags, "--gateways", "a@b"], undefined, ({ code, terminal }) => {
    assertEquals(code, 2);
    assertStringIncludes(terminal.err, "--gateways");
  });
});
