// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="dom" />
/// <reference lib="esnext" />
/**
 * The status page: all domains.
 *
 * @module
 */
import { showChart, strip } from "./chart.js";
import { byId, fill, html } from "./dom.js";
import { follow, onSearch } from "./follow.js";
import { linkState, showFrame, showLive } from "./frame.js";
import { showStore, storeTrouble } from "./store.js";
import { ago, CAUSES, count, number, timeOut } from "./words.js";

/** @typedef {import("../overview.ts").Overview} Overview */
/** @typedef {import("../rows.ts").DomainRow} DomainRow */
/** @typedef {import("../rows.ts").RowPage} RowPage */
/** @typedef {RowPage & { overview: Overview, locked: boolean }} View */

const SIZE = 50;
const field = /** @type {HTMLInputElement} */ (byId("query"));
const select = /** @type {HTMLSelectElement} */ (byId("sort"));
const previous = /** @type {HTMLButtonElement} */ (byId("previous"));
const next = /** @type {HTMLButtonElement} */ (byId("next"));
const heads = /** @type {NodeListOf<HTMLButtonElement>} */ (
  document.querySelectorAll("[data-sort]")
);
const wanted = { ...readAddress() };
/** @type {Map<string, HTMLTableRowElement>} */
const rowsShown = new Map();

function readAddress() {
  const parameters = new URLSearchParams(location.search);
  return {
    search: parameters.get("search") ?? "",
    sort: parameters.get("sort") ?? "trouble",
    reverse: parameters.get("reverse") === "1",
    page: Number(parameters.get("page") ?? 1),
  };
}

const open = follow(show, showLive);

/** Follows what is wanted now, and keeps it in the address, so that it can be passed on. */
function want() {
  const parameters = new URLSearchParams();
  if (wanted.search) parameters.set("search", wanted.search);
  if (wanted.sort !== "trouble") parameters.set("sort", wanted.sort);
  if (wanted.reverse) parameters.set("reverse", "1");
  if (wanted.page > 1) parameters.set("page", String(wanted.page));
  history.replaceState(null, "", parameters.size > 0 ? `/?${parameters}` : "/");
  select.value = wanted.sort;
  for (const head of heads) {
    const cell = /** @type {HTMLElement} */ (head.parentElement);
    const sorted = head.dataset["sort"] === wanted.sort;
    const rising = (wanted.sort === "domain" || wanted.sort === "link") !== wanted.reverse;
    if (sorted) cell.setAttribute("aria-sort", rising ? "ascending" : "descending");
    else cell.removeAttribute("aria-sort");
  }
  open({ ...Object.fromEntries(parameters), size: String(SIZE) });
}

/** @param {View} view */
function show(view) {
  showFrame(view);
  showNotes(view.overview);
  showFigures(view.overview);
  fill(byId("day"), 0, () => ["Last 24 hours"]);
  const { timeline } = view.overview;
  const chart = byId("chart");
  if (chart.dataset["shown"] !== JSON.stringify(timeline)) {
    chart.dataset["shown"] = JSON.stringify(timeline);
    showChart(chart, timeline);
  }
  showRows(view);
  showStore(view.overview.store);
}

/** @param {Overview} overview */
function showNotes({ paused, held, connection, store, hosts, recovery }) {
  const trouble = storeTrouble(store);
  const notes = [
    ...(connection.state === "connected" || !connection.reason ? [] : [connection.reason]),
    ...hosts.filter(({ outdated }) => outdated).map(({ host, software }) =>
      `The plugin of ${host} (${software}) is out of date: it can't join rooms again as a client ` +
      "would. Install the one that came with this version of Roomkeeper."
    ),
    ...(paused
      ? [
        `Rejoins and notices are held back, for ${count(held + recovery.rejoining, "user")} so ` +
        "far. Resume them by ad-hoc command.",
      ]
      : []),
  ];
  fill(byId("notes"), [trouble, notes], () => [
    ...(trouble
      ? [html("p", { class: "note bad" }, html("strong", {}, trouble[0]), trouble[1])]
      : []),
    ...notes.map((note) => html("p", { class: "note" }, note)),
  ]);
}

/** @param {Overview} overview */
function showFigures({ joins, sessions, links, verifying, verdicts, recovery, lastFailure }) {
  const all = links.up + links.idle + links.down + links.unknown;
  /** @type {[string, number, string][]} */
  const figures = [
    ["Joins", joins, count(sessions, "session")],
    ["Domains", all, `${number(links.up)} up, ${number(links.down)} down`],
    [
      "Being verified",
      verifying,
      `${verifying === 1 ? "domain" : "domains"}, ${count(recovery.rejoining, "user")} coming back`,
    ],
    ["Found still in", verdicts.joined, "never disturbed"],
    ["Brought back", recovery.back, timeOut(recovery)],
    ["Notified", recovery.notified, `${number(verdicts.unconfirmed)} unconfirmed`],
  ];
  fill(byId("failure"), lastFailure, () =>
    lastFailure
      ? [
        "Last rejoin that failed: ",
        html("a", { href: `/domains/${encodeURIComponent(lastFailure.domain)}` }, lastFailure.room),
        ", ",
        ago(lastFailure.at),
        `: ${lastFailure.why}.`,
      ]
      : []);
  fill(byId("figures"), figures, () =>
    figures.map(([name, value, more]) =>
      html(
        "div",
        {},
        html("dt", {}, name),
        html("dd", {}, html("strong", {}, number(value)), html("span", { class: "quiet" }, more)),
      )
    ));
}

/** @param {View} view */
function showRows({ rows, found, page, pages }) {
  const body = byId("rows");
  const keys = new Set(rows.map(key));
  for (const [name, row] of rowsShown) {
    if (keys.has(name)) continue;
    row.remove();
    rowsShown.delete(name);
  }
  for (const [index, data] of rows.entries()) {
    const row = rowsShown.get(key(data)) ?? newRow(data);
    updateRow(row, data);
    if (body.children[index] !== row) body.insertBefore(row, body.children[index] ?? null);
  }
  wanted.page = page;
  const text = found === 0
    ? (wanted.search ? "No domain has this in its name" : "Nobody is in a room elsewhere yet")
    : `${count(found, "domain")}, page ${number(page)} of ${number(pages)}`;
  fill(byId("found"), text, () => [text]);
  previous.disabled = page <= 1;
  next.disabled = page >= pages;
}

/** @param {DomainRow} row */
function key({ host, domain }) {
  return `${host} ${domain}`;
}

/** @param {DomainRow} data */
function newRow(data) {
  const { host, domain } = data;
  const row = /** @type {HTMLTableRowElement} */ (html(
    "tr",
    { role: "row" },
    html(
      "th",
      { role: "rowheader", scope: "row" },
      html("a", { href: `/domains/${encodeURIComponent(domain)}` }, domain),
      html("span", { class: "quiet host" }, host),
    ),
    ...["link", "number", "loss", "found", "day"].map((name) =>
      html("td", { role: "cell", class: name })
    ),
  ));
  rowsShown.set(key(data), row);
  return row;
}

/**
 * @param {HTMLTableRowElement} row
 * @param {DomainRow} data
 */
function updateRow(row, data) {
  const { link, verifying, joins, rooms, loss, verdicts, recovery, timeline } = data;
  const [, state, size, lost, found, day] = /** @type {Element[]} */ ([...row.cells]);
  if (!state || !size || !lost || !found || !day) return;
  fill(state, [link, verifying, recovery.rejoining], () => linkState(data));
  fill(size, [joins, rooms], () => [
    html("span", {}, number(joins)),
    html("span", { class: "quiet" }, `in ${count(rooms, "room")}`),
  ]);
  fill(
    lost,
    loss,
    () =>
      loss
        ? [ago(loss.at), html("span", { class: "quiet" }, CAUSES[loss.cause])]
        : [html("span", { class: "quiet" }, "none")],
  );
  fill(found, [verdicts, recovery], () => foundText(data));
  fill(day, timeline, () => [strip(timeline)]);
}

/** @param {DomainRow} row */
function foundText({ verdicts: { joined }, recovery: { back, notified } }) {
  if (joined + back + notified === 0) return [html("span", { class: "quiet" }, "no verdicts")];
  return [
    html("span", {}, `${number(joined)} still in`),
    ...(back > 0 ? [html("span", {}, `${number(back)} brought back`)] : []),
    html("span", { class: notified > 0 ? "notified" : "quiet" }, `${number(notified)} notified`),
  ];
}

onSearch(field, () => {
  wanted.search = field.value;
  wanted.page = 1;
  want();
});
select.addEventListener("change", () => {
  Object.assign(wanted, { sort: select.value, reverse: false, page: 1 });
  want();
});
for (const head of heads) {
  head.addEventListener("click", () => {
    const sort = head.dataset["sort"] ?? "";
    Object.assign(wanted, { sort, reverse: sort === wanted.sort && !wanted.reverse, page: 1 });
    want();
  });
}
/** @param {number} step */
function turn(step) {
  wanted.page += step;
  want();
}
previous.addEventListener("click", () => turn(-1));
next.addEventListener("click", () => turn(1));
field.value = wanted.search;
want();
