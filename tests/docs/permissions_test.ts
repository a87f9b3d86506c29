import { assertEquals, assertStringIncludes } from "@std/assert";
import { Sandbox } from "./sandbox.ts";

Deno.test("each command is content with the permissions that the README names", async (t) => {
  await using sandbox = new Sandbox();
  const run = (flags: string, command: string) =>
    sandbox.run(`deno run --no-prompt ${flags} main.ts ${command}`);

  await t.step("version and help need none", async () => {
    assertStringIncludes(await run("", "version"), "roomkeeper ");
    assertStringIncludes(await run("", "help run"), "roomkeeper run");
    assertStringIncludes(await run("", "--help"), "First steps");
  });
  await t.step("init: the folder that it writes to", async () => {
    await run("--allow-read=. --allow-write=.", "init --force --watch home.example");
  });
  await t.step("check: as run, but writes nothing", async () => {
    const server = await sandbox.configure();
    const net = `--allow-net=127.0.0.1:${server.port}`;
    const flags = `${net} --allow-read=. --allow-env=ROOMKEEPER_SECRET`;
    assertStringIncludes(await run(flags, "check"), "can work with this server");
    server.close();
  });
});

Deno.test("without a permission it ends with an error, and does not ask", async () => {
  await using sandbox = new Sandbox();
  const { code, stderr } = await sandbox.start("deno run --no-prompt main.ts run").output();
  assertEquals(code, 2);
  assertStringIncludes(new TextDecoder().decode(stderr), "--allow-read");
});
