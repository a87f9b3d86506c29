/**
 * From the bytes at a TCP socket to typed events: Roomkeeper against other component libraries that
 * do the same job. All in one run, on one corpus.
 *
 *     deno task bench:tap
 *
 * @module
 */
import { makeCorpus } from "./xml_corpus.ts";
import { pourInto } from "./tap/source.ts";

const MEGABYTES = 8;
const RUNS = 7;

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

const corpus = makeCorpus(MEGABYTES * 1_000_000);
const stanzas = withoutEnds(corpus.bytes);
console.log(
  `${(stanzas.length / 1e6).toFixed(1)} MB, ${corpus.stanzas} stanzas, ` +
    `median of ${RUNS}, Deno ${Deno.version.deno}, ${Deno.build.target}, ` +
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
    const times = await pourInto(listener, { stanzas, warmUp: 2, runs: RUNS });
    const seconds = times.sort((a, b) => a - b)[Math.floor(RUNS / 2)]! / 1000;
    const speed = stanzas.length / 1e6 / seconds;
    ours ||= speed;
    const perSecond = Math.round(corpus.stanzas / seconds).toLocaleString("en");
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

/** The stream without its header and end tag, which the source writes itself. */
function withoutEnds(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  const start = text.indexOf(">", text.indexOf("<stream:stream")) + 1;
  return new TextEncoder().encode(text.slice(start, text.lastIndexOf("</stream:stream>")));
}
