import { assert, assertEquals } from "@std/assert";
import { makeCorpus } from "../../bench/xml_corpus.ts";
import { stream } from "../xml/scanner/generator.ts";
import { Random } from "../xml/scanner/random.ts";
import { tapBothWays } from "./support/both_ways.ts";

const HEADER = "<stream:stream xmlns='jabber:component:accept' id='s'" +
  " xmlns:stream='http://etherx.jabber.org/streams'>";

const encode = (...stanzas: readonly string[]) =>
  new TextEncoder().encode(HEADER + stanzas.join(""));

Deno.test("a glance at a record tells what a full parse tells, over a server's traffic", async () => {
  const { bytes, stanzas } = makeCorpus(1_000_000, 7);
  const { tapped, glances, refused } = await tapBothWays(bytes, [8_191]);
  assertEquals(refused, undefined);
  assertEquals(tapped.length, stanzas);
  assert(glances > stanzas * 0.9, `only ${glances} of ${stanzas} needed no parse`);
});

Deno.test("a glance at a record tells what a full parse tells, over strange and damaged streams", async () => {
  const random = new Random(20_261);
  let events = 0;
  for (let i = 0; i < 3_000; i++) {
    const bytes = stream(random);
    const { tapped } = await tapBothWays(bytes, [1 + random.below(bytes.length + 1)]);
    events += tapped.length;
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
  const bytes = encode(...senders.map(copy));
  const { tapped, glances } = await tapBothWays(bytes, [bytes.length]);
  assertEquals(
    tapped.map((tapped) => tapped.type === "feed" ? tapped.host : tapped.type),
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
  assertEquals(glances, senders.length);
});

Deno.test("a question's result is taken at a glance, and an error, which tells more, is parsed", async () => {
  const answer = (type: string, payload: string) =>
    "<message from='home.example'><forwarded xmlns='urn:xmpp:forward:0'>" +
    `<iq xmlns='jabber:client' type='${type}' id='rk-1' from='garden@muc.example/Ann'` +
    ` to='ann@home.example/phone'>${payload}</iq></forwarded></message>`;
  const error = "<error type='cancel' by='muc.example'>" +
    "<gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>xmpp:new@muc.example</gone></error>";
  const bytes = encode(answer("result", ""), answer("result", "<query/>"), answer("error", error));
  const { tapped, glances } = await tapBothWays(bytes, [bytes.length]);
  assertEquals(
    tapped.map((tapped) =>
      tapped.type === "feed" && tapped.event?.type === "answered" && tapped.event.answer
    ),
    [{ type: "result" }, { type: "result" }, {
      type: "error",
      condition: "gone",
      errorType: "cancel",
      by: "muc.example",
      uri: "xmpp:new@muc.example",
    }],
  );
  assertEquals(glances, 2);
});

Deno.test("a status code is exactly three digits: what has the same number is another code", async () => {
  const presence = (code: string) =>
    "<message from='home.example'><forwarded xmlns='urn:xmpp:forward:0'>" +
    "<presence xmlns='jabber:client' from='garden@muc.example/Ann' to='ann@home.example/phone'>" +
    `<x xmlns='http://jabber.org/protocol/muc#user'><status code='${code}'/></x></presence>` +
    "</forwarded></message>";
  const events = async (...codes: readonly string[]) => {
    const { tapped } = await tapBothWays(encode(...codes.map(presence)), [100]);
    return tapped.map((tapped) => tapped.type === "feed" ? tapped.event?.type : tapped.type);
  };
  assertEquals(await events("110", "&#49;10"), ["joined", "joined"]);
  const others = ["0110", " 110", "110 ", "110.0", "+110", "0x6e", "1.1e2", "11", ""];
  assertEquals(await events(...others), others.map(() => "seen"));
});
