import { assert, assertEquals, assertRejects } from "@std/assert";
import { TextLineStream } from "@std/streams";
import { openStore, StoreError } from "../../store/mod.ts";
import { Bench, Folder, storedNumbers } from "./fixture.ts";

const CRASHES = 12;

Deno.test("kill -9 at any moment leaves a sound file with everything that was written", async () => {
  using folder = new Folder();
  let known = 0;
  for (let crash = 0; crash < CRASHES; crash++) {
    const written = await writeUntilKilled(folder, known, 20 + Math.random() * 150);
    const numbers = await storedNumbers(folder.file);
    assertEquals(numbers, Array.from(numbers, (_, n) => n), "no gaps: changes keep their order");
    assert(numbers.length >= written, `${numbers.length} of ${written} are there`);
    known = numbers.length;
  }
  assert(known > 0);
  assertEquals(folder.names, ["joins.sqlite"], "nothing was set aside");
});

Deno.test("a file that another process uses is refused, and free once that is killed", async () => {
  using folder = new Folder();
  const { child, lines } = writer(folder, 0);
  await lines.next();
  const error = await assertRejects(
    () => openStore(folder.file),
    StoreError,
    "another process uses it",
  );
  assertEquals([error.reason, error.lasting], ["locked", false]);
  child.kill("SIGKILL");
  await child.status;
  await (await openStore(folder.file)).close();
});

Deno.test("whoever tries to open the file in this process takes nothing from the one who has it", async () => {
  using folder = new Folder();
  await using bench = await Bench.open(folder.file);
  const again = await assertRejects(() => openStore(folder.file), StoreError);
  assertEquals(again.reason, "locked");
  const { child, lines } = writer(folder, 0, "null");
  const { value } = await lines.next();
  if (value !== undefined) child.kill("SIGKILL");
  await child.status;
  assertEquals(value, undefined, "another process must not get in");
  bench.put(1);
  await bench.pass(200);
  assertEquals(bench.store.health.state, "ok");
});

/** Returns how many joins the process said it had written. */
async function writeUntilKilled(folder: Folder, start: number, ms: number): Promise<number> {
  const { child, lines } = writer(folder, start);
  await lines.next();
  const timer = setTimeout(() => child.kill("SIGKILL"), ms);
  let written = start;
  for await (const line of lines) written = Number(line);
  clearTimeout(timer);
  await child.status;
  return written;
}

/** The process that writes. It has no permission but for the folder of the file. */
function writer(folder: Folder, start: number, stderr: "inherit" | "null" = "inherit"): {
  readonly child: Deno.ChildProcess;
  readonly lines: AsyncIterableIterator<string>;
} {
  const script = new URL("writer.ts", import.meta.url).pathname;
  const permissions = [`--allow-read=${folder.path}`, `--allow-write=${folder.path}`];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", ...permissions, script, folder.file, `${start}`],
    stdout: "piped",
    stderr,
  }).spawn();
  const lines = child.stdout
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream()) as ReadableStream<string>;
  return { child, lines: lines.values() };
}
