/**
 * The readers that `bench/xml.ts` compares. Each reads a whole stream in the same chunks.
 *
 * @module
 */

import { Parser as HtmlParser } from "htmlparser2";
import LtxParser from "ltx/parser";
import sax from "sax";
import { type Detail, SaxEventType, SAXParser, type Tag } from "sax-wasm";
import { SaxesParser } from "saxes";
import { SAX_WASM_BASE64 } from "../xml/sax_wasm_binary.ts";
import { Field, Kind, StanzaScanner } from "../xml/scanner/mod.ts";

/** One line of the table. */
export interface Reader {
  /** What it is and what it does. */
  readonly name: string;
  /** How often it reads the stream in a run, so that fast ones run long enough. */
  readonly passes: number;
  /** Makes ready to read one stream; not timed. */
  prepare(): Reading | Promise<Reading>;
}

/** One stream being read. */
export interface Reading {
  /**
   * Puts a chunk where a socket would be read to, if the reader has a place for it; not timed, as
   * the bytes of a socket have to be put somewhere anyhow.
   */
  place?(chunk: Uint8Array): void;
  /** Reads the chunk. */
  read(chunk: Uint8Array): void;
  /** The number of stanzas read; undefined if the reader can't know. */
  readonly stanzas: number | undefined;
}

/** All readers. */
export async function readers(): Promise<Reader[]> {
  const saxWasm = await WebAssembly.compile(Uint8Array.fromBase64(SAX_WASM_BASE64));
  const ADDRESSES = [Field.From, Field.To, Field.InnerFrom, Field.InnerTo];

  return [
    { name: "scanner: records of all stanzas", passes: 20, prepare: () => scan(() => {}) },
    {
      name: "scanner, from and to decoded, also the forwarded stanza's",
      passes: 20,
      prepare: () => scan((scanner, count) => scanner.gather(count, ADDRESSES)),
    },
    { name: "sax-wasm 3.1.4, no events", passes: 1, prepare: () => readSaxWasm(saxWasm, 0) },
    {
      name: "sax-wasm 3.1.4, attributes read",
      passes: 1,
      prepare: () => readSaxWasm(saxWasm, SaxEventType.OpenTag),
    },
    { name: "saxes 6.0.0, namespaces on", passes: 1, prepare: readSaxes },
    { name: "ltx 3.1.2, its SAX parser", passes: 1, prepare: readLtx },
    { name: "sax 1.4.1, strict, namespaces on", passes: 1, prepare: readSax },
    { name: "htmlparser2 12.0.0, XML mode", passes: 1, prepare: readHtmlparser2 },
  ];
}

function scan(use: (scanner: StanzaScanner, count: number) => unknown): Reading {
  const scanner = StanzaScanner.create();
  let stanzas = 0;
  return {
    place: (chunk) => scanner.input().set(chunk),
    read({ length }) {
      for (let count = scanner.commit(length); count > 0; count = scanner.more()) {
        use(scanner, count);
        for (let i = 0; i < count; i++) {
          const kind = scanner.kind(i);
          if (kind !== Kind.Open && kind !== Kind.Close) stanzas++;
        }
      }
    },
    get stanzas() {
      return stanzas;
    },
  };
}

async function readSaxWasm(module: WebAssembly.Module, events: number): Promise<Reading> {
  const parser = new SAXParser(events);
  await parser.prepareWasm(module);
  let read = 0;
  parser.eventHandler = (_type: number, detail: Detail) => {
    for (const { name, value } of (detail as Tag).attributes) {
      read += name.value.length + value.value.length;
    }
  };
  return { read: (chunk) => void parser.write(chunk), stanzas: undefined };
}

/** Counts the children of the root. */
class Counter {
  stanzas = 0;
  #depth = 0;
  readonly open = () => {
    this.#depth++;
  };
  readonly close = () => {
    if (--this.#depth === 1) this.stanzas++;
  };
}

/** A reader of strings: the chunks are decoded for it. */
function strings(write: (text: string) => unknown, counter: Counter): Reading {
  const decoder = new TextDecoder();
  return {
    read: (chunk) => void write(decoder.decode(chunk, { stream: true })),
    get stanzas() {
      return counter.stanzas;
    },
  };
}

function readSaxes(): Reading {
  const counter = new Counter();
  const parser = new SaxesParser({ xmlns: true, position: false });
  parser.on("opentag", counter.open);
  parser.on("closetag", counter.close);
  return strings((text) => parser.write(text), counter);
}

function readLtx(): Reading {
  const counter = new Counter();
  const parser = new LtxParser();
  parser.on("startElement", counter.open);
  parser.on("endElement", counter.close);
  return strings((text) => parser.write(text), counter);
}

function readSax(): Reading {
  const counter = new Counter();
  const parser = sax.parser(true, { xmlns: true, position: false });
  parser.onopentag = counter.open;
  parser.onclosetag = counter.close;
  return strings((text) => parser.write(text), counter);
}

function readHtmlparser2(): Reading {
  const counter = new Counter();
  const parser = new HtmlParser({ onopentag: counter.open, onclosetag: counter.close }, {
    xmlMode: true,
  });
  return strings((text) => parser.write(text), counter);
}
