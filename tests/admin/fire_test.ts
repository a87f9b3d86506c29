/** HTTP under fire, with a keeper as a process of its own that has few file descriptors. */

import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { Home } from "../support/home.ts";
import { KeeperProgram } from "../support/keeper_program.ts";
import { World } from "../support/world.ts";

/** More than the keeper needs for itself, and far fewer than come. */
const FILES = 60;
const COMING = 300;

Deno.test("out of file descriptors the keeper goes on, and HTTP is back by itself", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const world = new World({ joins: 500, domains: 10 });
  using home = new Home(world);
  const keeper = { ping_delay: "1h" };
  await using program = new KeeperProgram({ port: home.component.port, keeper, open: true });
  program.start();
  await program.synced();
  const limit = ["--pid", String(program.pid), `--nofile=${FILES}:${FILES}`];
  const { success } = await new Deno.Command("prlimit", { args: limit }).output();
  assert(success, "prlimit is of util-linux");

  const { hostname, port } = new URL(program.url);
  const held: Deno.TcpConn[] = [];
  for (let n = 0; n < COMING; n++) {
    const conn = await Deno.connect({ hostname, port: Number(port) });
    held.push(conn);
    conn.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\n")).catch(() => {});
    if (n % 50 === 0) await home.fence();
  }
  // It runs short of them, and says so.
  while (!program.logged("No connection can be taken")) {
    await home.fence();
    await delay(50);
  }
  while (home.join());
  await home.fence();
  for (const conn of held) conn.close();
  const healthy = async () => {
    const signal = AbortSignal.timeout(2_000);
    const answer = await fetch(`${program.url}/healthz`, { signal }).catch(() => undefined);
    return await answer?.text().catch(() => "") === "ok\n";
  };
  while (!await healthy()) await delay(50);
  const shown = [...(await program.domains()).values()].reduce((sum, joins) => sum + joins, 0);
  assertEquals(shown, world.size);
  assertEquals(await program.stop(), 0);
});
