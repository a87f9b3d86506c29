// @ts-check
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
import { ago, CAUSES, count, number, tell, timeOut } from "./words.js";

/** @typedef {import("../overview.ts").Overview} Overview */
/** @typedef {import("../overview.ts").DomainDetail} DomainDetail */
/** @typedef {DomainDetail & { overview: Overview, locked: boolean, privacy: boolean }} View */

const domain = decodeURIComponent(location.pathname.slice("/domains/".length));
const field = /** @type {HTMLInputElement} */ (byId("query"));
document.title = `${domain} · Roomkeeper`;
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
        { class: "card link", "aria-label": `Link to ${host}` },
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
      link.recovery,
    ], () => {
      const { joins, rooms, users, loss, verdicts, recovery } = link;
      return [
        html("div", { class: "state" }, ...linkState(link)),
        fact("Joins", number(joins), `${count(users, "session")} in ${count(rooms, "room")}`),
        fact("Last loss", loss ? ago(loss.at) : "none", loss ? CAUSES[loss.cause] : ""),
        fact("Found still in", number(verdicts.joined), "never disturbed"),
        fact("Brought back", number(recovery.back), timeOut(recovery)),
        fact(
          "Notified",
          number(recovery.notified),
          `${number(verdicts.unconfirmed)} unconfirmed`,
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
    ? ` Shown are ${count(rooms.length, "room")} and ${
      count(joins.length, "join")
    }: search for others.`
    : "";
  const hidden = privacy ? " Users and nicks are hidden: what begins with ~ is a hash." : "";
  const text = `${count(joinsFound, "join")} in ${count(roomsFound, "room")}.${shown}${hidden}`;
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
        html("span", { class: "quiet" }, `as ${nick} in ${room}`),
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
