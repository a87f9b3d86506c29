/**
 * Plays the cases on stages of every kind, several stages at once.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { CASES } from "../cases/mod.ts";
import type { Case, Outcome } from "./outcome.ts";
import { type Cell, Stage, type StageOptions } from "./stage.ts";

/** Every combination of home server, feed and rooms' server. */
export const CELLS: readonly Cell[] = (["prosody", "ejabberd"] as const).flatMap((home) =>
  (["plugin", "stock"] as const).flatMap((feed) =>
    (["prosody", "ejabberd", "irc"] as const).map((rooms) => ({ home, feed, rooms }))
  )
);

/** A stage that is to be made, and what is to be played there. */
export interface Programme {
  /** Which software is where. */
  readonly cell: Cell;
  /** What happens. @default all that can happen there */
  readonly cases?: readonly Case[];
  /** How the stage is made. */
  readonly options?: StageOptions;
  /** What is special about it, for the name. */
  readonly note?: string;
}

const NAMES = {
  prosody: "Prosody",
  ejabberd: "ejabberd",
  irc: "biboumi (IRC)",
  plugin: "plugin",
  stock: "stock feed",
  "ping-muc": "mod_ping_muc, no Roomkeeper",
} as const;

/** The name of a stage for people. */
export function title({ cell: { home, feed, rooms }, note }: Programme): string {
  const name = `${NAMES[home]} with ${NAMES[feed]}, rooms on ${NAMES[rooms]}`;
  return note === undefined ? name : `${name}, ${note}`;
}

/** Lets one case happen, and mends what it broke. Roomkeeper must not have logged a failure. */
export async function play(stage: Stage, { run }: Case): Promise<Outcome> {
  const outcome = await run(stage).finally(() => stage.recover());
  assertEquals(stage.failures, []);
  return outcome;
}

/** What is played on a stage. */
export function casesOf({ cell, cases = CASES }: Programme): readonly Case[] {
  return cases.filter(({ fits = () => true }) => fits(cell));
}

/** Does something with each item, so many at a time. */
export async function inParallel<T>(
  items: readonly T[],
  workers: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item; (item = left.shift()) !== undefined;) await work(item);
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

/** How many stages CI's two cores carry at a time. */
export const STAGES_AT_A_TIME = 4;

/** The slower a rooms' server starts, the longer a stage takes. */
const SLOWEST: readonly Cell["rooms"][] = ["irc", "ejabberd", "prosody"];

/** Programmes in the order of their length, so that a long one is not left over at the end. */
function longestFirst(programmes: readonly Programme[]): Programme[] {
  const rank = ({ cell, cases = CASES }: Programme) =>
    SLOWEST.indexOf(cell.rooms) - cases.length / (CASES.length + 1);
  return programmes.toSorted((a, b) => rank(a) - rank(b));
}

/** Steps that run side by side can't tell whose timer or process is left. */
const UNSANITIZED = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false } as const;

/** Runs steps of a test side by side; the test as a whole must leave nothing behind. */
export async function sideBySide(
  t: Deno.TestContext,
  steps: Readonly<Record<string, () => Promise<void>>>,
): Promise<void> {
  await Promise.all(
    Object.entries(steps).map(([name, fn]) => t.step({ ...UNSANITIZED, name, fn })),
  );
}

/** Plays programmes as steps of a test; nobody may be told a falsehood, be missed or told twice. */
export async function test(t: Deno.TestContext, programmes: readonly Programme[]): Promise<void> {
  await inParallel(longestFirst(programmes), STAGES_AT_A_TIME, async (programme) => {
    await t.step({
      ...UNSANITIZED,
      name: title(programme),
      fn: async (t) => {
        await using stage = await Stage.start(programme.cell, programme.options);
        for (const each of casesOf(programme)) {
          await t.step({
            ...UNSANITIZED,
            name: each.name,
            fn: async () => {
              const { false: wrong, missed, doubled } = await play(stage, each);
              assertEquals({ wrong, missed, doubled }, { wrong: 0, missed: 0, doubled: 0 });
            },
          });
        }
      },
    });
  });
}
