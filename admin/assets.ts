/**
 * What the pages need, by path.
 * Made from admin/page by `deno task build:page`; do not edit.
 *
 * @module
 */

/** A file that a page needs. */
export interface Asset {
  /** Its media type. */
  readonly type: string;
  /** Its entity tag, which changes with it. */
  readonly tag: string;
  /** Itself. */
  readonly body: string;
}

/** The files that pages need, by path. */
// deno-fmt-ignore
export const ASSETS: Readonly<Record<string, Asset>> = {
  "/assets/chart.js": {
    type: "text/javascript; charset=utf-8",
    tag: "\"a71280593d52aaf1\"",
    body: `// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="dom" />
/// <reference lib="esnext" />
/**
 * Charts of 24 hours in quarters.
 *
 * @module
 */
import { html, svg } from "./dom.js";
import { count, number } from "./words.js";

/** @typedef {import("../timeline.ts").Slot} Slot */

const SLOTS = 96;
const SLOT_MS = 900_000;
const HEIGHT = 120;
const SLOT = 10;

/** What bars are stacked of, from below. */
const PARTS = /** @type {const} */ ([
  ["joined", "Still in"],
  ["gone", "Gone, told to rejoin"],
  ["unconfirmed", "Unconfirmed, told to rejoin"],
]);

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** @param {number} ago */
function time(ago) {
  return clock.format((Math.floor(Date.now() / SLOT_MS) - ago) * SLOT_MS);
}

/** @param {Slot} slot */
function sum({ joined = 0, gone = 0, unconfirmed = 0 }) {
  return joined + gone + unconfirmed;
}

/** @param {readonly Slot[]} slots */
function summary(slots) {
  const total = { losses: 0, unreached: 0, joined: 0, gone: 0, unconfirmed: 0 };
  for (const slot of slots) {
    for (const [key, value] of Object.entries(slot)) {
      if (key in total) total[/** @type {keyof typeof total} */ (key)] += value;
    }
  }
  const told = total.gone + total.unconfirmed;
  if (slots.length === 0) return "nothing was lost";
  return \`\${count(total.losses, "loss", "losses")}, \${number(total.joined)} still in, \` +
    \`\${number(told)} told to rejoin\`;
}

/** @param {Slot} slot */
function describe(slot) {
  const { losses = 0, unreached = 0 } = slot;
  const parts = [
    ...(losses ? [count(losses, "loss", "losses")] : []),
    ...(unreached ? [\`\${count(unreached, "attempt")} without all answers\`] : []),
    ...PARTS.flatMap(([key, name]) =>
      slot[key] ? [\`\${number(slot[key])} \${name.toLowerCase()}\`] : []
    ),
  ];
  return \`\${time(slot.ago)}: \${parts.join(", ")}\`;
}

/**
 * A small strip: one mark for each quarter in which something happened, the higher the worse.
 *
 * @param {readonly Slot[]} slots
 */
export function strip(slots) {
  const label = \`Last 24 hours: \${summary(slots)}\`;
  const marks = slots.map((slot) => {
    const { kind, height } = severity(slot);
    return svg(
      "rect",
      { class: kind, x: SLOTS - 1 - slot.ago, y: 16 - height, width: 1.6, height },
      svg("title", {}, describe(slot)),
    );
  });
  return svg(
    "svg",
    {
      class: "strip",
      viewBox: "0 0 97 18",
      role: "img",
      "aria-label": label,
      preserveAspectRatio: "none",
    },
    svg("rect", { class: "ground", x: 0, y: 16, width: 97, height: 1 }),
    ...marks,
  );
}

/** @param {Slot} slot */
function severity(slot) {
  if (slot.gone || slot.unconfirmed) return { kind: "gone", height: 16 };
  if (slot.unreached) return { kind: "unreached", height: 11 };
  if (slot.losses) return { kind: "losses", height: 7 };
  return { kind: "joined", height: 4 };
}

/**
 * A chart: bars of what was found, with the losses below; and the same as a table.
 *
 * @param {readonly Slot[]} slots
 * @returns {Node[]}
 */
export function chart(slots) {
  if (slots.length === 0) {
    return [html("p", { class: "quiet calm" }, "Nothing was lost in the last 24 hours.")];
  }
  const most = Math.max(1, ...slots.map(sum));
  const width = SLOTS * SLOT;
  const drawing = svg(
    "svg",
    {
      class: "chart",
      viewBox: \`0 0 \${width} \${HEIGHT + 14}\`,
      preserveAspectRatio: "none",
      role: "img",
      "aria-label": \`Chart of the last 24 hours: \${summary(slots)}\`,
    },
    svg("line", { class: "grid", x1: 0, x2: width, y1: 0, y2: 0 }),
    svg("line", { class: "grid", x1: 0, x2: width, y1: HEIGHT / 2, y2: HEIGHT / 2 }),
    ...slots.map((slot) => bar(slot, most)),
    svg("line", { class: "axis", x1: 0, x2: width, y1: HEIGHT, y2: HEIGHT }),
  );
  const ticks = [...[96, 72, 48, 24].map(time), "now"].map((text) => html("span", {}, text));
  return [
    html("p", { class: "scale", "aria-hidden": "true" }, count(most, "join")),
    drawing,
    html("p", { class: "ticks", "aria-hidden": "true" }, ...ticks),
    legend(),
    table(slots),
  ];
}

/**
 * @param {Slot} slot
 * @param {number} most
 */
function bar(slot, most) {
  const x = (SLOTS - 1 - slot.ago) * SLOT + 1;
  let y = HEIGHT;
  const parts = PARTS.flatMap(([key]) => {
    const value = slot[key] ?? 0;
    if (value === 0) return [];
    const height = Math.max(2, value / most * HEIGHT);
    y -= height;
    return [svg("rect", { class: key, x, y, width: SLOT - 2, height })];
  });
  const mark = slot.unreached ? "unreached" : slot.losses ? "losses" : undefined;
  if (mark) parts.push(svg("rect", { class: mark, x, y: HEIGHT + 5, width: SLOT - 2, height: 8 }));
  return svg("g", {}, svg("title", {}, describe(slot)), ...parts);
}

function legend() {
  const names = [...PARTS, ["losses", "Loss"], ["unreached", "Not all answered"]];
  return html(
    "ul",
    { class: "legend" },
    ...names.map(([key = "", name = ""]) =>
      html(
        "li",
        {},
        svg(
          "svg",
          { viewBox: "0 0 10 10", "aria-hidden": "true" },
          svg("rect", { class: key, width: 10, height: 10, rx: 2 }),
        ),
        name,
      )
    ),
  );
}

/** @param {readonly Slot[]} slots */
function table(slots) {
  const rows = slots.toReversed().map((slot) =>
    html(
      "tr",
      {},
      html("th", { scope: "row" }, time(slot.ago)),
      ...[slot.losses, slot.unreached, slot.joined, slot.gone, slot.unconfirmed].map((value = 0) =>
        html("td", { class: "number" }, number(value))
      ),
    )
  );
  const heads = ["From", "Losses", "Not all answered", "Still in", "Gone", "Unconfirmed"];
  return html(
    "details",
    {},
    html("summary", {}, "As a table"),
    html(
      "div",
      { class: "wide", tabindex: "0", role: "region", "aria-label": "The chart as a table" },
      html(
        "table",
        { class: "plain" },
        html(
          "thead",
          {},
          html("tr", {}, ...heads.map((name) => html("th", { scope: "col" }, name))),
        ),
        html("tbody", {}, ...rows),
      ),
    ),
  );
}

/**
 * Shows a chart; leaves open what was open.
 *
 * @param {HTMLElement} place
 * @param {readonly Slot[]} slots
 */
export function showChart(place, slots) {
  const open = place.querySelector("details")?.open ?? false;
  place.replaceChildren(...chart(slots));
  const details = place.querySelector("details");
  if (details) details.open = open;
}
`,
  },
  "/assets/dom.js": {
    type: "text/javascript; charset=utf-8",
    tag: "\"e6ee091d282a19fa\"",
    body: `// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/// <reference lib="esnext" />
/**
 * Elements, made and filled without ever reading text as markup.
 *
 * @module
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes an HTML element.
 *
 * @param {string} name
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/**
 * Makes an SVG element.
 *
 * @param {string} name
 * @param {Readonly<Record<string, string | number>>} [attributes]
 * @param {...(Node | string)} children
 * @returns {SVGElement}
 */
export function svg(name, attributes = {}, ...children) {
  const element = /** @type {SVGElement} */ (document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/**
 * The element with this id, which the page has.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(\`The page has no element \${id}\`);
  return element;
}

/** @type {WeakMap<Element, string>} */
const shown = new WeakMap();

/**
 * Fills an element anew, but only if what it shows has changed: focus, selection and screen
 * readers are not disturbed for nothing.
 *
 * @param {Element} element
 * @param {unknown} data What the children are made of.
 * @param {() => (Node | string)[]} children
 */
export function fill(element, data, children) {
  const text = JSON.stringify(data) ?? "";
  if (shown.get(element) === text) return;
  shown.set(element, text);
  element.replaceChildren(...children());
}
`,
  },
  "/assets/domain.js": {
    type: "text/javascript; charset=utf-8",
    tag: "\"e3a6cb761448ad97\"",
    body: `// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="dom" />
/// <reference lib="esnext" />
/**
 * The page of one domain.
 *
 * @module
 */
import { showChart } from "./chart.js";
import { byId, fill, html } from "./dom.js";
import { follow, onSearch } from "./follow.js";
import { fact, linkState, showFrame, showLive } from "./frame.js";
import { ago, CAUSES, count, number, tell } from "./words.js";

/** @typedef {import("../overview.ts").Overview} Overview */
/** @typedef {import("../overview.ts").DomainDetail} DomainDetail */
/** @typedef {DomainDetail & { overview: Overview, locked: boolean, privacy: boolean }} View */

const domain = decodeURIComponent(location.pathname.slice("/domains/".length));
const field = /** @type {HTMLInputElement} */ (byId("query"));
document.title = \`\${domain} · Roomkeeper\`;
byId("name").textContent = domain;

/** @param {View | null} view */
function show(view) {
  if (view === null) {
    showLive(true);
    fill(byId("links"), null, () => [
      html("p", { class: "card" }, "Nobody is in a room there, and nothing happened in 24 hours."),
    ]);
    for (const id of ["events", "rooms", "joins"]) fill(byId(id), null, () => []);
    return;
  }
  showFrame(view);
  showLinks(view.links);
  showEvents(view.events);
  showJoins(view);
}

/** @param {DomainDetail["links"]} links */
function showLinks(links) {
  const place = byId("links");
  const hosts = links.map(({ host }) => host);
  fill(place, hosts, () =>
    hosts.map((host) =>
      html(
        "section",
        { class: "card link", "aria-label": \`Link to \${host}\` },
        html("h3", {}, "Users of ", host),
        html("div", { class: "facts" }),
        html("div", { class: "day" }),
      )
    ));
  for (const [index, link] of links.entries()) {
    const card = place.children[index];
    const facts = card?.querySelector(".facts");
    const day = /** @type {HTMLElement | undefined} */ (card?.querySelector(".day") ?? undefined);
    if (!facts || !day) continue;
    fill(facts, [
      link.link,
      link.verifying,
      link.joins,
      link.rooms,
      link.users,
      link.loss,
      link.verdicts,
    ], () => {
      const { joins, rooms, users, loss, verdicts } = link;
      return [
        html("div", { class: "state" }, ...linkState(link)),
        fact("Joins", number(joins), \`\${count(users, "session")} in \${count(rooms, "room")}\`),
        fact("Last loss", loss ? ago(loss.at) : "none", loss ? CAUSES[loss.cause] : ""),
        fact("Found still in", number(verdicts.joined), "never disturbed"),
        fact(
          "Told to rejoin",
          number(verdicts.gone + verdicts.unconfirmed),
          \`\${number(verdicts.unconfirmed)} unconfirmed\`,
        ),
      ];
    });
    const text = JSON.stringify(link.timeline);
    if (day.dataset["shown"] === text) continue;
    day.dataset["shown"] = text;
    showChart(day, link.timeline);
  }
}

/** @param {DomainDetail["events"]} events */
function showEvents(events) {
  fill(
    byId("events"),
    events,
    () =>
      events.length === 0
        ? [html("li", { class: "quiet" }, "Nothing yet.")]
        : events.map((event) =>
          html(
            "li",
            { class: event.type },
            html("span", { class: "what" }, tell(event)),
            ago(event.at),
          )
        ),
  );
}

/** @param {View} view */
function showJoins({ rooms, roomsFound, joins, joinsFound, privacy }) {
  const shown = joinsFound > joins.length || roomsFound > rooms.length
    ? \` Shown are \${count(rooms.length, "room")} and \${
      count(joins.length, "join")
    }: search for others.\`
    : "";
  const hidden = privacy ? " Users and nicks are hidden: what begins with ~ is a hash." : "";
  const text = \`\${count(joinsFound, "join")} in \${count(roomsFound, "room")}.\${shown}\${hidden}\`;
  fill(byId("found"), text, () => [text]);
  fill(
    byId("rooms"),
    rooms,
    () =>
      rooms.map(({ room, joins }) =>
        html(
          "li",
          {},
          html("span", { class: "what" }, room),
          html("span", { class: "quiet" }, number(joins)),
        )
      ),
  );
  fill(byId("joins"), joins, () =>
    joins.map(({ user, room, nick, since, suspect }) =>
      html(
        "li",
        {},
        html("span", { class: "what" }, user),
        html("span", { class: "quiet" }, \`as \${nick} in \${room}\`),
        suspect
          ? html("span", { class: "doubt" }, "in doubt")
          : html("span", { class: "quiet" }, ago(since)),
      )
    ));
}

const open = follow(show, showLive);
function want() {
  open({ domain, search: field.value });
}
onSearch(field, want);
want();
`,
  },
  "/assets/follow.js": {
    type: "text/javascript; charset=utf-8",
    tag: "\"75c8c621f34f6cc7\"",
    body: `// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="dom" />
/// <reference lib="esnext" />
/**
 * The live connection to Roomkeeper.
 *
 * @module
 */

/**
 * Follows a view while the page can be seen. A page that nobody looks at holds no connection.
 *
 * @template View
 * @param {(view: View) => void} show Called with each new state of the view.
 * @param {(live: boolean) => void} changed Called when the connection is made or lost.
 * @returns {(parameters: Record<string, string>) => void} Changes what is followed.
 */
export function follow(show, changed) {
  /** @type {EventSource | undefined} */
  let source;
  let address = "";

  function open() {
    source?.close();
    source = undefined;
    if (document.hidden || address === "") return;
    const opened = new EventSource(address);
    source = opened;
    opened.onopen = () => changed(true);
    opened.onmessage = ({ data }) => show(JSON.parse(data));
    opened.onerror = async () => {
      changed(false);
      // While it is closed for good, only a new one can bring it back.
      if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
      const answer = await fetch(address, { method: "HEAD" }).catch(() => undefined);
      if (answer?.status === 401) location.reload();
      else setTimeout(() => source === opened && open(), 3_000);
    };
  }

  document.addEventListener("visibilitychange", open);
  return (parameters) => {
    address = \`/api/events?\${new URLSearchParams(parameters)}\`;
    open();
  };
}

/**
 * Calls \`change\` when a search field has rested for a moment.
 *
 * @param {HTMLInputElement} field
 * @param {() => void} change
 */
export function onSearch(field, change) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(change, 200);
  });
  field.form?.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    change();
  });
}
`,
  },
  "/assets/frame.js": {
    type: "text/javascript; charset=utf-8",
    tag: "\"747a94391fc68339\"",
    body: `// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="dom" />
/// <reference lib="esnext" />
/**
 * What both pages have: the header, facts, and how a link is doing.
 *
 * @module
 */
import { byId, fill, html, svg } from "./dom.js";
import { LINKS, phase, refreshTimes } from "./words.js";

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
  if (hosts.length === 0 || behind.length === 0) return ["up", "Connected"];
  return ["idle", \`Connected, waiting for the plugin of \${behind.join(", ")}\`];
}

/**
 * The sign of a link's state: a shape as well as a colour.
 *
 * @param {DomainRow["link"]} state
 */
export function dot(state) {
  const attributes = { viewBox: "0 0 12 12", class: \`dot \${state}\`, "aria-hidden": "true" };
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
export function linkState({ domain, link, verifying }) {
  const state = html("p", { class: "state" }, dot(link), LINKS[link]);
  if (verifying === undefined) return [state];
  const text = html("p", { class: "quiet" }, phase(verifying));
  if (verifying.phase !== "asking") return [state, text];
  const { done, total } = verifying;
  const bar = html("progress", {
    max: String(Math.max(1, total)),
    value: String(done),
    "aria-label": \`Verification of \${domain}\`,
  });
  return [state, bar, text];
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
`,
  },
  "/assets/icon.svg": {
    type: "image/svg+xml",
    tag: "\"7ab2505ca4207e41\"",
    body: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
  <rect width="32" height="32" rx="8" fill="#17695f" />
  <path d="M8 24V13.5L16 7l8 6.5V24" fill="none" stroke="#fff" stroke-width="2.6"
    stroke-linejoin="round" stroke-linecap="round" />
  <circle cx="16" cy="18" r="3.4" fill="#9be0cf" />
</svg>
`,
  },
  "/assets/status.js": {
    type: "text/javascript; charset=utf-8",
    tag: "\"f2383083bb3f976d\"",
    body: `// @ts-check
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
import { ago, CAUSES, count, number } from "./words.js";

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
  history.replaceState(null, "", parameters.size > 0 ? \`/?\${parameters}\` : "/");
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
function showNotes({ paused, held, connection, store }) {
  const trouble = storeTrouble(store);
  const notes = [
    ...(connection.state === "connected" || !connection.reason ? [] : [connection.reason]),
    ...(paused
      ? [\`Notices are held back: \${number(held)} so far. Resume them by ad-hoc command.\`]
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
function showFigures({ joins, sessions, links, verifying, verdicts }) {
  const all = links.up + links.idle + links.down + links.unknown;
  /** @type {[string, number, string][]} */
  const figures = [
    ["Joins", joins, count(sessions, "session")],
    ["Domains", all, \`\${number(links.up)} up, \${number(links.down)} down\`],
    ["Being verified", verifying, verifying === 1 ? "domain" : "domains"],
    ["Found still in", verdicts.joined, "never disturbed"],
    [
      "Told to rejoin",
      verdicts.gone + verdicts.unconfirmed,
      \`\${number(verdicts.unconfirmed)} unconfirmed\`,
    ],
  ];
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
    : \`\${count(found, "domain")}, page \${number(page)} of \${number(pages)}\`;
  fill(byId("found"), text, () => [text]);
  previous.disabled = page <= 1;
  next.disabled = page >= pages;
}

/** @param {DomainRow} row */
function key({ host, domain }) {
  return \`\${host} \${domain}\`;
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
      html("a", { href: \`/domains/\${encodeURIComponent(domain)}\` }, domain),
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
  const { link, verifying, joins, rooms, loss, verdicts, timeline } = data;
  const [, state, size, lost, found, day] = /** @type {Element[]} */ ([...row.cells]);
  if (!state || !size || !lost || !found || !day) return;
  fill(state, [link, verifying], () => linkState(data));
  fill(size, [joins, rooms], () => [
    html("span", {}, number(joins)),
    html("span", { class: "quiet" }, \`in \${count(rooms, "room")}\`),
  ]);
  fill(
    lost,
    loss,
    () =>
      loss
        ? [ago(loss.at), html("span", { class: "quiet" }, CAUSES[loss.cause])]
        : [html("span", { class: "quiet" }, "none")],
  );
  fill(found, verdicts, () => foundText(verdicts));
  fill(day, timeline, () => [strip(timeline)]);
}

/** @param {DomainRow["verdicts"]} verdicts */
function foundText({ joined, gone, unconfirmed }) {
  const told = gone + unconfirmed;
  if (joined + told === 0) return [html("span", { class: "quiet" }, "no verdicts")];
  return [
    html("span", {}, \`\${number(joined)} still in\`),
    html("span", { class: told > 0 ? "told" : "quiet" }, \`\${number(told)} told\`),
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
`,
  },
  "/assets/store.js": {
    type: "text/javascript; charset=utf-8",
    tag: "\"08c8c8ad39e00732\"",
    body: `// @ts-check
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
    \` \${store.message} Until then joins are kept in memory only.\`,
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
      fact("Slowest write", \`\${number(Math.round(store.slowestMs))} ms\`, "since the start"),
      fact("Failures", number(store.failures), "since the start"),
      fact(
        "Set aside",
        number(store.setAside),
        store.setAside === 1 ? "damaged file" : "damaged files",
      ),
    )];
  });
}
`,
  },
  "/assets/style.css": {
    type: "text/css; charset=utf-8",
    tag: "\"72a87f2538b1c1b0\"",
    body: `:root {
  color-scheme: light dark;
  --ground: #f4f6f4;
  --card: #ffffff;
  --line: #dde3df;
  --text: #1d2a2b;
  --quiet: #556466;
  --accent: #17695f;
  --good: #2c7a58;
  --doubt: #8f6200;
  --bad: #b0392c;
  --told: #8a3f86;
  --bar-good: #6fb695;
  --bar-doubt: #d9a441;
  --bar-bad: #d4695c;
  --bar-told: #a566a2;
  --bar-unconfirmed: #6f86c6;
  --note: #fdf3dc;
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums;
}

@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12181a;
    --card: #1a2224;
    --line: #2d383a;
    --text: #e4ebe9;
    --quiet: #a0b0b0;
    --accent: #6fd0bd;
    --good: #7bcba4;
    --doubt: #e6b95c;
    --bad: #f1968a;
    --told: #d9a0d5;
    --bar-good: #4f9a78;
    --bar-doubt: #c2933b;
    --bar-bad: #cf6a5d;
    --bar-told: #b277ae;
    --bar-unconfirmed: #7c93d6;
    --note: #3a3019;
  }
}

* {
  box-sizing: border-box;
}

body {
  margin: 0 auto;
  max-width: 76rem;
  padding: 0 1.25rem 3rem;
  background: var(--ground);
  color: var(--text);
}

p,
dl,
dd,
ol,
ul,
h1,
h2,
h3,
h4 {
  margin: 0;
  padding: 0;
}

ol,
ul {
  list-style: none;
}

h1 {
  font-size: 1.25rem;
  letter-spacing: -0.01em;
}

h2,
h3 {
  font-size: 1.05rem;
}

h4 {
  font-size: 0.95rem;
  margin-bottom: 0.25rem;
}

a {
  color: var(--accent);
  text-underline-offset: 0.15em;
}

h1 a {
  color: inherit;
  text-decoration: none;
}

:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
  border-radius: 3px;
}

main:focus {
  outline: none;
}

.quiet,
time + .quiet {
  color: var(--quiet);
  font-size: 0.875rem;
}

.hidden {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.skip {
  position: absolute;
  left: 1rem;
  top: -4rem;
  padding: 0.5rem 1rem;
  background: var(--card);
}

.skip:focus {
  top: 0.5rem;
}

header {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.25rem 1.25rem;
  padding: 1.25rem 0;
}

#connection {
  color: var(--quiet);
  font-size: 0.9rem;
  flex: 1;
}

.card {
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 12px;
  padding: 1.1rem 1.25rem;
  margin-bottom: 1.25rem;
}

.note {
  background: var(--note);
  border-radius: 10px;
  padding: 0.7rem 1rem;
  margin-bottom: 1.25rem;
  overflow-wrap: anywhere;
}

.note.bad {
  border-left: 0.3rem solid var(--bad);
}

button,
input,
select {
  font: inherit;
  color: inherit;
  background: var(--card);
  border: 1px solid var(--quiet);
  border-radius: 8px;
  padding: 0.35rem 0.8rem;
  min-height: 2.25rem;
}

button {
  cursor: pointer;
}

button:disabled {
  opacity: 0.45;
  cursor: default;
}

input {
  width: 100%;
}

::placeholder {
  color: var(--quiet);
  opacity: 1;
}

.figures {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr));
  gap: 1px;
  margin-bottom: 1.25rem;
  background: var(--line);
  border: 1px solid var(--line);
  border-radius: 12px;
  overflow: hidden;
  min-height: 6.6rem;
}

.figures div {
  background: var(--card);
  padding: 0.9rem 1.25rem;
}

.figures dt {
  color: var(--quiet);
  font-size: 0.875rem;
}

.figures dd {
  display: flex;
  flex-direction: column;
}

.figures strong {
  font-size: 1.65rem;
  line-height: 1.3;
  font-weight: 600;
  letter-spacing: -0.02em;
}

.bar {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.6rem 1rem;
  margin-bottom: 0.75rem;
}

.bar form {
  flex: 1;
  min-width: 11rem;
  max-width: 24rem;
  margin-left: auto;
}

.sort {
  color: var(--quiet);
  font-size: 0.9rem;
  white-space: nowrap;
}

.sort select {
  color: var(--text);
}

table {
  width: 100%;
  border-collapse: collapse;
}

#table {
  table-layout: fixed;
}

#table th:nth-child(1) {
  width: 25%;
}

#table th:nth-child(2) {
  width: 22%;
}

#table th:nth-child(3) {
  width: 10%;
}

#table th:nth-child(4) {
  width: 15%;
}

#table th:nth-child(5) {
  width: 12%;
}

th,
td {
  text-align: left;
  vertical-align: top;
  padding: 0.65rem 0.75rem 0.65rem 0;
  border-top: 1px solid var(--line);
}

thead th {
  vertical-align: middle;
  border-top: 0;
  padding-top: 0;
  font-size: 0.875rem;
  font-weight: 500;
  color: var(--quiet);
}

thead button {
  border: 0;
  padding: 0;
  min-height: 1.75rem;
  color: inherit;
  font-weight: inherit;
  background: none;
}

thead button:hover {
  color: var(--text);
}

[aria-sort] button {
  color: var(--text);
  font-weight: 600;
}

[aria-sort="ascending"] button::after {
  content: " ↑" / "";
}

[aria-sort="descending"] button::after {
  content: " ↓" / "";
}

tbody th {
  font-weight: 500;
  overflow-wrap: anywhere;
}

td > span,
td > time,
tbody th > .host {
  display: block;
}

.number {
  text-align: right;
  padding-right: 1.75rem;
}

.state {
  display: flex;
  align-items: center;
  gap: 0.45rem;
}

div.state {
  display: block;
}

.told {
  color: var(--told);
  font-size: 0.875rem;
}

.doubt {
  color: var(--doubt);
  font-size: 0.875rem;
}

.dot {
  width: 0.75rem;
  height: 0.75rem;
  flex: none;
  overflow: visible;
  fill: none;
  stroke: var(--quiet);
  stroke-width: 2;
}

#connection .dot {
  margin-right: 0.45rem;
}

.dot.up {
  fill: var(--good);
  stroke: none;
}

.dot.idle {
  stroke: var(--good);
}

.dot.down {
  stroke: var(--bad);
  stroke-width: 2.4;
  stroke-linecap: round;
}

.dot.unknown {
  stroke-dasharray: 2 2;
}

progress {
  appearance: none;
  display: block;
  width: 100%;
  max-width: 12rem;
  height: 0.45rem;
  margin: 0.4rem 0 0.15rem;
  border: 0;
  border-radius: 99px;
  overflow: hidden;
  background: var(--line);
}

progress::-webkit-progress-bar {
  background: var(--line);
}

progress::-webkit-progress-value {
  background: var(--accent);
  border-radius: 99px;
  transition: width 0.6s ease;
}

progress::-moz-progress-bar {
  background: var(--accent);
  border-radius: 99px;
}

.strip {
  display: block;
  width: 100%;
  height: 1.6rem;
  margin-top: 0.1rem;
}

.chart {
  display: block;
  width: 100%;
  height: 9.5rem;
}

.scale,
.ticks {
  color: var(--quiet);
  font-size: 0.8rem;
}

.scale {
  margin-top: 0.5rem;
}

.ticks {
  display: flex;
  justify-content: space-between;
  margin: 0.15rem 0 0.6rem;
}

.ground,
.axis,
.grid {
  fill: var(--line);
  stroke: var(--line);
}

.ground {
  stroke: none;
}

.chart line {
  vector-effect: non-scaling-stroke;
}

.grid {
  stroke-dasharray: 2 5;
}

rect.joined {
  fill: var(--bar-good);
}

rect.losses {
  fill: var(--bar-doubt);
}

rect.unreached {
  fill: var(--bar-bad);
}

rect.gone {
  fill: var(--bar-told);
}

rect.unconfirmed {
  fill: var(--bar-unconfirmed);
}

.legend {
  display: flex;
  flex-wrap: wrap;
  gap: 0.2rem 1.1rem;
  font-size: 0.875rem;
  color: var(--quiet);
}

.legend li {
  display: flex;
  align-items: center;
  gap: 0.4rem;
}

.legend svg {
  width: 0.7rem;
  height: 0.7rem;
}

details {
  margin-top: 0.5rem;
  font-size: 0.9rem;
}

summary {
  color: var(--quiet);
  cursor: pointer;
  width: max-content;
}

.wide {
  overflow: auto;
  max-height: 20rem;
}

.plain thead th:not(:first-child) {
  text-align: right;
}

.plain tbody th {
  white-space: nowrap;
}

.plain th,
.plain td {
  padding: 0.3rem 1rem 0.3rem 0;
}

.pager {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 1rem;
  padding-top: 0.9rem;
  border-top: 1px solid var(--line);
}

#found {
  color: var(--quiet);
  font-size: 0.9rem;
}

.calm {
  padding: 1.25rem 0;
}

#store .calm {
  padding: 0.5rem 0 0;
}

.back {
  font-size: 0.9rem;
}

.name {
  font-size: 1.6rem;
  letter-spacing: -0.02em;
  margin-bottom: 1rem;
  overflow-wrap: anywhere;
}

.facts {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr));
  gap: 1rem;
  margin-top: 0.75rem;
}

.fact {
  display: flex;
  flex-direction: column;
}

.fact strong {
  font-size: 1.15rem;
  font-weight: 600;
}

.events li {
  display: flex;
  justify-content: space-between;
  gap: 1rem;
  padding: 0.45rem 0 0.45rem 0.9rem;
  border-left: 3px solid var(--line);
  margin: 0.2rem 0;
}

.events time {
  color: var(--quiet);
  font-size: 0.875rem;
  white-space: nowrap;
}

.events .loss {
  border-color: var(--bar-doubt);
}

.events .unreached {
  border-color: var(--bar-bad);
}

.events .settled,
.events .reachable {
  border-color: var(--bar-good);
}

.events .notices {
  border-color: var(--bar-told);
}

.what {
  overflow-wrap: anywhere;
}

.columns {
  display: grid;
  grid-template-columns: minmax(14rem, 2fr) 5fr;
  gap: 1rem 2.5rem;
  margin-top: 0.75rem;
}

.rooms li {
  display: flex;
  justify-content: space-between;
  gap: 1rem;
}

.rooms li,
.joins li {
  padding: 0.4rem 0;
  border-top: 1px solid var(--line);
}

.joins li {
  display: grid;
  grid-template-columns: 4fr 5fr 2fr;
  gap: 0 1rem;
  overflow-wrap: anywhere;
}

.login {
  max-width: 24rem;
  margin: 18vh auto 0;
}

.login form {
  display: grid;
  gap: 0.6rem;
  margin-top: 1rem;
}

.login button {
  background: var(--accent);
  border-color: var(--accent);
  color: var(--card);
}

.wrong {
  color: var(--bad);
}

@media (max-width: 46rem) {
  body {
    padding: 0 0.75rem 2rem;
  }

  .figures {
    grid-template-columns: 1fr 1fr;
  }

  .figures div:last-child:nth-child(odd) {
    grid-column: 1 / -1;
  }

  .card {
    padding: 0.9rem 1rem;
  }

  .bar form {
    max-width: none;
    flex-basis: 100%;
  }

  #table,
  #table tbody {
    display: block;
  }

  #table thead {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }

  #table tr {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 0.35rem 1rem;
    padding: 0.85rem 0;
    border-top: 1px solid var(--line);
  }

  #table tbody th:nth-child(1),
  #table td {
    border: 0;
    padding: 0;
    width: auto;
    text-align: left;
  }

  #table tbody th,
  #table td.link,
  #table td.day {
    grid-column: 1 / -1;
  }

  #table td.number {
    order: 1;
  }

  #table td.number span:first-child::after {
    content: " joins";
  }

  #table td.loss {
    order: 2;
  }

  #table td.found {
    order: 3;
    grid-column: 1 / -1;
  }

  #table td.found span {
    display: inline;
    margin-right: 0.75rem;
  }

  #table td.day {
    order: 4;
  }

  .columns,
  .joins li {
    grid-template-columns: 1fr;
  }

  .events li,
  .events time {
    display: block;
  }
}

@media (prefers-reduced-motion: reduce) {
  progress::-webkit-progress-value {
    transition: none;
  }
}

@media (forced-colors: active) {
  .dot,
  rect {
    forced-color-adjust: none;
  }
}
`,
  },
  "/assets/words.js": {
    type: "text/javascript; charset=utf-8",
    tag: "\"8d65a9ccc71a4028\"",
    body: `// @ts-check
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
  "silence": "silent for long",
  "restart": "not watched for a while",
  "operator": "an operator asked",
};

const REASONS = /** @type {const} */ ({
  gone: "no longer in",
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
export function count(value, one, many = \`\${one}s\`) {
  return \`\${number(value)} \${value === 1 ? one : many}\`;
}

/**
 * A length of time.
 *
 * @param {number} ms
 */
export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return \`\${seconds} s\`;
  if (seconds < 6_000) return \`\${Math.round(seconds / 60)} min\`;
  if (seconds < 360_000) return \`\${Math.round(seconds / 3_600)} h\`;
  return \`\${Math.round(seconds / 86_400)} days\`;
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
  return \`\${value < 10 ? value.toFixed(1) : Math.round(value)} \${["kB", "MB", "GB"][power - 1]}\`;
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
  return \`\${duration(Date.now() - at)} ago\`;
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
      return \`Waiting before \${count(total, "join")} \${total === 1 ? "is" : "are"} asked about\`;
    case "probe":
      return "Asking whether it can be reached";
    case "backoff":
      return "Not all answered, trying again soon";
    case "asking":
      return \`Asked about \${number(done)} of \${number(total)}\`;
  }
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
      return \`\${count(event.joins, "join")} in doubt: \${CAUSES[event.cause]}\`;
    case "unreached":
      return \`Could not decide everything, attempt \${event.attempt}\`;
    case "reachable":
      return \`Can be reached: asking about \${count(event.unverified, "join")}\`;
    case "settled": {
      const { joined, gone, unconfirmed } = event.verdicts;
      const found = [
        \`\${number(joined)} still in\`,
        \`\${number(gone)} gone\`,
        ...(unconfirmed > 0 ? [\`\${number(unconfirmed)} unconfirmed\`] : []),
      ];
      return \`All decided after \${duration(event.after)}: \${found.join(", ")}\`;
    }
    case "notices": {
      const named = event.first.map(({ user, room }) => \`\${user} (\${room})\`);
      const more = event.count - named.length;
      const users = [...named, ...(more > 0 ? [\`\${number(more)} more\`] : [])].join(", ");
      return \`\${count(event.count, "user")} told to rejoin, \${REASONS[event.reason]}: \${users}\`;
    }
    case "refused":
      return \`\${event.user} is in too many rooms: \${event.room} is not kept\`;
  }
}
`,
  },
};
