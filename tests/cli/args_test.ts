import { assertEquals, assertThrows } from "@std/assert";
import { readArguments, UsageError } from "../../cli/args.ts";

/** Why a command line is refused. */
function refusal(...args: string[]): string {
  return assertThrows(() => readArguments(args), UsageError).message;
}

Deno.test("flags have defaults, long and short names, and values after a space or =", () => {
  const read = (...args: string[]) => readArguments(["run", ...args]).given;
  assertEquals(read(), { config: "roomkeeper.toml" });
  for (const args of [["--config", "a"], ["--config=a"], ["-c", "a"], ["-ca"]]) {
    assertEquals(read(...args), { config: "a" });
  }
});

Deno.test("every kind of flag is read", () => {
  const args = "init --server ejabberd --watch a.example --watch=b.example --port 5348 -f".split(
    " ",
  );
  assertEquals(readArguments(args), {
    command: "init",
    given: {
      server: "ejabberd",
      feed: undefined,
      watch: ["a.example", "b.example"],
      domain: undefined,
      host: undefined,
      port: 5348,
      output: "roomkeeper.toml",
      force: true,
    },
  });
  assertEquals(readArguments(["status", "-w"]).given, {
    config: "roomkeeper.toml",
    watch: true,
    json: false,
  });
});

Deno.test("help and version are found where people look for them", () => {
  const help = (argument?: string) => ({ command: "help" as const, given: { argument } });
  assertEquals(readArguments(["--help"]), help() as ReturnType<typeof readArguments>);
  for (const args of [["help", "run"], ["run", "--help"], ["run", "-h"], ["--help", "run"]]) {
    assertEquals(readArguments(args), help("run") as ReturnType<typeof readArguments>);
  }
  assertEquals(readArguments(["run", "--bogus", "--help"]).command, "help");
  for (const arg of ["version", "--version", "-V"]) {
    assertEquals(readArguments([arg]), { command: "version", given: {} });
  }
});

Deno.test("what is unknown is refused with what may have been meant", () => {
  assertEquals(refusal("rnu"), 'unknown command "rnu"; did you mean "run"?');
  assertEquals(refusal("frobnicate"), 'unknown command "frobnicate"');
  assertEquals(
    refusal("run", "--confg=x"),
    "roomkeeper run has no flag --confg; did you mean --config?",
  );
  assertEquals(refusal("demo", "-x"), "roomkeeper demo has no flag -x");
  assertEquals(
    refusal("run", "keeper.toml"),
    'roomkeeper run takes no argument such as "keeper.toml"',
  );
  assertEquals(refusal("--config=x", "run"), "the command comes first, before --config");
  assertEquals(refusal("constructor"), 'unknown command "constructor"');
  assertEquals(refusal("run", "--constructor"), "roomkeeper run has no flag --constructor");
  assertEquals(refusal(), "no command is given");
});

Deno.test("values that are missing, not wanted or wrong are refused", () => {
  assertEquals(refusal("run", "--config"), "--config needs a value: --config FILE");
  assertEquals(refusal("run", "-c"), "-c needs a value: -c FILE");
  assertEquals(refusal("status", "--config", "--json"), "--config needs a value: --config FILE");
  assertEquals(refusal("status", "--json=yes"), '--json takes no value, but got "yes"');
  assertEquals(
    refusal("init", "--server", "ejaberd"),
    '--server must be prosody|ejabberd, not "ejaberd"; did you mean "ejabberd"?',
  );
  for (const port of ["0", "65536", "x", "1e3", "5347.5"]) {
    assertEquals(
      refusal("init", "--port", port),
      `--port must be a whole number from 1 to 65535, not "${port}"`,
    );
  }
});
