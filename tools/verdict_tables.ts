/**
 * Writes the tables of verdicts into docs/how-it-decides.md, made from the tables that decide. With
 * `--check` it writes nothing and fails if the document is not what it would write.
 *
 * @module
 */
import type { IqAnswer } from "../xmpp/iq.ts";
import { selfPingContext } from "../xmpp/self_ping.ts";
import {
  type AnswerRow,
  DISCO_TABLE,
  SELF_PING_TABLE,
  type SelfPingVerdict,
  type WhyGone,
} from "../xmpp/self_ping_table.ts";
import type { StanzaErrorCondition } from "../xmpp/stanza_error.ts";

/** The document that holds the tables. */
export const DOCUMENT: URL = new URL("../docs/how-it-decides.md", import.meta.url);

/** All of RFC 6120 §8.3.3; the type makes sure that none is forgotten. */
const CONDITIONS: readonly string[] = Object.keys(
  {
    "bad-request": 0,
    "conflict": 0,
    "feature-not-implemented": 0,
    "forbidden": 0,
    "gone": 0,
    "internal-server-error": 0,
    "item-not-found": 0,
    "jid-malformed": 0,
    "not-acceptable": 0,
    "not-allowed": 0,
    "not-authorized": 0,
    "policy-violation": 0,
    "recipient-unavailable": 0,
    "redirect": 0,
    "registration-required": 0,
    "remote-server-not-found": 0,
    "remote-server-timeout": 0,
    "resource-constraint": 0,
    "service-unavailable": 0,
    "subscription-required": 0,
    "undefined-condition": 0,
    "unexpected-request": 0,
  } satisfies Record<StanzaErrorCondition, 0>,
);

const ROOM = "garden@rooms.example";
const CONTEXT = selfPingContext(ROOM, new Set(["home.example"]));

/** Who may have found an error, in words, with the address that stands for them. */
const AUTHORS: ReadonlyMap<string, string | undefined> = new Map([
  ["the room", ROOM],
  ["the MUC host", "rooms.example"],
  ["nobody named", undefined],
  ["somebody else", "relay.example"],
  ["the home server", "home.example"],
]);

const VERDICTS: Readonly<Record<SelfPingVerdict["state"], string>> = {
  "joined": "joined",
  "gone": "gone",
  "undecided": "undecided",
  "ask-room": "ask the room",
};

const WHY_GONE: Readonly<Record<WhyGone, string>> = {
  "not-occupant": "not an occupant",
  "vanished": "with the room",
  "ended": "for good",
};

/** Both tables, in Markdown. The first row that fits an answer counts, in the code and here. */
export function verdictTables(): string {
  return [
    ...table("The answer to a self-ping", SELF_PING_TABLE),
    "",
    ...table("The room's answer to disco#info", DISCO_TABLE),
  ].join("\n");
}

type Row<A> = AnswerRow<A, SelfPingVerdict>;

function table<A>(title: string, rows: readonly Row<A>[]): string[] {
  const decide = (answer: IqAnswer) => rows.find(({ fits }) => fits(answer as A, CONTEXT));
  return [
    `| | ${title} | As an error | Verdict | Seen with, or written in |`,
    "| --: | --- | --- | --- | --- |",
    ...rows.map((row, index) => {
      const { name, verdict, source } = row;
      const state = `**${VERDICTS[verdict.state]}**`;
      const why = verdict.state === "gone" ? `, ${WHY_GONE[verdict.why]}` : "";
      const errors = errorsOf((answer) => decide(answer) === row);
      return `| ${index + 1} | ${name} | ${errors} | ${state}${why} | ${source} |`;
    }),
  ];
}

/** Which errors end up in a row: tried rather than told, so that it can't be wrong. */
function errorsOf(isDecidedHere: (answer: IqAnswer) => boolean): string {
  const tried = (errorType: string) =>
    CONDITIONS.flatMap((condition) => {
      const here = (by?: string) => isDecidedHere({ type: "error", condition, errorType, by });
      const authors = [...AUTHORS].filter(([, by]) => here(by)).map(([name]) => name);
      return authors.length === 0 ? [] : [{ condition, authors }];
    });
  const final = tried("cancel");
  if (final.length === 0) return tried("wait").length === 0 ? "" : "any of type `wait`";
  const authors = final[0]!.authors;
  // Where others are meant too, the rows above have taken what they are about.
  const by = authors.includes("somebody else") ? "" : `, by ${authors.join(" or ")}`;
  const many = final.length > CONDITIONS.length / 2;
  const which = many ? "any" : final.map(({ condition }) => `\`${condition}\``).join(", ");
  return many && by === "" ? "any other" : which + by;
}

/** The document with fresh tables between its two marks. */
export function withTables(document: string): string {
  const parts = document.split(/(<!-- verdicts -->\n).*(<!-- \/verdicts -->)/s);
  if (parts.length !== 4) throw new Error(`the marks of the tables are missing in ${DOCUMENT}`);
  const [before, start, end, after] = parts;
  return `${before}${start}\n${verdictTables()}\n\n${end}${after}`;
}

if (import.meta.main) {
  const document = await Deno.readTextFile(DOCUMENT);
  const fresh = withTables(document);
  if (!Deno.args.includes("--check")) await Deno.writeTextFile(DOCUMENT, fresh);
  else if (document !== fresh) {
    console.error("out of date: docs/how-it-decides.md; run deno task docs:verdicts");
    Deno.exit(1);
  }
}
