import { assert, assertEquals } from "@std/assert";
import { TextLineStream } from "@std/streams";
import { HomeServer } from "../../demo/home_server.ts";

const FOLDER = new URL("../../examples/", import.meta.url);

/** Starts an example with just these permissions. */
function example(name: string, flags: readonly string[], ...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...flags, new URL(name, FOLDER).pathname, ...args],
    env: { ROOMKEEPER_SECRET: "demo", NO_COLOR: "1" },
    stdout: "piped",
  }).spawn();
}

async function outcome(process: Deno.ChildProcess): Promise<{ code: number; lines: string[] }> {
  const { code, stdout } = await process.output();
  return { code, lines: new TextDecoder().decode(stdout).trim().split("\n") };
}

Deno.test("each example is short and has a test", () => {
  const names = [...Deno.readDirSync(FOLDER)].map(({ name }) => name);
  assertEquals(names.sort(), ["actors.ts", "keeper.ts", "xml.ts"]);
  for (const name of names) {
    const lines = Deno.readTextFileSync(new URL(name, FOLDER)).trim().split("\n");
    assert(lines.length <= 40, `${name} has ${lines.length} lines`);
  }
});

Deno.test("the actor system alone needs no permission", async () => {
  assertEquals(await outcome(example("actors.ts", [])), {
    code: 0,
    lines: [
      "error Actor /till failed: restarted with its state; the message is dropped",
      "in the till: 750",
    ],
  });
});

Deno.test("the XML core alone needs no permission", async () => {
  assertEquals(await outcome(example("xml.ts", [])), {
    code: 0,
    lines: [
      "<message to='ann@home.example'><body>You said: 1 &lt; 2 &amp; ☕</body></message>",
      "the stream ends: restricted-xml: a comment",
    ],
  });
});

Deno.test("the keeper connects with the permissions that it names, and stops at Ctrl-C", async () => {
  const home = new HomeServer({
    component: "keeper.home.example",
    secret: "demo",
    roomsPort: 1,
    delivered: () => {},
    linked: () => {},
  });
  const flags = ["--allow-net=127.0.0.1", "--allow-env=ROOMKEEPER_SECRET"];
  const process = example("keeper.ts", flags, `${home.port}`);
  const lines: ReadableStream<string> = process.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) {
    assertEquals(line, "keeping the users of home.example");
    process.kill("SIGINT");
  }
  assertEquals((await process.status).code, 0);
  home.close();
});
