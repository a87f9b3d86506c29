/**
 * How fast XML is read: `deno task bench:xml`. All readers get the same generated stream in chunks
 * of 64 KiB; they take turns, and each line is the median of seven turns. With a file as argument,
 * such as one in tests/captures, it is the stream of a real server, repeated to the same length.
 *
 * @module
 */

import { collectGarbage, machine } from "./report.ts";
import { repeatCapture } from "./xml_capture.ts";
import { makeCorpus } from "./xml_corpus.ts";
import { profile } from "./xml_profile.ts";
import { type Reader, readers } from "./xml_readers.ts";

const TURNS = 7;
const CHUNK = 65_536;
const WARM_UP_MS = 200;

const LENGTH = 16 << 20;

const [file] = Deno.args;
const corpus = file === undefined
  ? makeCorpus(LENGTH)
  : repeatCapture(Deno.readFileSync(file), LENGTH);
const chunks: Uint8Array[] = [];
for (let at = 0; at < corpus.bytes.length; at += CHUNK) {
  chunks.push(corpus.bytes.subarray(at, at + CHUNK));
}

interface Line {
  readonly name: string;
  /** Seconds for one pass, per turn. */
  readonly seconds: number[];
}

const contestants = await readers();
const lines: Line[] = contestants.map(({ name }) => ({ name, seconds: [] }));
const expat = await buildExpat();
const expatLine: Line = { name: "libexpat in C", seconds: [] };
if (expat !== undefined) lines.push(expatLine);

for (let turn = 0; turn <= TURNS; turn++) {
  for (const [i, reader] of contestants.entries()) {
    const seconds = await time(reader);
    // The first turn lets everything be compiled.
    if (turn > 0) lines[i]!.seconds.push(seconds);
  }
  if (expat !== undefined && turn > 0) expatLine.seconds.push(await expat.run());
}
await expat?.remove();
print(expat?.version());

async function time({ name, passes, prepare }: Reader): Promise<number> {
  collectGarbage();
  const pass = async (): Promise<number> => {
    const reading = await prepare();
    let time = 0;
    for (const chunk of chunks) {
      reading.place?.(chunk);
      const start = performance.now();
      reading.read(chunk);
      time += performance.now() - start;
    }
    const { stanzas = corpus.stanzas } = reading;
    if (stanzas !== corpus.stanzas) {
      throw new Error(`${name} found ${stanzas} stanzas of ${corpus.stanzas}`);
    }
    return time;
  };
  // A collection makes the heap small and drops compiled code that was not used for a while: both
  // have to come back before what counts, which takes the fast ones many passes.
  for (let warm = 0; warm < WARM_UP_MS;) warm += await pass();
  let total = 0;
  for (let i = 0; i < passes; i++) total += await pass();
  return total / passes / 1000;
}

/** Compiles expat.c, if there are a compiler and libexpat. */
async function buildExpat() {
  const folder = await Deno.makeTempDir({ prefix: "bench-xml-" });
  const remove = () => Deno.remove(folder, { recursive: true });
  const program = `${folder}/expat`;
  const input = `${folder}/corpus.xml`;
  const source = new URL("expat.c", import.meta.url).pathname;
  const compiler = ["-O2", "-o", program, source, "-lexpat"];
  const compiled = await output("gcc", ...compiler).catch(() => undefined);
  if (compiled === undefined) {
    await remove();
    return undefined;
  }
  await Deno.writeFile(input, corpus.bytes);
  const passes = 3;
  let version = "";
  const run = async () => {
    const [ns, stanzas, library] = (await output(program, input, `${passes}`) ?? "").split(" ");
    if (Number(stanzas) !== corpus.stanzas) throw new Error("libexpat failed");
    version = library!.trim();
    return Number(ns) / passes / 1e9;
  };
  return { version: () => version, run, remove };
}

/** What a program prints, undefined if it fails. */
async function output(command: string, ...args: string[]): Promise<string | undefined> {
  const { success, stdout } = await new Deno.Command(command, { args, stderr: "null" }).output();
  return success ? new TextDecoder().decode(stdout) : undefined;
}

function print(expatVersion: string | undefined): void {
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
  const ours = median(lines[0]!.seconds);
  console.log(
    `${machine()}; libexpat ${expatVersion ?? "not built"}\n` +
      `${file ?? "generated"}: ${profile(corpus.bytes)}\n` +
      `${corpus.stanzas} stanzas, ${(corpus.bytes.length / 1e6).toFixed(2)} MB, ` +
      `median of ${TURNS} turns; the scanner and libexpat get the bytes where a socket would be\n` +
      `read to, their own memory; sax-wasm copies them, for the others they are made strings\n`,
  );
  console.log(
    `${"".padEnd(60)}${"MB/s".padStart(7)}${"stanzas/s".padStart(12)}${"ratio".padStart(8)}`,
  );
  for (const { name, seconds } of lines) {
    const time = median(seconds);
    const speed = (corpus.bytes.length / time / 1e6).toFixed(1);
    const stanzas = Math.round(corpus.stanzas / time).toLocaleString("en");
    const ratio = `${(time / ours).toFixed(1)}`;
    console.log(
      `${name.padEnd(60)}${speed.padStart(7)}${stanzas.padStart(12)}${ratio.padStart(8)}`,
    );
  }
}
