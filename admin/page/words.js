// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="dom" />
/// <reference lib="esnext" />
/**
 * The words of the pages.
 *
 * @module
 */
import { html } from "./dom.js";

/** @typedef {import("../rows.ts").DomainRow} DomainRow */
/** @typedef {import("../overview.ts").DomainDetail["events"][number]} PastEvent */

/** What the states of links are called. */
export const LINKS = /** @type {const} */ ({
  up: "Up",
  idle: "Idle",
  down: "Down",
  unknown: "Unknown",
  unwatched: "Nobody there",
});

/**
 * What made us think that a link was lost.
 *
 * @type {Readonly<Record<import("../../actors/messages/events.ts").LossCause, string>>}
 */
export const CAUSES = {
  "link-down": "link lost",
  "link-up": "link back, unwatched before",
  "unreachable": "could not be reached",
  "rejected": "a room did not know its user",
  "dropped": "a room put a user out by a fault or a restart",
  "silence": "silent for long",
  "restart": "not watched for a while",
  "operator": "an operator asked",
};

const REASONS = /** @type {const} */ ({
  gone: "not in the room",
  destroyed: "the room is gone for good",
  unconfirmed: "could not be confirmed in time",
});

const numbers = new Intl.NumberFormat("en");
const day = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/**
 * A number with its thousands told apart.
 *
 * @param {number} value
 */
export function number(value) {
  return numbers.format(value);
}

/**
 * A number of things.
 *
 * @param {number} value
 * @param {string} one
 * @param {string} [many]
 */
export function count(value, one, many = `${one}s`) {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/**
 * A length of time.
 *
 * @param {number} ms
 */
export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 6_000) return `${Math.round(seconds / 60)} min`;
  if (seconds < 360_000) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/**
 * A size, from bytes.
 *
 * @param {number} bytes
 */
export function size(bytes) {
  if (bytes < 1_000) return count(bytes, "byte");
  const power = Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${["kB", "MB", "GB"][power - 1]}`;
}

/**
 * How long ago something was, kept up to date by {@linkcode refreshTimes}.
 *
 * @param {number} at
 */
export function ago(at) {
  const date = new Date(at);
  const attributes = { datetime: date.toISOString(), title: day.format(date) };
  return html("time", attributes, agoText(at));
}

/** @param {number} at */
function agoText(at) {
  return `${duration(Date.now() - at)} ago`;
}

/** Brings all that tells how long ago something was up to date. */
export function refreshTimes() {
  for (const time of document.querySelectorAll("time")) {
    const text = agoText(Date.parse(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}

/**
 * What a verification is doing.
 *
 * @param {NonNullable<DomainRow["verifying"]>} verifying
 */
export function phase({ phase, done, total }) {
  switch (phase) {
    case "delay":
      return `Waiting before ${count(total, "join")} ${total === 1 ? "is" : "are"} asked about`;
    case "probe":
      return "Asking whether it can be reached";
    case "backoff":
      return "Not all answered, trying again soon";
    case "asking":
      return `Asked about ${number(done)} of ${number(total)}`;
  }
}

/** @param {Extract<PastEvent, import("../history.ts").Many>} event */
function who({ count, first }) {
  const named = first.map(({ user, room }) => `${user} (${room})`);
  const more = count - named.length;
  return [...named, ...(more > 0 ? [`${number(more)} more`] : [])].join(", ");
}

/**
 * How long users were out of their rooms, if anybody was brought back.
 *
 * @param {DomainRow["recovery"]} recovery
 */
export function timeOut({ failed, medianMs }) {
  const median = medianMs === undefined ? [] : [`out for ${duration(medianMs)}, median`];
  const parts = [...median, ...(failed > 0 ? [`${number(failed)} failed`] : [])];
  return parts.length > 0 ? parts.join("; ") : "users";
}

/**
 * What happened, in a sentence.
 *
 * @param {PastEvent} event
 * @returns {string}
 */
export function tell(event) {
  switch (event.type) {
    case "loss":
      return `${count(event.joins, "join")} in doubt: ${CAUSES[event.cause]}`;
    case "unreached":
      return `Could not decide everything, attempt ${event.attempt}`;
    case "reachable":
      return `Can be reached: asking about ${count(event.unverified, "join")}`;
    case "settled": {
      const { joined, gone, unconfirmed } = event.verdicts;
      const found = [
        `${number(joined)} still in`,
        `${number(gone)} out`,
        ...(event.back > 0 ? [`${number(event.back)} brought back`] : []),
        ...(unconfirmed > 0 ? [`${number(unconfirmed)} unconfirmed`] : []),
      ];
      return `All decided after ${duration(event.after)}: ${found.join(", ")}`;
    }
    case "notices":
      return `${count(event.count, "user")} notified, ${REASONS[event.reason]}: ${who(event)}`;
    case "rejoined": {
      const time = event.count === 1
        ? `after ${duration(event.longest)}`
        : `after ${duration(event.longest)} at most`;
      return `${count(event.count, "user")} brought back ${time}: ${who(event)}`;
    }
    case "rejoin-failed":
      return `${count(event.count, "rejoin")} failed: ${event.why}: ${who(event)}`;
    case "unwanted-room":
      return `A rejoin has made ${event.room}, which had vanished: it is left again`;
    case "refused":
      return `${event.user} is in too many rooms: ${event.room} is not kept`;
  }
}
