/** Random streams: what servers send, what they never send, and damage. */

import { AFFILIATIONS, CONDITIONS, ROLES, TYPES } from "../../../xml/scanner/vocabulary.ts";
import { words } from "../../../xml/scanner/word_list.ts";
import { NS } from "../../../xmpp/namespaces.ts";
import type { Random } from "./random.ts";

const NAMESPACES: readonly string[] = [...Object.values(NS), "urn:other", "", "a&amp;b", "urn:ü"];
const ELEMENTS = words(
  "message presence iq forwarded x item status destroy history delay ping error " +
    "text body handshake " + CONDITIONS +
    " é 名 p:x q:item stream:error xml:a a.very-long_name.for-1",
);
const ATTRIBUTES = words(
  "from to id type code nick affiliation role by stamp jid node ver hash " +
    "xml:lang p:a q:a p:from stream:x é xmlns:p xmlns:q stamp2 an-attribute-with-a-long-name",
);
const TEXTS = [
  "hello",
  "",
  " ",
  "\n",
  "\r\n\t",
  "Привет, как дела?",
  "今日は会議があります",
  "👩‍👩‍👧 ok 🎉",
  "é",
  "&amp;",
  "&lt;&gt;&quot;&apos;",
  "&#233;",
  "&#x1F600;",
  "]]",
  "]",
  "> >",
  "\u007f\u0085\u2028",
  "\ud7ff\ue000\ufffd",
  "a somewhat longer text that is more than a vector long, in ASCII",
];
const VALUES = [
  "user@home.example/phone",
  "garden@rooms.example/Romeo",
  "rooms.example",
  "home.example",
  "чат.example",
  "комната@чат.example/ник",
  "110",
  "303",
  "1",
];
/** What a record cannot point to. */
const FANCY = [
  "a&amp;b",
  "tab\there",
  "new\r\nline",
  "&#x41;",
  ">",
  '"',
];
/** What damage puts in. */
const SNIPPETS = [
  ..."<>&;'\"/=!?[]: \t\r\n\0\x0b\x7fa0é",
  ..."<!-- --> <!DOCTYPE]> <![CDATA[ ]]> <?pi?> &amp; &lt &#38; &#0; &#xFFFE; &#xD800; &nbsp; &#X41;"
    .split(" "),
  ..."&; &#; &#x; &a:b; &#1114112; &#99999999999999999999; <b/> <b> </b> </x> <p:b/> <1/> <a:/> <:a/>"
    .split(" "),
  ..."<a:b:c/> <a:1/> <xmlns:a/> <xml:a/> </stream:stream> <é/> <×/> \ufffe \uffff \ufeff 𐀀 <b\n/>"
    .split(" "),
  "<b />",
  "</b >",
  "</ b>",
  "< b>",
  "<b a/>",
  "<b a=c/>",
  "<b a='1'b='2'/>",
  "<b a='1' a=\"2\"/>",
  "<b a='<'/>",
  "<b a = '1'\r/>",
  "<b/ >",
  "<?xml version='1.0'?>",
  "<![CDATA[ <a> & ]] > ]]>",
  "<![CDATA[é]]]]>",
  " xmlns=''",
  " xmlns:p=''",
  " xmlns:p='u'",
  " xmlns:p='u' xmlns:q='&#117;' q:a='' p:a=''",
  " xmlns:xml='u'",
  " xmlns:xmlns='u'",
  " xmlns='http://www.w3.org/2000/xmlns/'",
  " xmlns='http://www.w3.org/XML/1998/namespac&#101;'",
  " xmlns:p='http://www.w3.org/XML/1998/namespace'",
  " xmlns:xml='http://www.w3.org/XML/1998/namespace'",
  " p:a='1' xml:a='2'",
  " :a='1'",
  " a:='1'",
  " a:1='1'",
];
/** Bytes that are wrong in UTF-8, and some that are right. */
const BYTES = [
  [0x80],
  [0xbf],
  [0xc0, 0x80],
  [0xc1, 0xbf],
  [0xc3],
  [0xe0, 0x80, 0x80],
  [0xe2, 0x82],
  [0xed, 0xa0, 0x80],
  [0xef, 0xbf, 0xbe],
  [0xf0, 0x80, 0x80, 0x80],
  [0xf0, 0x9f, 0x98],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf5, 0x80, 0x80, 0x80],
  [0xff],
  [0xe2, 0x82, 0xac],
  [0xf0, 0x9f, 0x98, 0x80],
];

/** Makes the bytes of one stream. */
export function stream(random: Random): Uint8Array {
  const parts = [prolog(random), header(random)];
  for (let n = random.below(5); n > 0; n--) {
    parts.push(random.oneIn(3) ? likely(random) : element(random, 0, random.oneIn(3)));
    if (random.oneIn(4)) parts.push(random.pick([" ", "\n", "\r\n\t "]));
  }
  if (!random.oneIn(4)) parts.push("</stream:stream>");
  return damaged(parts.join(""), random);
}

/** The bytes of a text, half of the time with something put in or cut out, or wrong in UTF-8. */
export function damaged(text: string, random: Random): Uint8Array {
  for (let n = random.oneIn(2) ? 0 : 1 + random.below(2); n > 0; n--) {
    const at = random.below(text.length + 1);
    const cut = random.oneIn(2) ? 0 : random.below(3);
    text = text.slice(0, at) + (random.oneIn(5) ? "" : random.pick(SNIPPETS)) +
      text.slice(at + cut);
  }
  const bytes = new TextEncoder().encode(text.toWellFormed());
  if (!random.oneIn(9)) return bytes;
  const at = random.below(bytes.length + 1);
  const wrong = random.pick(BYTES);
  return Uint8Array.from([...bytes.subarray(0, at), ...wrong, ...bytes.subarray(at)]);
}

function prolog(random: Random): string {
  if (!random.oneIn(4)) return "";
  const declaration = random.pick([
    "<?xml version='1.0'?>",
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    "<?xml version = '1.0' encoding='utf-8' standalone='yes' ?>",
    "<?xml version='1.0' standalone='maybe'?>",
    "<?xml version='1.0' standalone='no' encoding='utf-8'?>",
    "<?xml version='1.1'?>",
    "<?xml version='1.0' encoding='latin1'?>",
    "<?xml encoding='utf-8'?>",
    "<?xml version='1.0'encoding='utf-8'?>",
    "<?xml?>",
    "\n<?xml version='1.0'?>",
    "<?xmlversion='1.0'?>",
    " ",
    "\ufeff",
  ]);
  return declaration;
}

function header(random: Random): string {
  const content = random.oneIn(20) ? random.pick(NAMESPACES) : NS.component;
  const root = random.oneIn(30) ? "stream:streams" : "stream:stream";
  const p = random.oneIn(4) ? "" : attribute(random, "xmlns:p", random.pick(NAMESPACES) || "u");
  const q = random.oneIn(4) ? "" : attribute(random, "xmlns:q", random.pick(NAMESPACES) || "u");
  return `<${root} xmlns='${content}' xmlns:stream='${NS.stream}'${p}${q} id='${
    random.oneIn(9) ? "s&#49;" : "s1"
  }' from="k.e">`;
}

function attribute(random: Random, name: string, value: string): string {
  const quote = value.includes("'") ? '"' : value.includes('"') ? "'" : random.pick(["'", '"']);
  const equals = random.oneIn(12) ? random.pick([" =", "= ", "\n=\t"]) : "=";
  return `${random.oneIn(12) ? "\n " : " "}${name}${equals}${quote}${value}${quote}`;
}

function text(random: Random): string {
  let text = "";
  for (let n = random.below(4); n > 0; n--) text += random.pick(TEXTS);
  if (random.oneIn(10)) text += `<![CDATA[${random.pick(TEXTS)}<>]]>`;
  return text;
}

/** Any element, with names and namespaces that mean something in another order. */
function element(random: Random, depth: number, deep: boolean): string {
  const name = depth < 1 && !random.oneIn(4)
    ? random.pick(["message", "presence", "iq"])
    : random.pick(ELEMENTS);
  const names = new Set<string>();
  for (let n = random.below(4); n > 0; n--) names.add(random.pick(ATTRIBUTES));
  let tag = `<${name}`;
  if (depth > 0 && random.oneIn(2)) {
    tag += attribute(random, "xmlns", random.pick(NAMESPACES));
  }
  for (const name of names) {
    const value = name.startsWith("xmlns")
      ? random.pick(NAMESPACES) || "u"
      : name === "type"
      ? random.pick(words(TYPES))
      : random.pick(random.oneIn(6) ? FANCY : VALUES);
    tag += attribute(random, name, value);
  }
  if (random.oneIn(4)) return `${tag}/>`;
  let content = text(random);
  if (depth < (deep ? 9 : 4)) {
    for (let n = random.below(3); n > 0; n--) {
      content += element(random, depth + 1, deep) + text(random);
    }
  }
  return `${tag}>${content}</${name}${random.oneIn(20) ? " " : ""}>`;
}

/** A stanza like those of a server, now and then with something added or twice. */
function likely(random: Random): string {
  const maybe = (xml: string, n = 2) => random.oneIn(n) ? xml : "";
  const twice = (xml: string) => random.oneIn(15) ? xml + xml : xml;
  const value = (name: string, n = 5) =>
    random.oneIn(n) ? "" : attribute(random, name, random.pick(random.oneIn(40) ? FANCY : VALUES));
  const word = (name: string, list: string) =>
    random.oneIn(8) ? "" : attribute(random, name, random.pick([...words(list), "new"]));
  const condition = random.pick(words(CONDITIONS));
  const status = () => `<status${word("code", "100 110 201 210 303 307 332 333 999")}/>`;
  const x = `<x xmlns='${NS.mucUser}'>` +
    twice(
      `<item${word("affiliation", AFFILIATIONS)}${word("role", ROLES)}${value("nick", 2)}${
        value("jid", 2)
      }/>`,
    ) + status() + maybe(status()) + maybe("<destroy><reason>x</reason></destroy>", 6) + "</x>";
  const payload = (ns: string) =>
    maybe(`<body>${text(random)}</body>`) + maybe(twice(x)) +
    maybe(
      twice(
        `<error${word("type", "auth cancel modify wait")}${
          value("by", 2)
        }><${condition} xmlns='${NS.stanzaErrors}'/>${
          maybe(`<text xmlns='${NS.stanzaErrors}'>${text(random)}</text>`)
        }</error>`,
      ),
      4,
    ) + maybe(`<error xmlns='${ns}'/>`, 30) +
    maybe(`<delay xmlns='${NS.delay}'${attribute(random, "stamp", "2026-01-01T00:00:00Z")}/>`, 4) +
    maybe(`<ping xmlns='${NS.ping}'/>`, 4) +
    maybe(`<x xmlns='${NS.muc}'>${maybe("<history maxstanzas='0'/>")}</x>`, 5);
  const kind = random.pick(["message", "presence", "iq"]);
  const addresses = () => value("from") + value("to") + value("id") + maybe(word("type", TYPES));
  if (random.oneIn(3)) {
    return `<${kind}${addresses()}>${payload(NS.component)}${
      maybe(`<hello xmlns='${NS.plugin}'/>`, 6)
    }</${kind}>`;
  }
  const ns = random.pick([NS.client, NS.client, NS.client, NS.server, NS.forward]);
  const xmlns = ns === NS.forward ? "" : attribute(random, "xmlns", ns);
  return `<message${addresses()}>${maybe(payload(NS.component), 20)}` + twice(
    `<forwarded xmlns='${NS.forward}'>${maybe(`<delay xmlns='${NS.delay}' stamp='x'/>`, 4)}${
      twice(`<${kind}${addresses()}${xmlns}>${payload(ns)}</${kind}>`)
    }</forwarded>`,
  ) + `${maybe(payload(NS.component), 20)}</message>`;
}
