// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="dom" />
/// <reference lib="esnext" />
/**
 * What both pages have: the header, facts, and how a link is doing.
 *
 * @module
 */
import { byId, fill, html, svg } from "./dom.js";
import { count, LINKS, phase, refreshTimes } from "./words.js";

/** @typedef {import("../overview.ts").Overview} Overview */
/** @typedef {import("../rows.ts").DomainRow} DomainRow */

let live = false;
/** @type {{ overview: Overview, locked: boolean } | undefined} */
let latest;

/**
 * Shows the header.
 *
 * @param {{ overview: Overview, locked: boolean }} view
 */
export function showFrame(view) {
  latest = view;
  live = true;
  byId("leave").hidden = !view.locked;
  showConnection();
}

/**
 * Shows whether the page is up to date.
 *
 * @param {boolean} now
 */
export function showLive(now) {
  live = now;
  showConnection();
}

function showConnection() {
  const element = byId("connection");
  const [state, text] = connectionText();
  fill(element, [state, text], () => [dot(state), text]);
}

/** @returns {["up" | "idle" | "down", string]} */
function connectionText() {
  if (!live) return ["down", "Roomkeeper does not answer"];
  if (latest === undefined) return ["idle", "Loading"];
  const { connection, hosts, store } = latest.overview;
  if (connection.state !== "connected") return ["down", "Not connected to the server"];
  if (store.state === "failing") return ["down", "Connected, but the store can't be written"];
  const behind = hosts.filter(({ state }) => state !== "synced").map(({ host }) => host);
  const outdated = hosts.filter(({ outdated }) => outdated).map(({ host }) => host);
  if (behind.length === 0 && outdated.length > 0) {
    return ["idle", `Connected, but the plugin of ${outdated.join(", ")} is out of date`];
  }
  if (hosts.length === 0 || behind.length === 0) return ["up", "Connected"];
  return ["idle", `Connected, waiting for the plugin of ${behind.join(", ")}`];
}

/**
 * The sign of a link's state: a shape as well as a colour.
 *
 * @param {DomainRow["link"]} state
 */
export function dot(state) {
  const attributes = { viewBox: "0 0 12 12", class: `dot ${state}`, "aria-hidden": "true" };
  switch (state) {
    case "up":
      return svg("svg", attributes, svg("circle", { cx: 6, cy: 6, r: 5 }));
    case "down":
      return svg("svg", attributes, svg("path", { d: "M2 2 10 10M10 2 2 10" }));
    case "unwatched":
      return svg("svg", attributes, svg("path", { d: "M2 6H10" }));
    default:
      return svg("svg", attributes, svg("circle", { cx: 6, cy: 6, r: 4 }));
  }
}

/**
 * A link's state, and its verification if one runs.
 *
 * @param {DomainRow} row
 * @returns {Node[]}
 */
export function linkState({ domain, link, verifying, recovery }) {
  const state = html("p", { class: "state" }, dot(link), LINKS[link]);
  if (verifying === undefined) return [state];
  const text = html("p", { class: "quiet" }, phase(verifying));
  const { rejoining } = recovery;
  const coming = rejoining > 0
    ? [html("p", { class: "quiet" }, `Bringing ${count(rejoining, "user")} back`)]
    : [];
  if (verifying.phase !== "asking") return [state, text, ...coming];
  const { done, total } = verifying;
  const bar = html("progress", {
    max: String(Math.max(1, total)),
    value: String(done),
    "aria-label": `Verification of ${domain}`,
  });
  return [state, bar, text, ...coming];
}

/**
 * A figure with its name and a word about it.
 *
 * @param {string} name
 * @param {string | Node} value
 * @param {string} more
 */
export function fact(name, value, more) {
  return html(
    "div",
    { class: "fact" },
    html("span", { class: "quiet" }, name),
    html("strong", {}, value),
    html("span", { class: "quiet" }, more),
  );
}

setInterval(refreshTimes, 5_000);
