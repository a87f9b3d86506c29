// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="dom" />
/// <reference lib="esnext" />
/**
 * How the store is doing, on the status page.
 *
 * @module
 */
import { byId, fill, html } from "./dom.js";
import { dot, fact } from "./frame.js";
import { number, size } from "./words.js";

/** @typedef {import("../overview.ts").Overview["store"]} Store */

/**
 * What is wrong with it, if anything is: a headline, then why and what to do.
 *
 * @param {Store} store
 * @returns {[headline: string, more: string] | undefined}
 */
export function storeTrouble(store) {
  if (store.state !== "failing") return undefined;
  return [
    "The store can't be written.",
    ` ${store.message} Until then joins are kept in memory only.`,
  ];
}

/**
 * Shows its figures.
 *
 * @param {Store} store
 */
export function showStore(store) {
  fill(byId("store"), store, () => {
    if (store.state === "none") {
      const path = html("code", {}, "path");
      const section = html("code", {}, "[store]");
      const text = "There is none: joins are kept in memory only, and after a restart they are " +
        "known again only from the plugin. To keep them set ";
      return [html("p", { class: "calm" }, text, path, " under ", section, " in roomkeeper.toml.")];
    }
    const state = store.state === "ok"
      ? html("span", { class: "state" }, dot("up"), "OK")
      : html("span", { class: "state" }, dot("down"), "Failing");
    return [html(
      "div",
      { class: "facts" },
      fact("State", state, store.state === "ok" ? "can be written" : store.reason),
      fact("To be written", number(store.pending), store.pending === 1 ? "change" : "changes"),
      fact("Size", size(store.bytes), "with its log"),
      fact("Slowest write", `${number(Math.round(store.slowestMs))} ms`, "since the start"),
      fact("Failures", number(store.failures), "since the start"),
      fact(
        "Set aside",
        number(store.setAside),
        store.setAside === 1 ? "damaged file" : "damaged files",
      ),
    )];
  });
}
