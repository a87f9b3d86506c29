import { assertEquals } from "@std/assert";
import type { CommandName, Given } from "../../cli/commands.ts";
import { main, type ProgramHandlers } from "../../cli/main.ts";
import { FakeTerminal } from "./fake_terminal.ts";

/** What a command line makes of these arguments: a command with its flags, or what is said. */
async function read(...args: string[]) {
  const terminal = new FakeTerminal();
  let command: CommandName | undefined;
  let given: unknown;
  const take = <Name extends CommandName>(name: Name) => () =>
    Promise.resolve((flags: Given<Name>) => {
      [command, given] = [name, flags];
      return 0;
    });
  const handlers: ProgramHandlers = {
    run: take("run"),
    check: take("check"),
    demo: take("demo"),
    status: take("status"),
  };
  const code = await main(args, handlers, terminal);
  return { code, command, given, out: terminal.out, err: terminal.err };
}

/** Why a command line is refused. */
async function refusal(...args: string[]): Promise<string> {
  const { code, command, err } = await read(...args);
  assertEquals([code, command], [2, undefined]);
  return err.split("\n")[0]!;
}

Deno.test("flags have defaults, long and short names, and values after a space or =", async () => {
  assertEquals((await read("run")).given, { config: "roomkeeper.toml" });
  for (const args of [["--config", "a"], ["--config=a"], ["-c", "a"], ["-ca"]]) {
    assertEquals((await read("run", ...args)).given, { config: "a" });
  }
  assertEquals((await read("status", "-w")).given, { config: "roomkeeper.toml", watch: true });
});

Deno.test("help is found where people look for it", async () => {
  const help = async (...args: string[]) => {
    const { code, command, out, err } = await read(...args);
    assertEquals([code, command, err], [0, undefined, ""]);
    return out;
  };
  const run = await help("run", "--help");
  assertEquals(run.split("\n")[0], "Usage: roomkeeper run [options]");
  for (const args of [["help", "run"], ["run", "-h"], ["--help", "run"], ["-h", "run"]]) {
    assertEquals(await help(...args), run);
  }
  assertEquals(await help("run", "--bogus", "--help"), run);
  assertEquals(await help("help"), await help("--help"));
});

Deno.test("what is unknown is refused with what may have been meant", async () => {
  assertEquals(await refusal("rnu"), "roomkeeper: unknown command 'rnu'; did you mean run?");
  assertEquals(await refusal("help", "rnu"), await refusal("rnu"));
  assertEquals(await refusal("--help", "rnu"), await refusal("rnu"));
  assertEquals(await refusal("frobnicate"), "roomkeeper: unknown command 'frobnicate'");
  assertEquals(
    await refusal("run", "--confg=x"),
    "roomkeeper: unknown option '--confg=x'; did you mean --config?",
  );
  assertEquals(await refusal("demo", "-x"), "roomkeeper: unknown option '-x'");
  assertEquals(await refusal("run", "-v"), "roomkeeper: unknown option '-v'");
  assertEquals(
    await refusal("run", "keeper.toml"),
    "roomkeeper: too many arguments for 'run'. Expected 0 arguments but got 1: keeper.toml.",
  );
  assertEquals(await refusal("--config=x", "run"), "roomkeeper: unknown option '--config=x'");
  assertEquals(await refusal("constructor"), "roomkeeper: unknown command 'constructor'");
  assertEquals(
    await refusal("run", "--constructor"),
    "roomkeeper: unknown option '--constructor'",
  );
});

Deno.test("values that are missing, not wanted or wrong are refused", async () => {
  assertEquals(
    await refusal("run", "--config"),
    "roomkeeper: option '-c, --config <FILE>' argument missing",
  );
  assertEquals(await refusal("run", "-c"), await refusal("run", "--config"));
  for (const args of [["--config="], ["--config", "--json"]]) {
    assertEquals(
      await refusal("status", ...args),
      `roomkeeper: option '-c, --config <FILE>' argument '${args[1] ?? ""}' is invalid. ` +
        "Its value is missing.",
    );
  }
  assertEquals(await refusal("status", "--json=yes"), "roomkeeper: unknown option '--json=yes'");
  assertEquals(
    await refusal("init", "--server", "ejaberd"),
    "roomkeeper: option '--server <SERVER>' argument 'ejaberd' is invalid. " +
      "Allowed choices are prosody, ejabberd.",
  );
  for (const port of ["0", "65536", "x", "1e3", "5347.5"]) {
    assertEquals(
      await refusal("init", "--port", port),
      `roomkeeper: option '--port <PORT>' argument '${port}' is invalid. ` +
        "It must be a whole number from 1 to 65535.",
    );
  }
});
