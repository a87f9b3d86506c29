/**
 * The status as text, for people.
 *
 * @module
 */
import { stripVTControlCharacters, styleText } from "node:util";
import type { Overview } from "../admin/overview.ts";
import type { DomainRow, RowPage } from "../admin/rows.ts";
import { counted, storeLine, storeTrouble } from "../admin/store_status.ts";

/** How to write. */
export interface StatusTextOptions {
  /** The time, in milliseconds since the epoch. */
  readonly now: number;
  /** Whether to use colours. */
  readonly colour: boolean;
  /** How wide the terminal is; without it lines are as long as they need to be. */
  readonly columns?: number;
}

type Style = "bold" | "dim" | "green" | "red" | "yellow";

type Paint = (style: Style, text: string) => string;

const LINK_STYLE: Readonly<Record<DomainRow["link"], Style>> = {
  up: "green",
  idle: "green",
  down: "red",
  unknown: "dim",
  unwatched: "dim",
};

/** What the table says where the link's own word would not be understood. */
const LINK_WORD: Partial<Readonly<Record<DomainRow["link"], string>>> = {
  unwatched: "nobody there",
};

const COLUMNS = [
  "DOMAIN",
  "LINK",
  "JOINS",
  "ROOMS",
  "LAST LOSS",
  "STILL IN",
  "BACK",
  "NOTIFIED",
  "NOW",
];
/** Those columns that hold numbers. */
const RIGHT = new Set([2, 3, 5, 6, 7]);

/** The overview, and a table of the domains. */
export function statusText(
  view: RowPage & { readonly overview: Overview },
  { now, colour, columns = Infinity }: StatusTextOptions,
): string {
  // Whether the output is a terminal has been asked already.
  const paint: Paint = (style, text) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const { overview, rows, found, pages } = view;
  const cells = [COLUMNS, ...rows.map((row) => cellsOf(row, now))];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  // A long name must not push the rest off the screen.
  const others = widths.slice(1).reduce((sum, width) => sum + width + 2, 0);
  widths[0] = Math.max(12, Math.min(widths[0]!, columns - others));
  const lines = cells.map((row, index) => {
    const line = row.map((cell, column) => fit(cell, widths[column]!, RIGHT.has(column)));
    const style = rows[index - 1] ? LINK_STYLE[rows[index - 1]!.link] : undefined;
    if (style === undefined) return paint("bold", cut(line.join("  "), columns));
    const after = cut(line.join("  ").trimEnd(), columns);
    const start = widths[0]! + 2;
    const end = start + widths[1]!;
    return after.slice(0, start) + paint(style, after.slice(start, end)) + after.slice(end);
  });
  const more = pages > 1
    ? [paint("dim", `… and ${counted(found - rows.length, "more domain")}`)]
    : [];
  const table = rows.length > 0 ? ["", ...lines, ...more] : ["", "Nobody is in a room elsewhere."];
  const summary = head(overview, now, paint).flatMap((line) => wrap(line, columns));
  return [...summary, ...table].join("\n");
}

function head(overview: Overview, now: number, paint: Paint): string[] {
  const { connection, hosts, joins, sessions, links, verifying, verdicts } = overview;
  const connected = connection.state === "connected";
  const { version, paused, held, store, recovery, lastFailure } = overview;
  const since = `for ${duration(now - connection.since)}`;
  const state = connected
    ? paint("green", `connected ${since}`)
    : paint("red", `not connected ${since}${connection.reason ? `: ${connection.reason}` : ""}`);
  const behind = hosts.filter((host) => connected && host.state !== "synced");
  const all = Object.values(links).reduce((sum, some) => sum + some);
  const outdated = hosts.filter((host) => host.outdated);
  const trouble = storeTrouble(store);
  const waiting = counted(held + recovery.rejoining, "user");
  return [
    `${paint("bold", `Roomkeeper ${version}`)}  ${state}`,
    ...behind.map(({ host }) => paint("yellow", `The plugin of ${host} is not in step`)),
    ...outdated.map(({ host, software }) =>
      paint(
        "yellow",
        `The plugin of ${host} (${software}) is out of date: it can't join rooms again as a client ` +
          "would. Install the one that came with this version",
      )
    ),
    ...trouble === undefined ? [] : [paint("red", trouble)],
    ...paused ? [paint("yellow", `Rejoins and notices are held back, for ${waiting} so far`)] : [],
    `${counted(joins, "join")} of ${counted(sessions, "session")} in ${counted(all, "domain")}: ` +
    `${links.up} up, ${links.idle} idle, ${links.down} down, ${links.unknown} unknown`,
    `${counted(verifying, "domain")} being verified, ${
      counted(recovery.rejoining, "user")
    } being brought back`,
    `So far ${verdicts.joined} found still in, ${recovery.back} brought back${
      timeOut(recovery)
    }, ${recovery.notified} notified (${verdicts.unconfirmed} unconfirmed)`,
    ...lastFailure
      ? [
        `Last rejoin that failed: ${printable(lastFailure.room)}, ${
          duration(now - lastFailure.at)
        } ago: ${printable(lastFailure.why)}`,
      ]
      : [],
    `Store: ${storeLine(store)}`,
  ];
}

/** How long users were out of their rooms, if anybody was brought back. */
function timeOut({ medianMs }: Overview["recovery"]): string {
  return medianMs === undefined ? "" : ` (out for ${duration(medianMs)}, median)`;
}

function cellsOf(row: DomainRow, now: number): string[] {
  const { domain, link, joins, rooms, loss, verdicts, recovery } = row;
  return [
    printable(domain),
    LINK_WORD[link] ?? link,
    String(joins),
    String(rooms),
    loss ? `${duration(now - loss.at)} ago` : "-",
    String(verdicts.joined),
    String(recovery.back),
    String(recovery.notified),
    doing(row),
  ];
}

const PHASES = {
  delay: "waiting",
  probe: "probing",
  backoff: "trying again",
} as const;

function doing({ verifying, recovery: { rejoining } }: DomainRow): string {
  return [
    ...verifying ? [progress(verifying)] : [],
    ...rejoining > 0 ? [`${rejoining} coming back`] : [],
  ].join(", ");
}

function progress({ phase, done, total }: NonNullable<DomainRow["verifying"]>): string {
  if (phase !== "asking") return PHASES[phase];
  const filled = Math.round(10 * done / Math.max(1, total));
  return `${"#".repeat(filled)}${".".repeat(10 - filled)} ${done}/${total}`;
}

/** A domain comes from outside: it must not move the cursor. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");
}

function fit(text: string, width: number, right: boolean): string {
  const short = cut(text, width);
  return right ? short.padStart(width) : short.padEnd(width);
}

/** The lines of a text that may have styles in it, broken between words. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/(?<=\S) /)) {
    const longer = `${lines.at(-1)} ${word}`;
    const fits = lines.length > 0 && stripVTControlCharacters(longer).length <= width;
    if (fits) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function cut(text: string, width: number): string {
  const trimmed = text.length > width ? text.trimEnd() : text;
  return trimmed.length > width ? `${trimmed.slice(0, width - 1)}…` : trimmed;
}

function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 6_000) return `${Math.round(seconds / 60)} min`;
  if (seconds < 360_000) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}
