/**
 * The stream that the XML benchmarks read: what a server copies to a component, made from a seed.
 *
 * @module
 */

import { NS } from "../xmpp/namespaces.ts";

/** A stream, and how many stanzas it has. */
export interface Corpus {
  /** The stream's bytes, from its header to the end tag. */
  readonly bytes: Uint8Array;
  /** How many stanzas the server sent, each with or without a forwarded one inside. */
  readonly stanzas: number;
}

const NICKS = ["Romeo", "juliet", "Анна", "花子", "third_witch", "Müller", "pat 🦊", "guest-17"];
const ROOMS = ["garden@rooms.example", "xmpp@muc.other.example", "комната@chat.example"];
const LINES = [
  "Good morning everybody, the build is green again.",
  "did you see the release notes? they changed the default &amp; nobody noticed",
  "ok",
  "I'll be late for the call: the train stands somewhere between two stations since an hour.",
  "+1",
  "see https://example.org/issues/4711?page=2&amp;sort=asc",
  "Доброе утро! Кто-нибудь уже смотрел на новую версию сервера?",
  "да, всё работает, спасибо",
  "Завтра в десять часов созвон, не забудьте, пожалуйста, свои вопросы.",
  "おはようございます。今日の会議は何時からですか？",
  "午後三時からです。資料は共有フォルダに置いてあります。",
  "下午好，服务器已经升级完成，请大家测试一下。",
  "🎉🎉🎉",
  "works for me 👍 thanks! 🙏",
  "on my way 🚲💨",
  "The log says:\n> link lost, waiting\n> link is up\nso it is fine.",
];

/** A seeded source of chance (mulberry32). */
function chance(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = state + 0x6d2b79f5 | 0;
    let t = Math.imul(state ^ state >>> 15, state | 1);
    t ^= t + Math.imul(t ^ t >>> 7, t | 61);
    return ((t ^ t >>> 14) >>> 0) % n;
  };
}

/**
 * Makes a stream.
 *
 * @param length About how many bytes.
 * @param seed What it is made from.
 */
export function makeCorpus(length: number, seed = 20_260): Corpus {
  const below = chance(seed);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!;
  const some = (length: number, characters: string) =>
    Array.from({ length }, () => characters[below(characters.length)]).join("");
  const hex = (length: number) => some(length, "0123456789abcdef");
  const base64 = (length: number) => `${some(length - 1, "ABCDEFGHijklmnopqrstuvwxyz0189+/")}=`;
  const uuid = () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
  const user = () => `user${below(900)}@home.example`;
  const full = () => `${user()}/${pick(["phone", "gajim.K3F9XQ2A", "Conversations.x7Qd", "web"])}`;

  /** A stanza: start tag without the closing `>`, and the content. */
  const payloads: readonly (() => readonly [string, string])[] = [
    groupchat,
    groupchat,
    groupchat,
    mucPresence,
    mucPresence,
    privateChat,
    iq,
  ];

  const occupant = () => `<occupant-id xmlns='urn:xmpp:occupant-id:0' id='${base64(44)}'/>`;

  function groupchat(): readonly [string, string] {
    const room = pick(ROOMS);
    const id = uuid();
    const archived = pick([some(24, "0189abcXYZ_-"), some(16, "0123456789"), uuid()]);
    const delay = below(6) > 0
      ? ""
      : `<delay xmlns='${NS.delay}' from='${room}' stamp='2026-03-01T09:3${below(9)}:00Z'/>`;
    return [
      `message from='${room}/${pick(NICKS)}' to='${full()}' type='groupchat' id='${id}'`,
      `<body>${pick(LINES)}</body>${delay}<origin-id xmlns='urn:xmpp:sid:0' id='${id}'/>` +
      `<stanza-id xmlns='urn:xmpp:sid:0' id='${archived}' by='${room}'/>${occupant()}`,
    ];
  }

  function mucPresence(): readonly [string, string] {
    const self = below(5) === 0 ? "<status code='100'/><status code='110'/>" : "";
    const gone = below(5) === 0;
    const about = gone
      ? ""
      : `<show>${pick(["away", "dnd", "xa"])}</show><c xmlns='http://jabber.org/protocol/caps'` +
        ` hash='sha-1' node='https://gajim.org' ver='${base64(28)}'/>` +
        `<x xmlns='vcard-temp:x:update'><photo>${hex(40)}</photo></x>`;
    return [
      `presence from='${pick(ROOMS)}/${pick(NICKS)}' to='${full()}'` +
      (gone ? " type='unavailable'" : ` id='${uuid()}'`),
      `${about}${occupant()}<x xmlns='${NS.mucUser}'>` +
      `<item affiliation='${pick(["member", "none", "owner"])}'` +
      ` role='${gone ? "none" : "participant"}' jid='${full()}'/>${self}</x>`,
    ];
  }

  function privateChat(): readonly [string, string] {
    const id = uuid();
    return [
      `message from='${full()}' to='${user()}' type='chat' id='${id}'`,
      `<body>${pick(LINES)}</body><active xmlns='http://jabber.org/protocol/chatstates'/>` +
      `<origin-id xmlns='urn:xmpp:sid:0' id='${id}'/>` +
      `<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>`,
    ];
  }

  function iq(): readonly [string, string] {
    const addresses = `from='${full()}' to='${pick(ROOMS)}' id='${uuid()}'`;
    return below(3) > 0 ? [`iq ${addresses} type='get'`, `<ping xmlns='${NS.ping}'/>`] : [
      `iq ${addresses} type='error'`,
      `<ping xmlns='${NS.ping}'/><error type='cancel' by='rooms.example'>` +
      `<not-acceptable xmlns='${NS.stanzaErrors}'/></error>`,
    ];
  }

  /** As Prosody's stanza:forward writes it: ' around values, namespace where it is needed. */
  const asProsody = ([tag, content]: readonly [string, string]) =>
    `<message to='keeper.home.example' from='home.example'><forwarded xmlns='${NS.forward}'>` +
    `<${tag} xmlns='${NS.client}'>${content}</${tag.split(" ", 1)}></forwarded></message>`;

  /** As ejabberd's mod_service_log writes it. */
  const asEjabberd = ([tag, content]: readonly [string, string]) =>
    `<message to='keeper.home.example' from='home.example' id='${
      some(19, "0123456789")
    }' type='normal'>` +
    `<forwarded xmlns='${NS.forward}'><delay stamp='2026-03-01T09:30:1${below(9)}.${below(1e6)}Z'` +
    ` xmlns='${NS.delay}' from='home.example'/><${
      tag.replace(" ", ` xml:lang='en' xmlns='${NS.client}' `)
    }>${content}</${tag.split(" ", 1)}></forwarded></message>`;

  const direct = ([tag, content]: readonly [string, string]) =>
    `<${tag}>${content}</${tag.split(" ", 1)}>`;

  const wrap = [asProsody, asProsody, asProsody, asEjabberd, asEjabberd, asEjabberd, direct];
  const parts = [
    `<?xml version='1.0'?><stream:stream xmlns='${NS.component}' xmlns:stream='${NS.stream}'` +
    ` from='keeper.home.example' id='${uuid()}'>`,
  ];
  let size = 0;
  while (size < length) {
    const stanza = pick(wrap)(pick(payloads)());
    size += stanza.length;
    parts.push(stanza);
  }
  const stanzas = parts.length - 1;
  parts.push("</stream:stream>");
  return { bytes: new TextEncoder().encode(parts.join("")), stanzas };
}
