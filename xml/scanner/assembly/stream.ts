// @ts-nocheck: this is AssemblyScript

/*
 * The scanner as the host sees it: room for bytes, and records for the bytes that are there.
 */

import { BATCH, Refusal } from "../vocabulary.ts";
import { defineAttributes } from "./attribute_names.ts";
import { APOSTROPHE, BANG, GREATER, LESS, QUESTION, QUOTE, SLASH } from "./chars.ts";
import { declaration } from "./declaration.ts";
import { asciiBytes, gather } from "./gather.ts";
import { GATHER, INPUT, LENGTHS, RECORDS } from "./memory.ts";
import { moveTo } from "./record.ts";
import {
  depth,
  end,
  keep,
  limit,
  position,
  refusal,
  refuse,
  refusedAt,
  setEnd,
  setKeep,
  setLimits,
  setPosition,
} from "./state.ts";
import { closed, count, endTag, setCount, startTag } from "./tag.ts";
import { blank, cdata, inCdata, openCdata, text } from "./text.ts";
import { define } from "./words.ts";

/* The end of a tag that the input cut off is looked for byte by byte, and the tag is read again
 * only when it is there. So even a tag that comes one byte at a time is read just twice. */
let seeking: bool = false;
let sought: usize = 0;
let openQuote: u8 = 0;

/** Whether nothing has been read yet. */
let fresh: bool = true;

define();
defineAttributes();

/** The addresses of the records, and of the strings that `gather` collects and their lengths. */
export const records: usize = RECORDS;
export const gathered: usize = GATHER;
export const lengths: usize = LENGTHS;
export { asciiBytes, gather, refusal, refusedAt };

/** Sets the limits on the bytes of a stanza and on its depth. */
export function configure(bytes: usize, elements: i32): void {
  setLimits(bytes, elements);
}

/**
 * Where the next bytes go: there is room for READ_BYTES. Ends the life of all records.
 *
 * What is still needed moves to the front if at least as many bytes before it are not needed any
 * more. So moving costs less than reading did; and as less than two largest stanzas can be in
 * front of the end, there always is room.
 */
export function room(): usize {
  const needed = end - keep;
  const done = keep - INPUT;
  if (done >= needed) {
    memory.copy(INPUT, keep, needed);
    setKeep(INPUT);
    setPosition(position - done);
    sought -= done;
    setEnd(end - done);
  }
  return end;
}

/** Takes in the bytes that were put there. */
export function accept(bytes: usize): void {
  setEnd(end + bytes);
}

/** Finds records; returns how many. If fewer than BATCH, all input has been looked at. */
export function scan(): usize {
  moveTo(0);
  setCount(0);
  if (refusal != Refusal.None) return 0;
  if (!seeking || seek()) advance();
  // In a full batch there may be whole stanzas left.
  const looked = refusal == Refusal.None && count < (BATCH as usize);
  if (looked && end - keep > limit()) tooLong();
  return count;
}

function advance(): void {
  let p = position;
  while (true) {
    if (inCdata) {
      p = cdata(p);
      if (p == 0) return;
    }
    if (load<u8>(p) != LESS) {
      if (p < end) fresh = false;
      p = depth > 1 ? text(p) : blank(p);
      if (p == 0) return;
    }
    if (depth < 2) setKeep(p);
    const next = tag(p);
    if (next == 0) {
      setPosition(p);
      return;
    }
    p = next;
    if (depth < 2) {
      fresh = false;
      setKeep(p);
      if (count >= (BATCH as usize)) {
        setPosition(p);
        return;
      }
    }
  }
}

/** Reads what starts with `<`. */
// @inline
function tag(p: usize): usize {
  if (p + 1 == end) return 0;
  const kind = load<u8>(p, 1);
  if (kind == SLASH) return seekIfCut(p, endTag(p));
  if (kind == BANG) return openCdata(p);
  if (kind == QUESTION) return seekIfCut(p, declaration(p, fresh));
  if (closed) return refuse(Refusal.AfterEnd, p);
  return seekIfCut(p, startTag(p));
}

// @inline
function seekIfCut(p: usize, next: usize): usize {
  return next != 0 ? next : cut(p);
}

/** A tag is cut off, or refused. */
function cut(p: usize): usize {
  seeking = true;
  sought = p + 1;
  openQuote = 0;
  return 0;
}

/** Looks for the end of the tag that was cut off; true if there is one, or a clear fault. */
function seek(): bool {
  let p = sought;
  while (p < end) {
    const c = load<u8>(p);
    if (c == LESS || (c == GREATER && openQuote == 0)) {
      seeking = false;
      return true;
    }
    if (c == openQuote) openQuote = 0;
    else if (openQuote == 0 && (c == QUOTE || c == APOSTROPHE)) openQuote = c;
    p++;
  }
  sought = p;
  return false;
}

/** Refuses a stanza for its length, unless something else is wrong before the limit. */
function tooLong(): void {
  if (seeking) tag(position);
  if (refusal == Refusal.None) refuse(Refusal.TooLong, end);
}
