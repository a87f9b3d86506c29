/**
 * How the store is doing, as plain data and in words.
 *
 * @module
 */
import type { StoreHealth } from "../store/join_store.ts";

/** How the store is doing. */
export type StoreStatus =
  /** There is none: joins are kept in memory only. */
  | { readonly state: "none" }
  | StoreFigures & { readonly state: "ok" }
  | StoreFigures & {
    readonly state: "failing";
    /** Why it can't be written, in one word, such as `full` or `read-only`. */
    readonly reason: string;
    /** The same in a sentence that tells what to do. */
    readonly message: string;
  };

/** The figures of a store. */
export interface StoreFigures {
  /** Changes that are not written yet. */
  readonly pending: number;
  /** How many times it could not be opened, read or written, since the start. */
  readonly failures: number;
  /** How many damaged files were renamed, since the start. */
  readonly setAside: number;
  /** How large the file is, with its log, in bytes. */
  readonly bytes: number;
  /** The longest time that a write took since the start, in milliseconds. */
  readonly slowestMs: number;
}

/** What is to be told of a store's health; `undefined` if there is no store. */
export function storeStatus(health: StoreHealth | undefined): StoreStatus {
  if (health === undefined) return { state: "none" };
  const { state, pending, failures, setAside, bytes, slowestMs, reason, error } = health;
  const figures = { pending, failures, setAside, bytes, slowestMs };
  if (state === "ok") return { state, ...figures };
  const message = sentence(error?.message ?? "Nobody knows why; see the log");
  return { state, reason: reason ?? "failed", message, ...figures };
}

/** What is wrong with the store, and what to do about it; `undefined` if nothing is. */
export function storeTrouble(store: StoreStatus): string | undefined {
  if (store.state !== "failing") return undefined;
  return `The store can't be written. ${store.message} Until then joins are kept in memory only.`;
}

/** How the store is doing, in a line. */
export function storeLine(store: StoreStatus): string {
  if (store.state === "none") return "none, joins are kept in memory only";
  const { pending, failures, setAside, bytes, slowestMs } = store;
  return [
    store.state === "failing" ? `failing (${store.reason})` : "ok",
    size(bytes),
    `${counted(pending, "change")} to be written`,
    `slowest write ${Math.round(slowestMs)} ms`,
    ...failures > 0 ? [counted(failures, "failure")] : [],
    ...setAside > 0 ? [`${counted(setAside, "damaged file")} set aside`] : [],
  ].join(", ");
}

const UNITS = ["bytes", "kB", "MB", "GB"] as const;

function size(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[power]}`;
}

/** `1 join`, `2 joins`. */
export function counted(value: number, one: string): string {
  return `${value} ${one}${value === 1 ? "" : "s"}`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
