/**
 * How users come back into rooms that have put them out, and what they are told where they can't:
 * with real rooms, by a real Roomkeeper.
 */
import { assertEquals } from "@std/assert";
import { type Chapter, MIDWAY, ON_IRC, RECREATING, VANISHING, WHILE_OUT } from "./recovery/mod.ts";
import { Loss } from "./recovery/loss.ts";
import { inParallel, sideBySide, title } from "./support/play.ts";
import { type Cell, Stage, type StageOptions } from "./support/stage.ts";

/** How many stages CI's two cores carry at a time: most of the time they wait. */
const STAGES_AT_A_TIME = 4;

/** Long enough for what is tried again after a while. */
const KEEPER = { give_up: "90s", ping_timeout: "5s" };

/** No routine look notices a loss before a user does: how long it was is known. */
const BOUNCES_ONLY: StageOptions = { keeper: { silence: "60s" } };

/** A stage that is to be made, and what is to happen there. */
interface Programme {
  readonly cell: Cell;
  readonly options?: StageOptions;
  readonly note?: string;
  readonly chapters: readonly Chapter[];
}

/** Lets all of a chapter happen, at one loss. */
async function play(t: Deno.TestContext, stage: Stage, chapter: Chapter): Promise<void> {
  const endings = chapter.endings.filter(({ fits = () => true }) => fits(stage));
  const loss = new Loss(stage, endings.length, chapter.slowly);
  await sideBySide(
    t,
    Object.fromEntries(endings.map(({ name, run }) => [
      `${chapter.name}; ${name}`,
      () => run(stage, loss).finally(() => loss.giveUp()),
    ])),
  );
  await stage.recover();
  assertEquals(stage.failures, []);
}

const cell = (home: Cell["home"], feed: Cell["feed"], rooms: Cell["rooms"]) => ({
  home,
  feed,
  rooms,
});

const PROGRAMMES: readonly Programme[] = [
  { cell: cell("prosody", "plugin", "prosody"), chapters: [WHILE_OUT, ...MIDWAY, VANISHING] },
  { cell: cell("ejabberd", "plugin", "ejabberd"), chapters: [WHILE_OUT, ...MIDWAY, VANISHING] },
  {
    cell: cell("ejabberd", "plugin", "prosody"),
    note: "their clock 3 min behind, vanished rooms made again",
    options: { roomsClockAhead: -180, keeper: { vanished: "recreate" } },
    chapters: [...RECREATING, ...MIDWAY],
  },
  {
    cell: cell("prosody", "plugin", "ejabberd"),
    note: "their clock 3 min ahead, vanished rooms made again",
    options: { roomsClockAhead: 180, keeper: { vanished: "recreate" } },
    chapters: [...RECREATING, ...MIDWAY],
  },
  { cell: cell("prosody", "plugin", "irc"), chapters: [ON_IRC] },
  { cell: cell("ejabberd", "plugin", "irc"), chapters: [ON_IRC] },
  { cell: cell("prosody", "stock", "prosody"), options: BOUNCES_ONLY, chapters: [WHILE_OUT] },
  { cell: cell("ejabberd", "stock", "ejabberd"), options: BOUNCES_ONLY, chapters: [WHILE_OUT] },
];

Deno.test("recovery: everybody is back in, or told why not", async (t) => {
  await inParallel(PROGRAMMES, STAGES_AT_A_TIME, async (programme) => {
    const { cell, options, chapters } = programme;
    await t.step({
      name: title(programme),
      sanitizeOps: false,
      sanitizeResources: false,
      sanitizeExit: false,
      fn: async (t) => {
        const keeper = { ...KEEPER, ...options?.keeper };
        await using stage = await Stage.start(cell, { locking: true, ...options, keeper });
        for (const chapter of chapters) await play(t, stage, chapter);
      },
    });
  });
});
