/** `roomkeeper status`, against the pages' server at a real port. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { type HttpOptions, serveAdmin } from "../../admin/http.ts";
import { overview } from "../../admin/overview.ts";
import { atOnce } from "../../admin/sliced.ts";
import { type DomainRow, domainRows } from "../../admin/rows.ts";
import { status, StatusError } from "../../cli/status.ts";
import { statusText } from "../../cli/status_text.ts";
import { FULL_STORE, HOST, RECOVERING, Scene, STORE } from "../admin/scene.ts";
import { FakeTerminal } from "./fake_terminal.ts";

/** A configuration file for a server with these lines under [http]. */
async function withConfig(http: string, body: (config: string) => Promise<void>): Promise<void> {
  const config = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    await Deno.writeTextFile(
      config,
      `[server]\ndomain = "keeper.home.example"\nsecret = "x"\nwatch = ["home.example"]\n` +
        `[http]\n${http}\n`,
    );
    await body(config);
  } finally {
    await Deno.remove(config);
  }
}

function serve(scene: Scene, options: Partial<HttpOptions> = {}) {
  const { keeper, history, metrics } = scene;
  return serveAdmin({ hostname: "127.0.0.1", port: 0 }, {
    keeper,
    history,
    metrics,
    version: "1.2.3",
    now: () => scene.now,
    ...options,
  });
}

async function printed(config: string, flags = {}): Promise<string> {
  const terminal = new FakeTerminal();
  assertEquals(await status({ config, ...flags }, terminal), 0);
  return terminal.out;
}

Deno.test("status asks with the token of the configuration, and prints what it is told", async () => {
  const scene = new Scene();
  scene.join("rooms.example", 4, 2);
  await using server = serve(scene, { token: "open-sesame" });
  const listen = `listen = "127.0.0.1:${server.address.port}"`;
  await withConfig(`${listen}\ntoken = "open-sesame"`, async (config) => {
    const text = await printed(config);
    assertStringIncludes(text, "4 joins of 4 sessions in 1 domain: 1 up");
    assert(!text.includes("\x1b"), "no colours where there is no terminal");
    const { rows } = JSON.parse(await printed(config, { json: true }));
    assertEquals([rows[0].domain, rows[0].rooms], ["rooms.example", 2]);
  });
  await withConfig(`${listen}\ntoken = "another"`, async (config) => {
    await assertRejects(() => printed(config), StatusError, "wants another token");
  });
});

Deno.test("status --watch goes on until Roomkeeper stops; as JSON it is a line for each change", async () => {
  const scene = new Scene();
  scene.join("rooms.example", 1);
  const server = serve(scene);
  await withConfig(`listen = "127.0.0.1:${server.address.port}"`, async (config) => {
    const terminal = new FakeTerminal();
    const seen: number[] = [];
    terminal.print = (text) => {
      seen.push(JSON.parse(text).rows[0].joins);
      if (seen.length === 1) scene.join("rooms.example", 2);
      else server[Symbol.asyncDispose]();
    };
    const watching = Promise.resolve(status({ config, watch: true, json: true }, terminal));
    await assertRejects(() => watching, StatusError, "has stopped");
    assertEquals(seen, [1, 2]);
  });
});

Deno.test("status says what to do when nobody answers, or nobody can", async () => {
  await withConfig("", async (config) => {
    await assertRejects(() => printed(config), StatusError, 'set listen = "127.0.0.1:9090"');
  });
  const gone = serve(new Scene());
  await gone[Symbol.asyncDispose]();
  await withConfig(`listen = "127.0.0.1:${gone.address.port}"`, async (config) => {
    await assertRejects(() => printed(config), StatusError, "is Roomkeeper running?");
  });
});

/** The text about a scene. */
function text(
  scene: Scene,
  options: {
    colour?: boolean;
    columns?: number;
    size?: number;
    change?: (row: DomainRow) => DomainRow;
  } = {},
) {
  const { colour = false, size = 500, change = (row) => row, ...rest } = options;
  const query = { search: "", sort: "trouble", reverse: false, page: 1, size } as const;
  const { keeper, history, now } = scene;
  const page = atOnce(domainRows(keeper, history, query, now));
  const view = {
    overview: atOnce(overview(keeper, history, "1.2.3", now)),
    ...page,
    rows: page.rows.map(change),
  };
  return statusText(view, { now, colour, ...rest });
}

Deno.test("the table tells trouble first, with a bar while rooms are asked", () => {
  const scene = new Scene();
  scene.join("calm.example", 9);
  scene.join("rooms.example", 20, 2);
  scene.lose("rooms.example");
  scene.verify("rooms.example", { most: 10 });
  const lines = text(scene).split("\n");
  const table = lines.slice(lines.findIndex((line) => line.startsWith("DOMAIN")));
  assert(/^rooms\.example +down +20 +2 .*#####\.\.\.\.\. 10\/20$/.test(table[1]!), table[1]);
  assert(/^calm\.example +up +9 +1 +- /.test(table[2]!), table[2]);
});

Deno.test("who comes back, who is back and how fast, and the last who is not: in words", () => {
  const scene = new Scene();
  scene.domain("rooms.example", RECOVERING);
  scene.join("rooms.example", 20, 2);
  scene.lose("rooms.example");
  scene.verify("rooms.example", { gone: 2 });
  assertStringIncludes(text(scene), "1 domain being verified, 4 users being brought back");
  assertMatch(text(scene), /^rooms\.example .*4 coming back$/m);
  assert(!text(scene).includes("Last rejoin that failed"));
  scene.bringBack("rooms.example", { refused: 1, seconds: 6 });
  assertMatch(
    text(scene),
    /^So far 16 found still in, 3 brought back \(out for \d+ s, median\), 1 notified/m,
  );
  assertMatch(
    text(scene),
    /^Last rejoin that failed: room0@rooms\.example, \d+ s ago: the user is banned; the client/m,
  );
});

Deno.test("a plugin that is out of date stands out", () => {
  const scene = new Scene();
  assert(!text(scene).includes("out of date"));
  scene.keeper.hosts = [{ host: HOST, state: "synced", software: "prosody", takesRequests: false }];
  assertStringIncludes(
    text(scene, { colour: true }),
    "\x1b[33mThe plugin of home.example (prosody)",
  );
});

Deno.test("no line is wider than the terminal, and colours are only asked for", () => {
  const scene = new Scene();
  scene.join(`${"very-long-name-of-a-".repeat(5)}domain.example`, 3);
  for (let n = 0; n < 9; n++) scene.join(`rooms${n}.example`, 3);
  scene.keeper.paused = true;
  scene.keeper.store = FULL_STORE;
  const narrow = text(scene, { columns: 72, size: 5 }).split("\n");
  const table = narrow.slice(narrow.findIndex((line) => line.startsWith("DOMAIN")));
  assert(narrow.every((line) => line.length <= 72), narrow.join("\n"));
  const [summary] = narrow.join(" ").split("DOMAIN");
  assertStringIncludes(summary!, "no space is left on the disk. Make some. Until then joins are");
  assertStringIncludes(table.join("\n"), "… and 5 more domains");
  assertStringIncludes(narrow.join("\n"), "Rejoins and notices are held back, for 0 users so far");
  assert(!text(scene).includes("\x1b"));
  assert(text(scene, { colour: true }).includes("\x1b["));
});

Deno.test("the store is told about; one that fails in red above the figures, with what to do", () => {
  const scene = new Scene();
  const line = () => text(scene).split("\n").find((line) => line.startsWith("Store: "));
  assertEquals(line(), "Store: ok, 1.2 MB, 3 changes to be written, slowest write 42 ms");
  scene.keeper.store = { ...STORE, bytes: 900, pending: 1, setAside: 1, failures: 1 };
  assertEquals(
    line(),
    "Store: ok, 900 bytes, 1 change to be written, slowest write 42 ms, 1 failure, " +
      "1 damaged file set aside",
  );
  scene.keeper.store = FULL_STORE;
  assertStringIncludes(line() ?? "", "Store: failing (full), ");
  const [, second] = text(scene, { colour: true }).split("\n");
  assertStringIncludes(second!, "\x1b[31mThe store can't be written. Cannot use the store /var/");
  assertStringIncludes(second!, "no space is left on the disk. Make some. Until then joins");
  scene.keeper.store = undefined;
  assertEquals(line(), "Store: none, joins are kept in memory only");
});

Deno.test("one is one, and a domain where nobody is any more is told in words", () => {
  const scene = new Scene();
  scene.join("rooms.example", 1);
  assertStringIncludes(text(scene), "1 join of 1 session in 1 domain: 1 up");
  const gone = { change: (row: DomainRow) => ({ ...row, link: "unwatched" as const, joins: 0 }) };
  assertMatch(text(scene, gone), /^rooms\.example +nobody there +0 /m);
});

Deno.test("a name from outside can't move the cursor", () => {
  const scene = new Scene();
  scene.join("\x1b[2Jrooms.example", 1);
  assert(!text(scene).includes("\x1b"));
});
