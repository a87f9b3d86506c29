/**
 * What a stream is like, in a few figures, so that two can be compared.
 *
 * @module
 */

import { SaxesParser } from "saxes";

/** Tells in one line what the stanzas of a stream are like. */
export function profile(stream: Uint8Array): string {
  const parser = new SaxesParser({ xmlns: true, position: false });
  let depth = 0, stanzas = 0, copies = 0, tags = 0, attributes = 0;
  parser.on("opentag", (tag) => {
    if (++depth === 1) return;
    if (depth === 2) stanzas++;
    if (depth === 3 && tag.local === "forwarded") copies++;
    tags++;
    attributes += Object.keys(tag.attributes).length;
  });
  parser.on("closetag", () => depth--);
  parser.write(new TextDecoder().decode(stream));
  const a = (count: number) => (count / stanzas).toFixed(1);
  const percent = (part: number, whole: number) => `${(100 * part / whole).toFixed(1)} %`;
  const foreign = stream.reduce((count, byte) => count + (byte >> 7), 0);
  return `a stanza has ${a(stream.length)} bytes, ${a(tags)} tags and ${
    a(attributes)
  } attributes ` +
    `(${(attributes / tags).toFixed(2)} a tag); ${percent(foreign, stream.length)} of the bytes ` +
    `are not ASCII, ${percent(copies, stanzas)} of the stanzas are copies`;
}
