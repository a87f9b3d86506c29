/**
 * From the bytes at a TCP socket to typed events: Roomkeeper against other component libraries that
 * do the same job. All in one run, on one corpus.
 *
 *     deno task bench:tap
 *
 * @module
 */
import { concat } from "@std/bytes/concat";
import { Flag, StanzaScanner } from "../xml/scanner/mod.ts";
import { makeCorpus } from "./xml_corpus.ts";
import { machine } from "./report.ts";
import { Source } from "./tap/source.ts";

const MEGABYTES = 8;
const RUNS = 7;
/** Compilers need their time; a fast component is through with a few runs before they are done. */
const WARM_UP_MS = 1_500;
/** How long one component's turn is at least. */
const TURN_MS = 300;

interface Contestant {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
}

const deno = (file: string): Contestant["command"] => [
  Deno.execPath(),
  "run",
  "--quiet",
  "--allow-all",
  new URL(`tap/${file}`, import.meta.url).pathname,
];
const contestants: readonly Contestant[] = [
  { name: "Roomkeeper", command: deno("ours.ts") },
  { name: "xmpp.js component (Deno)", command: deno("xmpp_js.ts") },
  {
    name: "slixmpp component (Python)",
    command: ["/usr/bin/python3", new URL("tap/slixmpp_component.py", import.meta.url).pathname],
  },
];

const { stanzas, count } = copies(makeCorpus(MEGABYTES * 1_000_000).bytes);
console.log(
  `${(stanzas.length / 1e6).toFixed(1)} MB, ${count} copied stanzas, in turns, median of ${RUNS} ` +
    `after ${WARM_UP_MS} ms to get warm\n${machine()}\n`,
);
await using running = new AsyncDisposableStack();
const lines: { readonly name: string; readonly source?: Source; readonly times: number[] }[] = [];
for (const { name, command } of contestants) {
  const source = await start(command).catch((error) => console.log(`${name}: ${error}`));
  lines.push({ name, times: [], ...(source && { source }) });
  for (let warm = 0; source && warm < WARM_UP_MS;) warm += await source.pour(stanzas);
}
// In turns, since a machine that others use is faster at one time than at another.
for (let run = 0; run < RUNS; run++) {
  for (const { source, times } of lines) if (source) times.push(await turn(source));
}

console.log("| component | MB/s | stanzas/s | Roomkeeper is |");
console.log("|---|---:|---:|---:|");
const ours = median(lines[0]!.times);
for (const { name, times } of lines) {
  const ms = median(times);
  const speed = (stanzas.length / 1000 / ms).toFixed(1);
  const perSecond = Math.round(count / ms * 1000).toLocaleString("en");
  console.log(`| ${name} | ${speed} | ${perSecond} | ${(ms / ours).toFixed(1)} × |`);
}

/** The mean time of one pour, in milliseconds. */
async function turn(source: Source): Promise<number> {
  // Who has waited for the others has to wake up first.
  await source.pour(stanzas);
  const times: number[] = [];
  for (let total = 0; total < TURN_MS; total += times.at(-1)!) {
    times.push(await source.pour(stanzas));
  }
  return times.reduce((a, b) => a + b) / times.length;
}

/** Starts a component, and connects it to a source. */
async function start([program, ...args]: Contestant["command"]): Promise<Source> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const child = new Deno.Command(program, {
    args: [...args, String(listener.addr.port)],
    stdout: "null",
    stderr: "null",
  }).spawn();
  running.defer(async () => {
    try {
      child.kill();
    } catch {
      // It has ended by itself.
    }
    await child.status;
  });
  const source = await Source.open(listener);
  return running.use(source);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** What a server copies to a component: the stanzas of the corpus with one forwarded in them. */
function copies(bytes: Uint8Array): { readonly stanzas: Uint8Array; readonly count: number } {
  const scanner = StanzaScanner.create();
  const kept: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const input = scanner.input();
    const chunk = bytes.subarray(at, at + input.length);
    input.set(chunk);
    at += chunk.length;
    for (let records = scanner.commit(chunk.length); records > 0; records = scanner.more()) {
      for (let record = 0; record < records; record++) {
        if (scanner.has(record, Flag.Forwarded)) kept.push(scanner.bytes(record).slice());
      }
    }
  }
  return { stanzas: concat(kept), count: kept.length };
}
