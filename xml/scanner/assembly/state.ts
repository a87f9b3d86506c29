// @ts-nocheck: this is AssemblyScript

/*
 * Where the scanner is in its input, and how it stops.
 *
 * A function that reads a part of the grammar takes the address where the part starts and
 * returns the address behind it, or 0 to stop: if nothing was refused, the input ended first. A
 * zero byte always follows the input. No part of the grammar contains one, so whoever meets
 * something unexpected only then has to ask whether the input ended here.
 */

import { MAX_HEADER_BYTES, MAX_STANZA_BYTES, Refusal } from "../vocabulary.ts";
import { INPUT } from "./memory.ts";

/** The end of the input. */
export let end: usize = INPUT;
/** The first byte that is still needed: the start of the stanza being read. */
export let keep: usize = INPUT;
/** Where to go on when more input is there. */
export let position: usize = INPUT;
/** Open elements, the stream included. */
export let depth: i32 = 0;

/** Limits on the stanza's bytes and on the depth of elements, the stream included. */
export let maxBytes: usize = MAX_STANZA_BYTES;
export let maxDepth: i32 = 65;

/** Why the stream was refused, and how many bytes into the stanza. */
export let refusal: Refusal = Refusal.None;
export let refusedAt: usize = 0;

export function setEnd(p: usize): void {
  end = p;
  store<u8>(p, 0);
}

export function setKeep(p: usize): void {
  keep = p;
}

export function setPosition(p: usize): void {
  position = p;
}

export function setDepth(d: i32): void {
  depth = d;
}

export function setLimits(bytes: usize, elements: i32): void {
  maxBytes = bytes;
  maxDepth = elements + 1;
}

/** The most bytes that may be needed at a time. */
export function limit(): usize {
  return depth == 0 ? min(maxBytes, MAX_HEADER_BYTES) : maxBytes;
}

/** Ends the stream. Beyond the limit on size nothing but the size is wrong. */
export function refuse(reason: Refusal, p: usize): usize {
  refusal = p - keep >= limit() ? Refusal.TooLong : reason;
  refusedAt = min(p - keep, limit());
  return 0;
}

/** Stops at a byte that does not belong here, which may be the one after the input. */
export function unexpected(p: usize): usize {
  return p >= end ? 0 : refuse(Refusal.Syntax, p);
}
