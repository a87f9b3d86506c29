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
import { pourInto } from "./tap/source.ts";

const MEGABYTES = 8;
const RUNS = 7;
/** Compilers need their time; a fast component is through with a few runs before they are done. */
const WARM_UP_MS = 1_500;

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
  `${(stanzas.length / 1e6).toFixed(1)} MB, ${count} copied stanzas, ` +
    `median of ${RUNS} after ${WARM_UP_MS} ms to get warm, Deno ${Deno.version.deno}, ${Deno.build.target}, ` +
    `${navigator.hardwareConcurrency} cores\n`,
);
console.log("| component | MB/s | stanzas/s | Roomkeeper is |");
console.log("|---|---:|---:|---:|");
let ours = 0;
for (const { name, command: [program, ...args] } of contestants) {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const child = new Deno.Command(program, {
    args: [...args, String(listener.addr.port)],
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    const times = await pourInto(listener, { stanzas, warmUpMs: WARM_UP_MS, runs: RUNS });
    const seconds = times.sort((a, b) => a - b)[Math.floor(RUNS / 2)]! / 1000;
    const speed = stanzas.length / 1e6 / seconds;
    ours ||= speed;
    const perSecond = Math.round(count / seconds).toLocaleString("en");
    console.log(
      `| ${name} | ${speed.toFixed(1)} | ${perSecond} | ${(ours / speed).toFixed(1)} × |`,
    );
  } catch (error) {
    console.log(`| ${name} | did not run: ${error instanceof Error ? error.message : error} | | |`);
  } finally {
    try {
      child.kill();
    } catch {
      // It has ended by itself.
    }
    await child.status;
  }
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
