import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import project from "../../deno.json" with { type: "json" };
import { compileArguments, PERMISSIONS, TARGETS } from "../../tools/compile.ts";
import { V8_FLAGS } from "../../tools/v8_flags.ts";

const ROOT = new URL("../../", import.meta.url);

async function deno(args: readonly string[], env: Record<string, string> = {}) {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
  });
  const { success, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  return { success, out: text.decode(stdout), err: text.decode(stderr) };
}

// The runtime that goes into a binary is downloaded, so a stand-in takes its place: everything else
// is done as for a release.
Deno.test({
  name: "a binary holds the program and the packages that it uses, and no other",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "roomkeeper-compile-" });
    try {
      const binary = `${folder}/roomkeeper`;
      const args = await compileArguments(TARGETS[0]!, binary);
      const { success, err } = await deno(args, { DENORT_BIN: "/bin/true" });
      assert(success, err);
      for (const part of ["actors", "cli", "demo", "keeper", "main.ts", "xml", "xmpp"]) {
        assertStringIncludes(err, part);
      }
      for (const other of ["binaryen", "assemblyscript", "fast-check", "playwright"]) {
        assert(!err.includes(other), other);
      }
      assert(Deno.statSync(binary).size < 20_000_000);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "compile: without the runtime it ends with one line, which names DENORT_BIN",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const cache = await Deno.makeTempDir({ prefix: "roomkeeper-compile-" });
    try {
      // Deno's cache as it is, but for the runtimes; and no way to get one.
      const { denoDir } = JSON.parse((await deno(["info", "--json"])).out);
      for (const { name } of Deno.readDirSync(denoDir)) {
        if (name !== "dl") Deno.symlinkSync(`${denoDir}/${name}`, `${cache}/${name}`);
      }
      const args = ["run", "--allow-run", "--allow-read", "tools/compile.ts", TARGETS[1]!];
      const offline = { DENO_DIR: cache, HTTPS_PROXY: "http://127.0.0.1:1" };
      const { success, out, err } = await deno(args, offline);
      assertEquals([success, out], [false, ""]);
      assertMatch(err.trim(), /^The runtime for aarch64-unknown-linux-gnu .*DENORT_BIN=.*$/);
      const wrong = await deno(args, { ...offline, DENORT_BIN: "/nowhere" });
      assertEquals(wrong.err.trim(), "DENORT_BIN names a file that is not there: /nowhere");
    } finally {
      await Deno.remove(cache, { recursive: true });
    }
  },
});

Deno.test("the permissions of a binary suffice for the commands that need no server", async () => {
  for (const command of ["version", "help", "demo"]) {
    const { success, err } = await deno(["run", ...PERMISSIONS, "main.ts", command]);
    assert(success, err);
  }
});

Deno.test("the tasks ask for no permission that a binary has not", () => {
  const allowed = new Set([...PERMISSIONS, V8_FLAGS].map((flag) => flag.replace(/=.*/, "")));
  for (const task of [project.tasks.start, project.tasks.demo]) {
    const flags = task.command.split(" ").filter((word) => word.startsWith("--"));
    assertEquals(flags.filter((flag) => !allowed.has(flag.replace(/=.*/, ""))), []);
  }
});

Deno.test("wherever the program is started, V8 is told the same", async () => {
  const { start, roomkeeper } = project.tasks;
  assertStringIncludes(start.command, ` ${V8_FLAGS} `);
  assertStringIncludes(roomkeeper.command, ` ${V8_FLAGS} `);
  assert((await compileArguments(TARGETS[0]!, "binary")).includes(V8_FLAGS));
  for (const file of ["README.md", "packaging/Dockerfile", "packaging/roomkeeper-from-source"]) {
    assertStringIncludes(await Deno.readTextFile(new URL(file, ROOT)), V8_FLAGS);
  }
});
