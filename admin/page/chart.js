// @ts-check
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
  ["back", "Brought back"],
  ["notified", "Notified"],
]);

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** @param {number} ago */
function time(ago) {
  return clock.format((Math.floor(Date.now() / SLOT_MS) - ago) * SLOT_MS);
}

/** @param {Slot} slot */
function sum({ joined = 0, back = 0, notified = 0 }) {
  return joined + back + notified;
}

/** @param {readonly Slot[]} slots */
function summary(slots) {
  const total = { losses: 0, unreached: 0, joined: 0, back: 0, notified: 0 };
  for (const slot of slots) {
    for (const [key, value] of Object.entries(slot)) {
      if (key in total) total[/** @type {keyof typeof total} */ (key)] += value;
    }
  }
  if (slots.length === 0) return "nothing was lost";
  return `${count(total.losses, "loss", "losses")}, ${number(total.joined)} still in, ` +
    `${number(total.back)} brought back, ${number(total.notified)} notified`;
}

/** @param {Slot} slot */
function describe(slot) {
  const { losses = 0, unreached = 0 } = slot;
  const parts = [
    ...(losses ? [count(losses, "loss", "losses")] : []),
    ...(unreached ? [`${count(unreached, "attempt")} without all answers`] : []),
    ...PARTS.flatMap(([key, name]) =>
      slot[key] ? [`${number(slot[key])} ${name.toLowerCase()}`] : []
    ),
  ];
  return `${time(slot.ago)}: ${parts.join(", ")}`;
}

/**
 * A small strip: one mark for each quarter in which something happened, the higher the worse.
 *
 * @param {readonly Slot[]} slots
 */
export function strip(slots) {
  const label = `Last 24 hours: ${summary(slots)}`;
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
  if (slot.notified) return { kind: "notified", height: 16 };
  if (slot.unreached) return { kind: "unreached", height: 11 };
  if (slot.back) return { kind: "back", height: 9 };
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
      viewBox: `0 0 ${width} ${HEIGHT + 14}`,
      preserveAspectRatio: "none",
      role: "img",
      "aria-label": `Chart of the last 24 hours: ${summary(slots)}`,
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
      ...[slot.losses, slot.unreached, slot.joined, slot.back, slot.notified].map((value = 0) =>
        html("td", { class: "number" }, number(value))
      ),
    )
  );
  const heads = ["From", "Losses", "Not all answered", "Still in", "Brought back", "Notified"];
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
