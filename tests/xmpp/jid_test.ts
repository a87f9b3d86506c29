import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  bareJid,
  domainOf,
  hasOversizedPart,
  InvalidJidError,
  Jid,
  type JidPart,
  localOf,
  resourceOf,
} from "../../xmpp/jid.ts";

/** [what is read, its normal form] */
const VALID: readonly (readonly [string, string])[] = [
  ["home.example", "home.example"],
  ["juliet@home.example", "juliet@home.example"],
  ["juliet@home.example/Balcony", "juliet@home.example/Balcony"],
  ["Juliet@HOME.Example/Balcony", "juliet@home.example/Balcony"],
  ["home.example./x", "home.example/x"],
  ["localhost", "localhost"],
  ["a_b@my_host.example", "a_b@my_host.example"],
  // The resource is all that follows the first slash, the local part all before the first @.
  ["room@rooms.example/me@home/phone", "room@rooms.example/me@home/phone"],
  ["rooms.example/a@b", "rooms.example/a@b"],
  // An IRC gateway's rooms.
  [
    "#roomkeeper%irc.example@irc.home.example/Nick",
    "#roomkeeper%irc.example@irc.home.example/Nick",
  ],
  // Local parts: width, case, composition.
  ["Ｊｕｌｉｅｔ@home.example", "juliet@home.example"],
  ["STRAßE@home.example", "straße@home.example"],
  ["re\u0301my@home.example", "rémy@home.example"],
  ["ΣΊΣΥΦΟΣ@home.example", "σίσυφος@home.example"],
  ["♥@home.example", "♥@home.example"],
  // Resource parts: spaces and composition, but not case.
  ["a@b/The\u00a0Room", "a@b/The Room"],
  ["a@b/ leading", "a@b/ leading"],
  ["a@b/Re\u0301my", "a@b/Rémy"],
  ["a@b/👩‍🚀", "a@b/👩‍🚀"],
  // Domains: Unicode, ideographic dots, IP addresses.
  ["BÜCHER.example", "bücher.example"],
  ["xn--bcher-kva.example", "bücher.example"],
  ["a@rooms.XN--BCHER-KVA.example", "a@rooms.bücher.example"],
  ["例え。jp", "例え.jp"],
  ["192.0.2.1", "192.0.2.1"],
  ["a@[2001:DB8:0::1]/x", "a@[2001:db8::1]/x"],
];

for (const [text, normal] of VALID) {
  Deno.test(`Jid.parse() reads ${JSON.stringify(text)} as ${JSON.stringify(normal)}`, () => {
    assertEquals(Jid.parse(text).toString(), normal);
  });
}

/** [what is read, the part at fault, what the message tells of it] */
const INVALID: readonly (readonly [string, JidPart, string])[] = [
  ["", "domainpart", "is empty"],
  ["juliet@", "domainpart", "is empty"],
  ["@home.example", "localpart", "is empty"],
  ["home.example/", "resourcepart", "is empty"],
  ["a@.", "domainpart", "is empty"],
  ["a@b..c", "domainpart", "two dots"],
  ["a@b@c", "domainpart", '"@" (U+0040)'],
  ["a@b c", "domainpart", "U+0020"],
  ["a@b:5222", "domainpart", '":" (U+003A)'],
  ["a@%62", "domainpart", '"%" (U+0025)'],
  ["a@xn--zzzzz99", "domainpart", "internationalized"],
  [`a@${"x".repeat(64)}.example`, "domainpart", "63"],
  [`a@${"x.".repeat(600)}example`, "domainpart", "1207 bytes"],
  ["a@[::g]", "domainpart", "IPv6"],
  ["a@[::1", "domainpart", "IPv6"],
  ["a b@c", "localpart", "U+0020"],
  ["o'neill@c", "localpart", '"\'" (U+0027)'],
  ["a<b@c", "localpart", "U+003C"],
  ["a\u00adb@c", "localpart", "U+00AD"],
  ["a\u0000@c", "localpart", "U+0000"],
  ["henry\u2163@c", "localpart", '"henryiv"'],
  [`${"ü".repeat(512)}@c`, "localpart", "1024 bytes"],
  ["a@c/\u0007", "resourcepart", "U+0007"],
  ["a@c/\ud800", "resourcepart", "U+D800"],
  ["a@c/\ufffe", "resourcepart", "U+FFFE"],
  ["a@c/\ue000", "resourcepart", "U+E000"],
  [`a@c/${"x".repeat(1024)}`, "resourcepart", "1024 bytes"],
];

for (const [text, part, told] of INVALID) {
  Deno.test(`Jid.parse() refuses ${JSON.stringify(text.slice(0, 30))} for its ${part}`, () => {
    const error = assertThrows(() => Jid.parse(text), InvalidJidError, told);
    assertEquals(error.part, part);
    assertEquals(error.input, text);
  });
}

Deno.test("Jid.parse() takes parts of exactly 1023 bytes", () => {
  const domain = `${"x".repeat(63)}.`.repeat(15) + "y".repeat(63);
  const text = `${"a".repeat(1023)}@${domain}/${"r".repeat(1023)}`;
  assertEquals(Jid.parse(text).toString(), text);
});

Deno.test("Jid.of() joins parts, whose delimiters are not read again", () => {
  const jid = Jid.of({ local: "Garden", domain: "Rooms.Example", resource: "a/b@c" });
  assertEquals(jid.toString(), "garden@rooms.example/a/b@c");
  assertThrows(() => Jid.of({ local: "a@b", domain: "c" }), InvalidJidError, "localpart");
  assertThrows(() => Jid.of({ domain: "b/c" }), InvalidJidError, "domainpart");
});

Deno.test("Jid tells its parts and is equal to the same address in another writing", () => {
  const jid = Jid.parse("juliet@home.example/Balcony");
  assertEquals([jid.local, jid.domain, jid.resource, jid.bare, jid.isBare], [
    "juliet",
    "home.example",
    "Balcony",
    "juliet@home.example",
    false,
  ]);
  assert(jid.equals(Jid.parse("JULIET@Home.Example./Balcony")));
  assert(!jid.equals(Jid.parse("juliet@home.example/balcony")));
  assert(!jid.equals(Jid.parse("juliet@home.example")));
  assert(Object.isFrozen(jid));
  assertEquals(JSON.stringify({ jid }), '{"jid":"juliet@home.example/Balcony"}');
});

Deno.test("slices of a JID agree with Jid.parse()", () => {
  for (const [, normal] of VALID) {
    const jid = Jid.parse(normal);
    assertEquals(
      [bareJid(normal), localOf(normal), domainOf(normal), resourceOf(normal)],
      [jid.bare, jid.local, jid.domain, jid.resource],
    );
  }
});

Deno.test("Jid.parse() leaves a normal form as it is, and only ever throws InvalidJidError", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.tuple(
      fc.string({ unit: "grapheme", minLength: 1 }),
      fc.domain(),
      fc.string({ unit: "binary", minLength: 1 }),
    ).map(([local, domain, resource]) => `${local}@${domain}/${resource}`),
  );
  fc.assert(
    fc.property(text, (text) => {
      let normal: string;
      try {
        normal = Jid.parse(text).toString();
      } catch (error) {
        assert(error instanceof InvalidJidError, String(error));
        return;
      }
      assertEquals(Jid.parse(normal).toString(), normal);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("hasOversizedPart() looks at each part, in bytes", () => {
  const [fits, long] = ["é".repeat(511) + "x", "é".repeat(512)];
  assertEquals(hasOversizedPart(`${fits}@${fits}/${fits}`), false);
  for (const jid of [long, `${long}@a/b`, `a@${long}/b`, `a@b/${long}`, `a@b/${fits}/${fits}`]) {
    assertEquals(hasOversizedPart(jid), true, jid.slice(0, 9));
  }
});

Deno.test("an address that is far too long is refused with a short message", () => {
  for (
    const jid of ["é".repeat(100_000), `a@${"ü".repeat(100_000)}`, `a@b/${"x".repeat(100_000)}`]
  ) {
    const { message } = assertThrows(() => Jid.parse(jid), InvalidJidError);
    assert(message.length < 300, String(message.length));
  }
});
