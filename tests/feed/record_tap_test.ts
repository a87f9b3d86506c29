import { assert, assertEquals } from "@std/assert";
import { makeCorpus } from "../../bench/xml_corpus.ts";
import { stream } from "../xml/scanner/generator.ts";
import { Random } from "../xml/scanner/random.ts";
import { tapBothWays } from "../actors/support/both_ways.ts";

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

/** A message of a server plugin, written in a way that is usual, or nearly. */
function plugin(random: Random): string {
  const link = "urn:x-roomkeeper:link:0";
  const any = <T>(...items: readonly T[]): T => items[random.below(items.length)]!;
  const seldom = (text: string, other = "") => random.below(30) === 0 ? text : other;
  const user = () => any("ann@home.example/phone", "bob@home.example/\u{1f431}", "a@b", "", "x'y");
  const room = () => any("garden@muc.example", "muc.example", "r@muc.example/Ann", "r&amp;d@muc");
  const values: Record<string, () => string> = {
    user,
    room,
    nick: () => any("Ann", "", "user", "Jörg  ", "a\tb", "&lt;3", "a > b"),
    domain: () => any("muc.example", "room@muc.example", ""),
    state: () => any("up", "down", "away"),
    direction: () => any("in", "out"),
    clean: () => any("true", "1", "false"),
    version: () => "1",
    boot: () => "b1",
  };
  const notice = () => {
    const [name, ...keys] = any(
      ["joined", "user", "room", "nick"],
      ["link", "domain", "state", "direction", "clean"],
      ["ended", "user"],
      ["synced"],
      ...seldom("hello") ? [["hello", "version", "boot"], ["news"], ["joinedx", "user"]] : [],
    );
    const attributes = [
      ["xmlns", seldom("urn:x", link)],
      ...keys.map((key) => [key, values[key]!()]),
    ]
      .filter(() => random.below(40) > 0)
      .sort(() => random.below(2) - 0.5)
      .map(([key, value]) => {
        const quote = value!.includes("'") ? '"' : any("'", '"');
        return `${seldom("\n")} ${seldom(" ")}${key}${seldom(" ")}=${quote}${value}${quote}`;
      });
    const content = seldom("more");
    const end = content === "" ? `${seldom(" ")}/>` : `>${content}</${name}>`;
    return `<${name}${seldom(" xmlns:p='urn:p' p:user='x'")}${attributes.join("")}${end}`;
  };
  const pluginEvents = Array.from({ length: 1 + random.below(4) }, notice).join(seldom("\n"));
  const from = any("home.example", "home.example", "home.example", "evil.example", "a > b");
  const type = seldom(" type='error'", seldom(" type='normal'"));
  const message = seldom("m:message xmlns:m='jabber:component:accept'", "message");
  const [tag] = message.split(" ");
  return `<${message} from='${from}'${type}>${seldom("<body/>")}${pluginEvents}${
    seldom("<x/>")
  }</${tag}>`;
}

Deno.test("events of a plugin are read by the scanner as a full parse reads them, however written", async () => {
  const random = new Random(20_262);
  let [feeds, malformed, glanced] = [0, 0, 0];
  for (let i = 0; i < 200; i++) {
    const messages = Array.from({ length: 30 }, () => plugin(random));
    const bytes = encode(...messages);
    const { tapped, glances, refused } = await tapBothWays(bytes, [1 + random.below(bytes.length)]);
    assertEquals(refused, undefined);
    assertEquals(tapped.length, messages.length);
    glanced += glances;
    for (const seen of tapped) {
      if (seen.type !== "feed") continue;
      feeds += seen.pluginEvents?.length ? 1 : 0;
      malformed += seen.malformed?.length ? 1 : 0;
    }
  }
  assert(feeds > 1_000 && malformed > 1_000 && glanced > 1_000, `${feeds} ${malformed} ${glanced}`);
});

Deno.test("a plugin's snapshot needs no parser, in whatever order and quotes it is written", async () => {
  const bytes = encode(
    "<message from='home.example' to='keeper'>" +
      "<joined nick='Ann' room='garden@muc.example' user='ann@home.example/phone' " +
      "xmlns='urn:x-roomkeeper:link:0'/>" +
      '<link xmlns="urn:x-roomkeeper:link:0" domain="muc.example" state="up" direction="in"/>' +
      "<ended xmlns='urn:x-roomkeeper:link:0' user='bob@home.example/pc'/>" +
      "<synced xmlns='urn:x-roomkeeper:link:0'/></message>",
  );
  const { tapped: [told], glances } = await tapBothWays(bytes, [bytes.length]);
  assertEquals(glances, 1);
  assertEquals(told, {
    type: "feed",
    host: "home.example",
    kind: "link",
    pluginEvents: [
      { type: "joined", user: "ann@home.example/phone", room: "garden@muc.example", nick: "Ann" },
      { type: "link", domain: "muc.example", state: "up", direction: "in", clean: false },
      { type: "ended", user: "bob@home.example/pc" },
      { type: "synced" },
    ],
    malformed: [],
  });
});
