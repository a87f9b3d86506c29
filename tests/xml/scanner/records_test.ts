/** Records of stanzas as Prosody and ejabberd copy them. */

import { assert, assertEquals } from "@std/assert";
import { makeCorpus } from "../../../bench/xml_corpus.ts";
import { Field, Flag, Kind, StanzaScanner } from "../../../xml/scanner/mod.ts";
import { parseInside } from "../streams.ts";
import { scan, type Snapshot } from "./snapshot.ts";

const OPEN = "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' id='s1'" +
  " from='keeper.example' xmlns:stream='http://etherx.jabber.org/streams'>";

function record(stanza: string): Snapshot {
  const { records, why } = scan(new TextEncoder().encode(OPEN + stanza));
  assertEquals(why, "");
  assertEquals(records.length, 2);
  assertEquals(records[1]!.text, stanza);
  return records[1]!;
}

/** The record without what is empty. */
function told(stanza: string): Record<string, unknown> {
  const all = Object.entries(record(stanza)).filter(([key, value]) =>
    key !== "text" && key !== "inner" && value !== "" && value !== "None" && value !== "Absent" &&
    value !== false && Object.keys(value).length > 0
  );
  return Object.fromEntries(all);
}

const forwarded = (stanza: string) =>
  "<message to='keeper.home.example' from='home.example'>" +
  `<forwarded xmlns='urn:xmpp:forward:0'>${stanza}</forwarded></message>`;
const OUTER = { From: "home.example", To: "keeper.home.example" };

Deno.test("the header tells id and from", () => {
  const { records: [open] } = scan(new TextEncoder().encode(OPEN));
  assertEquals(open?.kind, "Open");
  assertEquals(open?.fields, { From: "keeper.example", Id: "s1" });
});

Deno.test("handshake, stream error, other children and the end have kinds", () => {
  const stream = OPEN + "<handshake/><stream:error><conflict xmlns=" +
    "'urn:ietf:params:xml:ns:xmpp-streams'/></stream:error><iq xmlns='urn:x'/>\n</stream:stream>\n";
  const { records } = scan(new TextEncoder().encode(stream));
  const kinds = ["Open", "Handshake", "StreamError", "Other", "Close"];
  assertEquals(records.map(({ kind }) => kind), kinds);
});

Deno.test("self-presence in a room", () => {
  const presence = "<presence xmlns='jabber:client' from='garden@rooms.example/Romeo' id='j1'" +
    ' to="romeo@home.example/phone"><x xmlns="http://jabber.org/protocol/muc#user">' +
    "<status code='201'/><item role='moderator' affiliation='owner' jid='r@home.example/phone'/>" +
    "<status code='110'/></x></presence>";
  assertEquals(record(forwarded(presence)).inner, presence);
  assertEquals(told(forwarded(presence)), {
    kind: "Message",
    innerKind: "Presence",
    flags: ["Forwarded", "MucUser", "Item", "ToSession"],
    statuses: ["110", "201"],
    affiliation: "Owner",
    role: "Moderator",
    fields: {
      ...OUTER,
      InnerFrom: "garden@rooms.example/Romeo",
      InnerTo: "romeo@home.example/phone",
      InnerId: "j1",
      ItemJid: "r@home.example/phone",
    },
  });
});

Deno.test("a session is local@host/resource, of the host that forwards", () => {
  const isSession = (address: string, host = "home.example") => {
    const flags = (attribute: string) =>
      record(
        `<message from='${host}'><forwarded xmlns='urn:xmpp:forward:0'>` +
          `<iq xmlns='jabber:client' ${attribute}='${address}'/></forwarded></message>`,
      ).flags;
    const from = flags("from").includes("FromSession");
    assertEquals(flags("to").includes("ToSession"), from);
    return from;
  };
  assertEquals(isSession("ann@home.example/phone"), true);
  assertEquals(isSession("ann@home.example/"), true);
  assertEquals(isSession("ann@home.example/a/b@home.example/c"), true);
  assertEquals(isSession("анна@дом.example/телефон", "дом.example"), true);
  assertEquals(isSession(`${"long".repeat(30)}@home.example/${"er".repeat(40)}`), true);
  assertEquals(isSession("ann@home.example"), false);
  assertEquals(isSession("home.example/phone"), false);
  assertEquals(isSession("ann@home.example.org/phone"), false);
  assertEquals(isSession("ann@my.home.example/phone"), false);
  assertEquals(isSession("ann@hone.example/phone"), false);
  assertEquals(isSession("ann@work@home.example/phone"), false);
  assertEquals(isSession("garden/ann@home.example/phone"), false);
  assertEquals(isSession(""), false);
});

Deno.test("a new nick", () => {
  const presence = "<presence type='unavailable' xmlns='jabber:client'>" +
    "<x xmlns='http://jabber.org/protocol/muc#user'><item nick='Ромео' role='none'/>" +
    "<status code='303'/><status code='110'/></x></presence>";
  const { fields, innerType, statuses, role } = record(forwarded(presence));
  assertEquals([fields.Nick, innerType, role], ["Ромео", "Unavailable", "None"]);
  assertEquals(statuses, ["110", "303"]);
});

Deno.test("the answer to a ping", () => {
  const iq = "<iq type='error' id='rk-1' xmlns='jabber:client'><ping xmlns='urn:xmpp:ping'/>" +
    "<error type='cancel' by='garden@rooms.example'><not-acceptable " +
    "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns=" +
    "'urn:ietf:params:xml:ns:xmpp-stanzas'>You are not in the room</text></error></iq>";
  assertEquals(told(forwarded(iq)), {
    kind: "Message",
    innerKind: "Iq",
    innerType: "Error",
    flags: ["Forwarded", "Error", "Ping"],
    condition: "not-acceptable",
    errorType: "Cancel",
    fields: { ...OUTER, InnerId: "rk-1", ErrorBy: "garden@rooms.example" },
  });
});

Deno.test("a plain iq to the component, a join and a link notice", () => {
  assertEquals(told("<iq type='get' id='1' from='a@b/c'><query xmlns='jabber:iq:version'/></iq>"), {
    kind: "Iq",
    type: "Get",
    fields: { Id: "1", From: "a@b/c" },
  });
  const join =
    "<presence><x xmlns='http://jabber.org/protocol/muc'><history since='x'/></x></presence>";
  assertEquals(told(join), { kind: "Presence", flags: ["Muc", "History"] });
  const notice = "<message from='home.example'><joined xmlns='urn:x-roomkeeper:link:0'/></message>";
  assertEquals(told(notice), {
    kind: "Message",
    flags: ["Link"],
    fields: { From: "home.example" },
  });
});

Deno.test("what looks alike in another place or namespace is nothing", () => {
  const status = "<status xmlns='http://jabber.org/protocol/muc#user' code='110'/>";
  assertEquals(told(`<message>${status}<body><error/>${status}</body></message>`), {
    kind: "Message",
  });
  assertEquals(told("<message><x xmlns='urn:x'><status code='110'/></x></message>"), {
    kind: "Message",
  });
  const carbon = "<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>" +
    "<message xmlns='jabber:client' from='a'/></forwarded></received>";
  assertEquals(told(`<message>${carbon}</message>`), { kind: "Message" });
  const ping = "<p:ping xmlns:p='urn:xmpp:ping'/><ping/>";
  assertEquals(told(`<iq>${ping}</iq>`), { kind: "Iq", flags: ["Ping"] });
});

Deno.test("attributes with names that begin or end like known ones are others", () => {
  const others = `fro="1" fromage='2' afrom='3' tot="4" t='5' i='6' ids="7" typ='8' xml:langs='9'`;
  assertEquals(told(`<presence ${others} from='a@b.example' id="x"/>`), {
    kind: "Presence",
    fields: { From: "a@b.example", Id: "x" },
  });
});

Deno.test("an attribute may have any length, and the other kind of quotes inside", () => {
  for (let length = 0; length < 200; length++) {
    for (const [quote, other] of [`'"`, `"'`]) {
      const to = `${other}=>`.repeat(99).slice(0, length);
      const from = "x".repeat(length);
      const stanza = `<iq from=${quote}${from}${quote}\n\tto = ${quote}${to}${quote} type='get'/>`;
      assertEquals(told(stanza), { kind: "Iq", type: "Get", fields: { From: from, To: to } });
    }
  }
});

Deno.test("what a record cannot tell is unusual", () => {
  const x = "<x xmlns='http://jabber.org/protocol/muc#user'/>";
  const item = "<item xmlns='http://jabber.org/protocol/muc#user'/>";
  for (
    const stanza of [
      "<message from='a&amp;b'/>",
      "<message type='cha&#116;'/>",
      "<message to='a\tb'/>",
      `<presence>${x}${x}</presence>`,
      `<presence>${x.replace("/>", `>${item}${item}</x>`)}</presence>`,
      "<iq><error/><error/></iq>",
      forwarded("<iq xmlns='jabber:client'/><iq xmlns='jabber:client'/>"),
      forwarded("").replace("</message>", "<forwarded xmlns='urn:xmpp:forward:0'/></message>"),
      forwarded("").replace("</message>", "<error/></message>"),
    ]
  ) {
    assert(record(stanza).unusual, stanza);
  }
  assertEquals(
    record("<message subject='a&amp;b'><body>a &amp; b</body></message>").unusual,
    false,
  );
});

Deno.test("nothing in ordinary traffic is unusual", () => {
  const { bytes, stanzas } = makeCorpus(300_000, 7);
  const { records, refused } = scan(bytes);
  assertEquals(refused, undefined);
  assertEquals(records.length, stanzas + 2);
  assertEquals(records.filter(({ unusual }) => unusual), []);
});

Deno.test("gather gives the fields that field gives", () => {
  const { bytes } = makeCorpus(30_000, 8);
  const scanner = StanzaScanner.create();
  scanner.input().set(bytes);
  const fields = [Field.From, Field.Id, Field.InnerFrom];
  const count = scanner.commit(bytes.length);
  const expected = [];
  for (let i = 0; i < count; i++) {
    for (const field of fields) expected.push(scanner.field(i, field) ?? "");
  }
  assertEquals(scanner.gather(count, fields), expected);
  assertEquals(scanner.gather(0, fields), []);
  assertEquals(scanner.gather(count, []), []);
  assertEquals(scanner.kind(0), Kind.Open);
  assertEquals(scanner.has(1, Flag.Forwarded | Flag.Muc), scanner.innerKind(1) !== Kind.None);
});

Deno.test("fieldIs compares all bytes of a field", () => {
  const scanner = StanzaScanner.create();
  const { written } = new TextEncoder().encodeInto(
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>" +
      "<iq from='häuser.example' to=''/>",
    scanner.input(),
  );
  scanner.commit(written);
  const is = (field: Field, text: string) =>
    scanner.fieldIs(1, field, new TextEncoder().encode(text));
  assertEquals(is(Field.From, "häuser.example"), true);
  assertEquals(is(Field.From, "hauser.example!"), false);
  assertEquals(is(Field.From, "häuser.exampl"), false);
  assertEquals(is(Field.From, ""), false);
  assertEquals(is(Field.To, ""), true);
  assertEquals(is(Field.Id, ""), true);
});

Deno.test("a reference may begin with many zeros (W3C valid-sa-042 and 056)", async () => {
  for (const zeros of [0, 8, 80, 250]) {
    for (const reference of [`&#${"0".repeat(zeros)}65;`, `&#x${"0".repeat(zeros)}41;`]) {
      const stanza = `<message from='${reference}' id='1'>${reference}</message>`;
      assertEquals(record(stanza).kind, "Message");
      const event = (await parseInside(stanza)).events.at(-2);
      assert(event?.type === "stanza");
      assertEquals([event.element.attr("from"), event.element.text], ["A", "A"], reference);
    }
  }
});

Deno.test("scanner and parser draw one line for references that are too long", async () => {
  for (const length of [254, 255, 256, 257, 400]) {
    for (const start of ["&#", "&#x"]) {
      const text = `<iq>${(start + "0".repeat(length)).slice(0, length - 2)}41;</iq>`;
      const scanned = scan(new TextEncoder().encode(OPEN + text), [7]).refused;
      const { error } = await parseInside(text, [7]);
      assertEquals([length, error], [length, scanned]);
    }
  }
});
