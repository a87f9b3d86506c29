import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { commandNames, makeCommand } from "../../cli/commands.ts";
import { main, type ProgramHandlers } from "../../cli/main.ts";
import { VERSION } from "../../cli/version.ts";
import { ConfigError, ConfigFileError } from "../../config/problem.ts";
import { FakeTerminal } from "./fake_terminal.ts";

const unexpected = () => Promise.reject(new Error("this command was not given"));

/** Runs a command line with these handlers. */
async function run(args: readonly string[], handlers: Partial<ProgramHandlers> = {}) {
  const terminal = new FakeTerminal();
  const none = { run: unexpected, check: unexpected, demo: unexpected, status: unexpected };
  const code = await main(args, { ...none, ...handlers }, terminal);
  return { code, out: terminal.out, err: terminal.err };
}

Deno.test("a command gets its flags, and its exit code is the program's", async () => {
  const { code, out } = await run(["run", "-c", "keeper.toml"], {
    run: () =>
      Promise.resolve(({ config }, terminal) => {
        terminal.print(`read ${config}`);
        return Promise.resolve(7);
      }),
  });
  assertEquals([code, out], [7, "read keeper.toml\n"]);
});

Deno.test("a wrong command line exits with 2 and points to the right help", async () => {
  const { code, out, err } = await run(["run", "--confg", "x"]);
  assertEquals([code, out], [2, ""]);
  assertStringIncludes(err, "did you mean --config?");
  assertMatch(err, /^Try: .*deno(@\S+)? task roomkeeper run --help$/m);
  assertMatch((await run(["rnu"])).err, /^Try: .* task roomkeeper --help$/m);
  assertEquals((await run(["help", "rnu"])).code, 2);
});

Deno.test("without a command the help goes to standard error, and it exits with 2", async () => {
  const { code, out, err } = await run([]);
  assertEquals([code, out], [2, ""]);
  assertStringIncludes(err, "Commands:");
});

Deno.test("a wrong configuration exits with 2, another failure with 1, each with its message", async () => {
  const failing = (error: Error) => run(["run"], { run: () => Promise.reject(error) });
  const problem = { line: 3, column: 1, message: "unknown section [x]" };
  const wrong = await failing(new ConfigError("a.toml", [problem]));
  assertEquals([wrong.code, wrong.err], [2, "a.toml:3:1: unknown section [x]\n"]);
  const missing = await failing(new ConfigFileError("a.toml is not there"));
  assertEquals([missing.code, missing.err], [2, "roomkeeper: a.toml is not there\n"]);
  const refused = await failing(new Error("the server refused the secret"));
  assertEquals([refused.code, refused.err], [1, "roomkeeper: the server refused the secret\n"]);
});

Deno.test("a command without handler is as if it didn't exist", async () => {
  const terminal = new FakeTerminal();
  assertEquals(await main(["status"], {}, terminal), 2);
  assertEquals(await main(["help"], {}, terminal), 0);
  assertStringIncludes(terminal.err, "unknown command 'status'");
  assert(!terminal.out.includes("status"));
});

Deno.test("version tells its own", async () => {
  const { code, out } = await run(["version"]);
  assertEquals(code, 0);
  for (const flag of ["-v", "-V", "--version"]) assertEquals((await run([flag])).out, out);
  assertMatch(out, /^roomkeeper \d+\.\d+\.\d+ \(deno /);
  assertStringIncludes(out, VERSION);
});

Deno.test("the help names every command and exit code, and fits 80 columns", async () => {
  const { code, out } = await run(["--help"]);
  assertEquals(code, 0);
  for (const name of [...commandNames, "Exit codes:", "ROOMKEEPER_SECRET"]) {
    assertStringIncludes(out, name);
  }
  assert(out.split("\n").every((line) => line.length <= 80), out);
});

Deno.test("each command's help has its flags, examples and exit codes, and fits 80 columns", async () => {
  for (const name of commandNames) {
    const { code, out } = await run([name, "--help"]);
    assertEquals(code, 0);
    const flags = makeCommand(name).options.map(({ long }) => long!);
    const parts = [...flags, "Usage:", "Examples:", `roomkeeper ${name}`, "Exit codes:"];
    for (const part of parts) assertStringIncludes(out, part);
    assert(out.split("\n").every((line) => line.length <= 80), out);
  }
});
