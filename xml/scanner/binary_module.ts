/**
 * The scanner's WebAssembly module, compiled when it is first asked for.
 *
 * @module
 */

import { SCANNER_BINARY } from "./scanner_binary.ts";

/** What an instance exports; `assembly/stream.ts` explains it. Addresses and lengths are bytes. */
export interface ScannerExports extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory;
  readonly records: WebAssembly.Global;
  readonly gathered: WebAssembly.Global;
  readonly lengths: WebAssembly.Global;
  readonly asciiBytes: WebAssembly.Global;
  readonly refusal: WebAssembly.Global;
  readonly refusedAt: WebAssembly.Global;
  configure(bytes: number, elements: number): void;
  room(): number;
  accept(bytes: number): void;
  scan(): number;
  gather(records: number, fields: number): number;
}

let module: WebAssembly.Module | undefined;

/** Makes an instance: one scanner, with its own memory. */
export function instantiate(): ScannerExports {
  module ??= new WebAssembly.Module(Uint8Array.fromBase64(SCANNER_BINARY));
  return new WebAssembly.Instance(module).exports as ScannerExports;
}
