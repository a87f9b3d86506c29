/** What might come next where a stream was cut off, in the middle of a tag, a reference, a name. */

import { NS } from "../../../xmpp/namespaces.ts";
import type { Verdict } from "./oracle.ts";

const HEADER = `<stream:stream xmlns='${NS.component}' xmlns:stream='${NS.stream}'>`;
const DECLARATIONS = [
  "<?xml version='1.0' encoding='utf-8' standalone='yes'?>",
  '<?xml version="1.0" encoding="utf-8" standalone="yes"?>',
];
const REFERENCES = ["amp;", "lt;", "gt;", "quot;", "apos;", "#x65;"];
/** Ends of start tags, from a name, a prefix or a value on. */
const TAG_ENDS = [
  ...["", "/>", ">", "'/>", '"/>', "'>", '">', "''/>", '""/>', "=''/>", '=""/>'],
  ...["b/>", ":b/>", "b=''/>", ":b=''/>"],
  ...["p", "q", "a", "stream"].map((prefix) => ` xmlns:${prefix}='urn:u'/>`),
];
/** What may be missing of a character. */
const CHARACTER_ENDS = [
  ...[[], [0x80], [0xbf], [0x80, 0x80], [0x90, 0x80], [0xa0, 0x80], [0x9f, 0xbf]],
  ...[[0x80, 0x80, 0x80], [0x90, 0x80, 0x80], [0x8f, 0xbf, 0xbd], [0xbf, 0xbf, 0xbd]],
];

const encoder = new TextEncoder();

/**
 * Everything that is worth trying to go on with after a stream that was cut off: if one of these is
 * well-formed, what was there before was too.
 */
export function* completions({ open, partial }: Verdict): Generator<Uint8Array> {
  const inside = open.at(-1);
  const rests = [
    ...TAG_ENDS.map((end) => encoder.encode(end)),
    ...[HEADER, "[CDATA[]]>", ...DECLARATIONS].flatMap(tails),
    ...REFERENCES.flatMap((name) => ["", "'/>", '"/>'].flatMap((end) => tails(name + end))),
    ...inside === undefined ? [] : tails(`/${inside}>`),
  ];
  for (const character of partial ? CHARACTER_ENDS : [[]]) {
    for (const rest of rests) yield Uint8Array.from([...character, ...rest]);
  }
}

/** The bytes of a text without the first ones, all of them in the end. */
function tails(text: string): Uint8Array[] {
  const bytes = encoder.encode(text);
  return Array.from(bytes, (_, at) => bytes.subarray(at));
}
