import { assert, assertEquals } from "@std/assert";
import { RecordTap } from "../../actors/record_tap.ts";
import { tap, type TapContext, type Tapped } from "../../actors/tap.ts";
import { makeCorpus } from "../../bench/xml_corpus.ts";
import { scannerReader } from "../../component/mod.ts";
import { StanzaParser, type StreamEvent } from "../../xml/mod.ts";
import { Random } from "../xml/scanner/random.ts";
import { stream } from "../xml/scanner/generator.ts";

const context: TapContext = {
  watched: new Set(["home.example", "rooms.example"]),
  prefix: "rk-",
};

/** What the tap makes of a stream, by the reader with the glance, and whether it was taken so. */
async function glanced(
  bytes: Uint8Array,
  split: number,
): Promise<{ readonly tapped: Tapped[]; readonly glances: number; readonly error?: unknown }> {
  const records = new RecordTap(context);
  const tapped: Tapped[] = [];
  let glances = 0;
  const reader = await scannerReader({
    begin: (scanner, count) => records.begin(scanner, count),
    take(record) {
      const seen = records.tap(record);
      if (seen === undefined) return false;
      glances++;
      tapped.push(seen);
      return true;
    },
  })();
  try {
    for (let at = 0; at < bytes.length; at += split) {
      const chunk = bytes.subarray(at, at + split);
      reader.input().set(chunk);
      for (const event of reader.commit(chunk.length)) {
        if (event.type === "stanza") tapped.push(tap(event.element, context));
      }
    }
  } catch (error) {
    return { tapped, glances, error };
  }
  return { tapped, glances };
}

/** What the tap makes of a stream, with every stanza parsed in full. */
async function parsed(
  bytes: Uint8Array,
): Promise<{ readonly tapped: Tapped[]; readonly error?: unknown }> {
  const parser = await StanzaParser.create();
  const events: StreamEvent[] = [];
  let error: unknown;
  try {
    parser.push(bytes, events);
  } catch (thrown) {
    error = thrown;
  }
  const tapped = events.flatMap((event) =>
    event.type === "stanza" ? [tap(event.element, context)] : []
  );
  return { tapped, error };
}

/** Without what only differs in where it was thrown. */
function plain(tapped: readonly Tapped[]): unknown {
  return JSON.parse(JSON.stringify(tapped));
}

Deno.test("a glance at a record tells what a full parse tells, over a server's traffic", async () => {
  const { bytes, stanzas } = makeCorpus(1_000_000, 7);
  const full = await parsed(bytes);
  const quick = await glanced(bytes, 8_191);
  assertEquals(quick.error, undefined);
  assertEquals(quick.tapped, full.tapped);
  assertEquals(full.tapped.length, stanzas);
  assert(quick.glances > stanzas * 0.9, `only ${quick.glances} of ${stanzas} needed no parse`);
});

Deno.test("a glance at a record tells what a full parse tells, over strange and damaged streams", async () => {
  const random = new Random(20_261);
  let events = 0;
  for (let i = 0; i < 3_000; i++) {
    const bytes = stream(random);
    const full = await parsed(bytes);
    const quick = await glanced(bytes, 1 + random.below(bytes.length + 1));
    // The scanner has a few limits of its own, and then ends the stream earlier.
    const shared = quick.tapped.length;
    assertEquals(plain(quick.tapped), plain(full.tapped.slice(0, shared)));
    if (full.error === undefined && quick.error === undefined) {
      assertEquals(shared, full.tapped.length);
    }
    events += shared;
  }
  assert(events > 1_000, `only ${events} stanzas were compared`);
});

Deno.test("each copy is believed for its own sender, whoever sent the one before", async () => {
  const copy = (from: string) =>
    `<message${from}><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'` +
    " from='garden@muc.example/Romeo' to='juliet@home.example/balcony' type='groupchat'/>" +
    "</forwarded></message>";
  const senders = [
    " from=''",
    "",
    ...["home", "evil", "home", "rooms", "home.example", "rooms"]
      .map((name) => ` from='${name}.example'`),
  ];
  const bytes = new TextEncoder().encode(
    "<stream:stream xmlns='jabber:component:accept' id='s'" +
      ` xmlns:stream='http://etherx.jabber.org/streams'>${senders.map(copy).join("")}`,
  );
  const quick = await glanced(bytes, bytes.length);
  assertEquals(quick.tapped, (await parsed(bytes)).tapped);
  assertEquals(
    quick.tapped.map((tapped) => tapped.type === "feed" ? tapped.host : tapped.type),
    [
      "forged",
      "forged",
      "home.example",
      "forged",
      "home.example",
      "rooms.example",
      "forged",
      "rooms.example",
    ],
  );
  assertEquals(quick.glances, senders.length);
});
